/**
 * Lists the files of an extracted export. Links are named, never followed.
 * @module
 */
import { constants } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { toError } from '../../util/coded-error.ts'
import { decodeName } from '../decode-name.ts'
import { unsafeName } from '../safe-name.ts'

export interface FolderFile {
  /** Below the folder, `/`-separated, decoded. */
  name: string
  /** Where it is on disk: bytes, since a name on disk need not be text. */
  diskPath: Buffer
  size: number
  modifiedMs: number
  /** When the disk last noted a change of the file or of its properties; nobody can set it. */
  changedMs?: number
  /** The file's number on its disk. */
  inode?: number
  /** Refused because it is a symbolic link. */
  isLink?: boolean
  /** Why it is not read. */
  refused?: string
  /** It is refused because the disk did not give it, not because it is unsafe. */
  isUnreadable?: boolean
}

/** Every file below `root`, in the order of the names' bytes. */
export async function* walkFolder(root: string): AsyncGenerator<FolderFile> {
  yield* walk(Buffer.from(root), '')
}

async function* walk(folder: Buffer, prefix: string): AsyncGenerator<FolderFile> {
  const children = await readdir(folder, { withFileTypes: true, encoding: 'buffer' })
  children.sort((a, b) => Buffer.compare(a.name, b.name))
  for (const child of children) {
    const diskPath = Buffer.concat([folder, Buffer.from('/'), child.name])
    const name = prefix + decodeName(child.name)
    if (child.isDirectory()) yield* walkOrRefuse(diskPath, name)
    else yield await describeFile(diskPath, name)
  }
}

/** A folder that cannot be listed is one refused entry: what was in it is not known. */
async function* walkOrRefuse(diskPath: Buffer, name: string): AsyncGenerator<FolderFile> {
  const tooDeep = unsafeName(name)
  if (tooDeep) {
    yield { name, diskPath, size: 0, modifiedMs: 0, refused: tooDeep }
    return
  }
  try {
    yield* walk(diskPath, `${name}/`)
  } catch (problem) {
    const refused = `it could not be listed (${toError(problem).message})`
    yield { name, diskPath, size: 0, modifiedMs: 0, refused, isUnreadable: true }
  }
}

async function describeFile(diskPath: Buffer, name: string): Promise<FolderFile> {
  try {
    const { size, mtimeMs, ctimeMs, ino, mode } = await lstat(diskPath)
    const isLink = (mode & constants.S_IFMT) === constants.S_IFLNK
    const refused = unsafeName(name) ?? notAFile(mode)
    const file = { name, diskPath, size: refused ? 0 : size, modifiedMs: mtimeMs }
    if (refused) return isLink ? { ...file, refused, isLink } : { ...file, refused }
    return { ...file, changedMs: ctimeMs, inode: ino }
  } catch (problem) {
    const refused = `it could not be read (${toError(problem).message})`
    return { name, diskPath, size: 0, modifiedMs: 0, refused, isUnreadable: true }
  }
}

function notAFile(mode: number): string | undefined {
  const type = mode & constants.S_IFMT
  if (type === constants.S_IFREG) return undefined
  return type === constants.S_IFLNK ? 'it is a symbolic link' : 'it is a device, pipe or socket'
}
