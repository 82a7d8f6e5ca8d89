/**
 * Files that are there completely or not at all, also after a power cut: written under a temporary
 * name, flushed, renamed, and the rename flushed with its folder.
 * @module
 */
import { randomInt } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from './coded-error.ts'

/** What Plakar, too, calls its temporaries: `tmp.` and digits. */
const TEMPORARY_NAME = /^tmp\.\d+$/
const FILE_MODE = 0o600

/** File systems that cannot flush a folder say so in one of these ways; none can be helped. */
const CANNOT_FLUSH_FOLDERS = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/**
 * Writes `parts` to `path`, durably.
 * @param temporaryFolder where the file grows; on the same file system as `path`
 */
export async function writeDurably(
  path: string,
  parts: readonly Uint8Array[],
  temporaryFolder: string,
): Promise<void> {
  const temporary = join(temporaryFolder, `tmp.${randomInt(2 ** 47)}`)
  try {
    await writeNewFile(temporary, parts)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}) // what went wrong first is thrown below
    throw error
  }
  await flushFolder(dirname(path))
}

/** Makes changes of names in `folder` permanent. Windows has no such call and needs none. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!CANNOT_FLUSH_FOLDERS.has(codeOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

/** Writes all of `bytes`, however little the system takes at a time. */
export async function writeFully(
  handle: Pick<FileHandle, 'write'>,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at)
    if (bytesWritten === 0) throw new Error(`only ${at} of ${bytes.length} bytes were taken`)
    at += bytesWritten
  }
}

/** Whether `name` in `folder` is what a run that died before `before` left behind. */
export async function isStaleTemporary(
  folder: string,
  name: string,
  before: Date,
): Promise<boolean> {
  if (!TEMPORARY_NAME.test(name)) return false
  const { mtimeMs } = await stat(join(folder, name))
  return mtimeMs < before.getTime()
}

async function writeNewFile(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(path, 'wx', FILE_MODE)
  try {
    for (const part of parts) await writeFully(handle, part)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
