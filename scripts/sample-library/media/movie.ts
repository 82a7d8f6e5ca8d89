/**
 * Short films that decode: one track of motion JPEG in an MP4 or QuickTime file.
 *
 *   ftyp · mdat (the frames) · moov { mvhd, trak { tkhd, mdia { mdhd, hdlr, minf { vmhd, dinf, stbl } } },
 *   [meta { hdlr, keys, ilst }] }
 *
 * `moov` comes last, as cameras write it, unless `moovFirst`. Source: ISO/IEC 14496-12; Apple's
 * QuickTime File Format.
 * @module
 */
import { encode } from 'jpeg-js'
import type { Picture } from './painting.ts'

export interface MovieContent {
  kind: 'mp4' | 'quicktime'
  frames: Picture[]
  framesPerSecond: number
  /** Seconds since 1970, UTC; 0 writes "unknown". */
  createdEpoch: number
  /** Apple's keys, e.g. `com.apple.quicktime.content.identifier`. */
  keys?: Record<string, string>
  moovFirst?: boolean
}

const SECONDS_1904_TO_1970 = 2_082_844_800
const UNITY_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

export function movieFile(content: MovieContent): Buffer {
  const frames = content.frames.map((frame) => encode(frame, 70).data)
  const brands = content.kind === 'mp4' ? 'mp42\0\0\0\0mp42isom' : 'qt  \0\0\0\0qt  '
  const ftyp = box('ftyp', Buffer.from(brands, 'latin1'))
  const mdat = box('mdat', ...frames)
  // Offsets do not change the length of `moov`.
  const moovBytes = movieBox(content, frames, 0).length
  const framesAt = ftyp.length + (content.moovFirst ? moovBytes : 0) + 8
  const moov = movieBox(content, frames, framesAt)
  return Buffer.concat(content.moovFirst ? [ftyp, moov, mdat] : [ftyp, mdat, moov])
}

function movieBox(content: MovieContent, frames: Buffer[], framesAt: number): Buffer {
  const created = content.createdEpoch === 0 ? 0 : content.createdEpoch + SECONDS_1904_TO_1970
  const times = [created, created]
  const timing = [content.framesPerSecond, frames.length] // one tick a frame
  const { width, height } = content.frames[0]!
  const mvhd = fullBox(
    'mvhd',
    0,
    words(...times, ...timing, 0x10000),
    halves(0x100, 0),
    words(0, 0),
    words(...UNITY_MATRIX, 0, 0, 0, 0, 0, 0, 2),
  )
  const tkhd = fullBox(
    'tkhd',
    3,
    words(...times, 1, 0, frames.length, 0, 0),
    halves(0, 0, 0, 0),
    words(...UNITY_MATRIX, width << 16, height << 16),
  )
  const mdhd = fullBox('mdhd', 0, words(...times, ...timing), halves(0x55c4, 0))
  const handler = fullBox('hdlr', 0, Buffer.from('\0\0\0\0vide'.padEnd(21, '\0'), 'latin1'))
  const dinf = box('dinf', fullBox('dref', 0, words(1), fullBox('url ', 1)))
  const minf = box(
    'minf',
    fullBox('vmhd', 1, halves(0, 0, 0, 0)),
    dinf,
    sampleTable(content, frames, framesAt),
  )
  const trak = box('trak', tkhd, box('mdia', mdhd, handler, minf))
  return box('moov', mvhd, trak, ...(content.keys ? [metadata(content.keys)] : []))
}

function sampleTable(content: MovieContent, frames: Buffer[], framesAt: number): Buffer {
  const { width, height } = content.frames[0]!
  const entry = box(
    'jpeg',
    Buffer.alloc(6),
    halves(1),
    Buffer.alloc(16),
    halves(width, height),
    words(72 << 16, 72 << 16, 0),
    halves(1),
    Buffer.alloc(32),
    halves(24, 0xffff),
  )
  return box(
    'stbl',
    fullBox('stsd', 0, words(1), entry),
    fullBox('stts', 0, words(1, frames.length, 1)),
    fullBox('stsc', 0, words(1, 1, frames.length, 1)),
    fullBox('stsz', 0, words(0, frames.length, ...frames.map((frame) => frame.length))),
    fullBox('stco', 0, words(1, framesAt)),
  )
}

/** Apple's key-value metadata, in a plain box as QuickTime has it: names in `keys`, values in `ilst` under the number of their key. */
function metadata(keys: Record<string, string>): Buffer {
  const handler = fullBox('hdlr', 0, Buffer.from('\0\0\0\0mdta'.padEnd(21, '\0'), 'latin1'))
  const names = Object.keys(keys).map((name) => box('mdta', Buffer.from(name)))
  const items = Object.values(keys).map((value, index) =>
    box(words(index + 1).toString('latin1'), box('data', words(1, 0), Buffer.from(value))),
  )
  return box(
    'meta',
    handler,
    fullBox('keys', 0, words(names.length), ...names),
    box('ilst', ...items),
  )
}

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([words(8 + body.length), Buffer.from(type, 'latin1'), body])
}

/** A box of version 0 with flags. */
function fullBox(type: string, flags: number, ...content: Buffer[]): Buffer {
  return box(type, words(flags), ...content)
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4)
  return bytes
}

function halves(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}
