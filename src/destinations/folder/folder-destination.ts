/**
 * Restores into a folder, file by file: temporary file, fsync, read back and compare, rename.
 *
 * Every parent is looked at before it is used: a symbolic link among them is refused, so that
 * nothing is ever written outside the folder.
 * @module
 */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import {
  copyFile,
  lstat,
  mkdir,
  open,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
} from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { encodeName } from '../../util/byte-names.ts'
import { equalBytes } from '../../util/bytes.ts'
import { codeOf } from '../../util/coded-error.ts'
import { writeFully } from '../../util/durable-file.ts'
import {
  type Destination,
  type FileToWrite,
  OccupiedError,
  UnsafePathError,
  type Written,
} from '../destination.ts'

/** Bytes read at once when a written file is read back. */
const READ_BYTES = 1024 * 1024

/** What file systems and permissions answer when they cannot make a symbolic link. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'])

export class FolderDestination implements Destination {
  readonly location: string
  /** Folders known to be real folders of ours, so that each is looked at once. */
  readonly #folders = new Set<string>()
  #drafts = 0

  constructor(location: string) {
    this.location = resolve(location)
  }

  async writeFile(file: FileToWrite): Promise<Written> {
    const path = await this.#place(file.path)
    if (await exists(path)) return compareWith(path, file)
    const draft = join(dirname(path), `.tintype-${process.pid}-${this.#drafts++}`)
    try {
      const digest = await writeDraft(draft, file)
      if ((await digestOf(draft)) !== digest) {
        throw new UnsafePathError(path, 'what was read back differs from what was written')
      }
      await utimes(onDisk(draft), file.modified, file.modified)
      await rename(onDisk(draft), onDisk(path))
    } catch (error) {
      await rm(onDisk(draft), { force: true })
      throw error
    }
    return 'written'
  }

  async writeLink(path: string, target: string, modified: Date): Promise<Written> {
    const place = await this.#place(path)
    if (await exists(place)) return compareLink(place, target)
    try {
      await symlink(onDisk(target), onDisk(place))
    } catch (error) {
      if (!NO_LINKS.has(codeOf(error) ?? '')) throw error
      await this.#copyTarget(place, target)
      await utimes(onDisk(place), modified, modified)
    }
    return 'written'
  }

  async finishFolder(path: string, modified: Date): Promise<void> {
    await utimes(onDisk(await this.#folder(safeNames(path))), modified, modified)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const folder of this.#folders) await flushFolder(folder)
  }

  /** Where links cannot be had, the album keeps a copy of the photo. */
  async #copyTarget(place: string, target: string): Promise<void> {
    const source = resolve(dirname(place), target)
    if (!source.startsWith(this.location + sep)) {
      throw new UnsafePathError(place, 'it is a link that leads outside')
    }
    await copyFile(onDisk(source), onDisk(place), constants.COPYFILE_EXCL)
  }

  async #place(path: string): Promise<string> {
    const names = safeNames(path)
    const name = names.pop()
    if (name === undefined) throw new UnsafePathError(path, 'it has no name')
    return join(await this.#folder(names), name)
  }

  async #folder(names: readonly string[]): Promise<string> {
    let folder = this.location
    if (!this.#folders.has(folder)) await makeRoot(folder)
    this.#folders.add(folder)
    for (const name of names) {
      folder = join(folder, name)
      if (this.#folders.has(folder)) continue
      await makeRealFolder(folder)
      this.#folders.add(folder)
    }
    return folder
  }
}

/**
 * A path for the file system. Names in a snapshot are bytes; those that are not UTF-8 come as escaped
 * strings, and must reach the disk as the bytes they were. Windows takes text only.
 */
function onDisk(path: string): string | Buffer {
  return process.platform === 'win32' ? path : Buffer.from(encodeName(path))
}

function safeNames(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '')
  for (const name of names) {
    const climbs = name === '.' || name === '..'
    if (climbs || name.includes('\0') || (sep === '\\' && /[\\:]/.test(name))) {
      throw new UnsafePathError(path, `"${name}" cannot be a file name`)
    }
  }
  return names
}

/**
 * The chosen folder and its parents; links above it are the owner's business. Several files may
 * ask for it at once, and none may fail because another one made it meanwhile.
 */
async function makeRoot(folder: string): Promise<void> {
  if (await exists(folder)) return
  // one by one: of a disk that is read-only, Node's own way says that the folder does not exist
  await makeRoot(dirname(folder))
  try {
    await mkdir(folder)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

async function makeRealFolder(folder: string): Promise<void> {
  try {
    await mkdir(onDisk(folder))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    const stat = await lstat(onDisk(folder))
    if (stat.isSymbolicLink()) throw new UnsafePathError(folder, 'a symbolic link is in its place')
    if (!stat.isDirectory()) throw new OccupiedError(folder)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(onDisk(path))
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Writes everything, makes it durable; returns the SHA-256 of what was given. */
async function writeDraft(draft: string, file: FileToWrite): Promise<string> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const handle = await open(onDisk(draft), flags, file.mode ?? 0o666)
  const hash = createHash('sha256')
  try {
    for await (const bytes of file.bytes) {
      hash.update(bytes)
      await writeFully(handle, bytes)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return hash.digest('hex')
}

async function digestOf(path: string): Promise<string> {
  const handle = await open(onDisk(path), constants.O_RDONLY | constants.O_NOFOLLOW)
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

/** A file that is there already must be the very same bytes. */
async function compareWith(path: string, file: FileToWrite): Promise<Written> {
  const stat = await lstat(onDisk(path))
  if (!stat.isFile() || stat.size !== file.size) throw new OccupiedError(path)
  const hash = createHash('sha256')
  for await (const bytes of file.bytes) hash.update(bytes)
  if ((await digestOf(path)) !== hash.digest('hex')) throw new OccupiedError(path)
  return 'already-there'
}

async function compareLink(place: string, target: string): Promise<Written> {
  const stat = await lstat(onDisk(place))
  if (
    stat.isSymbolicLink() &&
    equalBytes(await readlink(onDisk(place), 'buffer'), Buffer.from(onDisk(target)))
  )
    return 'already-there'
  throw new OccupiedError(place)
}

/** Makes names durable; Windows cannot flush folders. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(onDisk(folder), constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
