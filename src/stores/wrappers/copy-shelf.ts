/**
 * Copies of bytes in a folder, by label, with a limit for all of them together; what was not used
 * for longest goes first.
 *
 *   <folder>/ab/<64 hex>     the name is the SHA-256 of the label
 *   offset  size
 *        0    32  SHA-256 of label and bytes together
 *       32     …  the bytes
 *
 * Files are not flushed: one that was torn, altered or exchanged fails its checksum and is dropped.
 * No failure here is anybody's problem; after one, nothing is written any more.
 * @module
 */
import { createHash, randomInt } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { concatBytes, equalBytes } from '../../util/bytes.ts'

const SUM_BYTES = 32
/** What is left after making room: else the next copy would make room again. */
const KEPT_SHARE = 0.8
/** How exactly the time of last use is known; a finer one would write with every read. */
const USE_STEP_MS = 3_600_000

interface ShelvedFile {
  path: string
  sizeBytes: number
  usedMs: number
}

export class CopyShelf {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #now: () => Date
  #usedBytes = 0
  #counting: Promise<void> | undefined
  #evicting: Promise<void> | undefined
  #closed = false

  constructor(folder: string, options: { maxBytes: number; now: () => Date }) {
    this.#folder = folder
    this.#maxBytes = options.maxBytes
    this.#now = options.now
  }

  /** The bytes kept under `label`, or undefined. */
  async take(label: string): Promise<Uint8Array | undefined> {
    const path = this.#path(label)
    try {
      const file = new Uint8Array(await readFile(path))
      const bytes = file.subarray(SUM_BYTES)
      if (equalBytes(file.subarray(0, SUM_BYTES), sumOf(label, bytes))) {
        await this.#noteUse(path)
        return bytes
      }
    } catch {
      return undefined
    }
    await this.drop(label)
    return undefined
  }

  async keep(label: string, bytes: Uint8Array): Promise<void> {
    if (this.#closed || bytes.length > this.#maxBytes / 8) return
    try {
      await this.#makeRoom(bytes.length + SUM_BYTES)
      await writeWhole(this.#path(label), concatBytes([sumOf(label, bytes), bytes]))
    } catch {
      this.#closed = true // the disk is full, or the folder may not be written
    }
  }

  async drop(label: string): Promise<void> {
    await rm(this.#path(label), { force: true }).catch(() => {})
  }

  #path(label: string): string {
    const name = createHash('sha256').update(label).digest('hex')
    return join(this.#folder, name.slice(0, 2), name)
  }

  async #noteUse(path: string): Promise<void> {
    const now = this.#now()
    const { mtimeMs } = await stat(path)
    if (now.getTime() - mtimeMs > USE_STEP_MS) await utimes(path, now, now).catch(() => {})
  }

  async #makeRoom(bytes: number): Promise<void> {
    this.#counting ??= this.#count()
    await this.#counting
    this.#usedBytes += bytes
    if (this.#usedBytes <= this.#maxBytes) return
    this.#evicting ??= this.#evict().finally(() => {
      this.#evicting = undefined
    })
    await this.#evicting
  }

  async #count(): Promise<void> {
    this.#usedBytes += totalOf(await filesIn(this.#folder))
  }

  async #evict(): Promise<void> {
    const files = await filesIn(this.#folder) // other processes add and remove, too
    let left = totalOf(files)
    for (const { path, sizeBytes } of files.sort((a, b) => a.usedMs - b.usedMs)) {
      if (left <= this.#maxBytes * KEPT_SHARE) break
      await rm(path, { force: true })
      left -= sizeBytes
    }
    this.#usedBytes = left
  }
}

function sumOf(label: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`${label}\0`).update(bytes).digest())
}

function totalOf(files: readonly ShelvedFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomInt(2 ** 47)}`
  try {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
    await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

/** Every file below `folder`, what dead runs left half-written included; none when there is no folder. */
async function filesIn(folder: string): Promise<ShelvedFile[]> {
  const found: ShelvedFile[] = []
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  for (const name of names) {
    const path = join(folder, name)
    const stats = await stat(path).catch(() => undefined) // gone meanwhile
    if (stats?.isFile()) found.push({ path, sizeBytes: stats.size, usedMs: stats.mtimeMs })
  }
  return found
}
