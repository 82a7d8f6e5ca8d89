/**
 * Files beside a repository, in the cache folder: they save time, or remember what was seen. None
 * is ever needed: one that is missing, cut, altered or from another version counts as absent, and
 * one that cannot be written is left out.
 *
 *   content ‖ MAC (32 bytes) of kind, version and content
 *
 * The key of the MAC is derived from that of the repository, so that no file of one can pass for a
 * file of another, and no stored content for such a file.
 * @module
 */
import { createHash, randomInt } from 'node:crypto'
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { equalBytes, utf8 } from '../../util/bytes.ts'
import { writeFully } from '../../util/durable-file.ts'
import { createMac, type HashingName, type Mac } from '../crypto/mac.ts'
import { MAC_BYTES } from '../mac-hex.ts'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
const TEMPORARY = '.tmp.'
/** A temporary file older than this was left by a run that died. */
const TEMPORARY_LIFE_MS = 3_600_000

export interface SealedFiles {
  /** In memory of its own, or undefined. */
  read(kind: string): Promise<Uint8Array | undefined>
  /** False when it could not be written, for whatever reason. */
  write(kind: string, parts: Iterable<Uint8Array>): Promise<boolean>
}

/** @param location of the store: copies of one repository may be in different states */
export function sealedFiles(
  cacheDir: string,
  repository: { id: string; mac: Mac; location: string; hashing: HashingName },
): SealedFiles {
  const folder = join(cacheDir, 'repositories', placeName(repository.id, repository.location))
  const key = repository.mac.of(utf8('tintype: files outside of the repository'))
  const mac = createMac(repository.hashing, key)
  return {
    read: (kind) => readSealed(join(folder, kind), label(kind), mac),
    write: (kind, parts) => writeSealed(join(folder, kind), label(kind), parts, mac),
  }
}

/** A file name that tells nobody which place is meant. */
export function placeName(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32)
}

/** Writes a file as a whole or not at all; only its owner may read it. False when it cannot be. */
export async function writePrivately(path: string, parts: Iterable<Uint8Array>): Promise<boolean> {
  const temporary = `${path}${TEMPORARY}${randomInt(2 ** 47)}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE })
    await removeOldTemporaries(path)
    const handle = await open(temporary, 'wx', FILE_MODE)
    try {
      for (const part of parts) await writeFully(handle, part)
    } finally {
      await handle.close()
    }
    await chmod(temporary, FILE_MODE)
    await rename(temporary, path)
    return true
  } catch {
    await rm(temporary, { force: true }).catch(() => {})
    return false
  }
}

/** A whole file in memory of its own, or undefined. */
export async function readPrivately(path: string): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(path, 'r')
    try {
      const { size } = await handle.stat()
      const bytes = new Uint8Array(size)
      let at = 0
      while (at < size) {
        const { bytesRead } = await handle.read(bytes, at, size - at)
        if (bytesRead === 0) return undefined
        at += bytesRead
      }
      return bytes
    } finally {
      await handle.close()
    }
  } catch {
    return undefined
  }
}

async function readSealed(
  path: string,
  label: Uint8Array,
  mac: Mac,
): Promise<Uint8Array | undefined> {
  const bytes = await readPrivately(path)
  if (bytes === undefined || bytes.length < MAC_BYTES) return undefined
  const content = bytes.subarray(0, bytes.length - MAC_BYTES)
  const hash = mac.start()
  hash.update(label)
  hash.update(content)
  return equalBytes(hash.digest(), bytes.subarray(content.length)) ? content : undefined
}

function writeSealed(
  path: string,
  label: Uint8Array,
  parts: Iterable<Uint8Array>,
  mac: Mac,
): Promise<boolean> {
  return writePrivately(path, sealed(label, parts, mac))
}

function* sealed(label: Uint8Array, parts: Iterable<Uint8Array>, mac: Mac): Generator<Uint8Array> {
  const hash = mac.start()
  hash.update(label)
  for (const part of parts) {
    hash.update(part)
    yield part
  }
  yield hash.digest()
}

/** Of a fixed length, so that nothing of it can belong to the content. */
function label(kind: string): Uint8Array {
  return createHash('sha256').update(`tintype ${kind}`).digest()
}

async function removeOldTemporaries(path: string): Promise<void> {
  const beginning = `${basename(path)}${TEMPORARY}`
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(beginning)) continue
    const left = join(dirname(path), name)
    const { mtimeMs } = await stat(left)
    if (Date.now() - mtimeMs > TEMPORARY_LIFE_MS) await rm(left, { force: true })
  }
}
