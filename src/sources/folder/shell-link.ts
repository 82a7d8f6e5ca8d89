/**
 * Where a Windows shortcut leads (MS-SHLLINK): GooglePhotosTakeoutHelper makes its albums of them.
 *
 *   0   u32  76           4  CLSID of shell links       20  u32 flags
 *   76  IDList, if flag 1:    u16 length, then so many bytes
 *       LinkInfo, if flag 2:  u32 length, u32 header length, u32 flags, …, 16 u32 offset of the local
 *                             path, 24 u32 offset of its rest; from a header of 36 also 28 u32 offset
 *                             of the local path in UTF-16. Texts end with NUL.
 *       Texts, if flag 4 (name), 8 (path relative to the link): u16 characters, then the text,
 *                             UTF-16 if flag 128
 *
 * It is untrusted: offsets are looked at before they are followed, and the path is only ever
 * compared with those of the tree.
 * @module
 */
import { folderOf } from './folder-tree.ts'

/** Genuine ones are below 4 kB. */
export const MAX_SHORTCUT_BYTES = 64 * 1024
export const isShortcut = (path: string) => /\.lnk$/i.test(path)

const HEADER_BYTES = 76
const CLSID = '0114020000000000c000000000000046'
const FLAGS = { idList: 1, linkInfo: 2, name: 4, relative: 8, unicode: 128 }
const UNICODE_HEADER_BYTES = 36

export interface Shortcut {
  /** `..\ALL_PHOTOS\a.jpg` */
  relative?: string
  /** `D:\out\ALL_PHOTOS\a.jpg` */
  absolute?: string
}

/** Undefined when it is no shortcut, or a torn one. */
export function readShortcut(bytes: Uint8Array): Shortcut | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (data.length < HEADER_BYTES || data.readUInt32LE(0) !== HEADER_BYTES) return undefined
  if (data.toString('hex', 4, 20) !== CLSID) return undefined
  try {
    return readParts(data)
  } catch (problem) {
    if (problem instanceof RangeError) return undefined // it ends before it should
    throw problem
  }
}

function readParts(data: Buffer): Shortcut {
  const flags = data.readUInt32LE(20)
  const found: Shortcut = {}
  let at = HEADER_BYTES
  if (flags & FLAGS.idList) at += 2 + data.readUInt16LE(at)
  if (flags & FLAGS.linkInfo) {
    const length = data.readUInt32LE(at)
    const absolute = localPath(data.subarray(at, at + length))
    if (absolute) found.absolute = absolute
    at += length
  }
  const width = flags & FLAGS.unicode ? 2 : 1
  if (flags & FLAGS.name) at += 2 + data.readUInt16LE(at) * width
  if (flags & FLAGS.relative) {
    const length = data.readUInt16LE(at) * width
    const encoding = width === 2 ? 'utf16le' : 'latin1'
    found.relative = data.toString(encoding, at + 2, at + 2 + length)
  }
  return found
}

function localPath(info: Buffer): string | undefined {
  const hasLocalPath = (info.readUInt32LE(8) & 1) === 1
  if (!hasLocalPath) return undefined
  if (info.readUInt32LE(4) >= UNICODE_HEADER_BYTES) {
    const wide = info.subarray(info.readUInt32LE(28)).toString('utf16le')
    return wide.slice(0, Math.max(wide.indexOf('\0'), 0))
  }
  const textAt = (offset: number) => {
    const end = info.indexOf(0, offset)
    return info.toString('latin1', offset, end < 0 ? info.length : end)
  }
  return textAt(info.readUInt32LE(16)) + textAt(info.readUInt32LE(24))
}

/**
 * The file of the tree that a shortcut at `path` leads to: by its relative path, else by as many
 * last segments of the absolute one as lead to one file. `has` tells the index of a path.
 */
export function targetOfShortcut(
  path: string,
  { relative, absolute }: Shortcut,
  has: (path: string) => number | undefined,
): number | undefined {
  const near = relative === undefined ? undefined : joined(folderOf(path), relative)
  const index = near === undefined ? undefined : has(near)
  if (index !== undefined) return index
  const segments = absolute?.split(/[\\/]/) ?? []
  for (let from = 1; from < segments.length - 1; from++) {
    const found = has(segments.slice(from).join('/'))
    if (found !== undefined) return found
  }
  return undefined
}

/** Undefined when it climbs out of the tree. */
function joined(folder: string, relative: string): string | undefined {
  const segments = folder === '' ? [] : folder.split('/')
  for (const segment of relative.split(/[\\/]/)) {
    if (segment === '..') {
      if (segments.pop() === undefined) return undefined
    } else if (segment !== '.' && segment !== '') segments.push(segment)
  }
  return segments.join('/')
}
