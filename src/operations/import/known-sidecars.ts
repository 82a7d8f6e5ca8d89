/**
 * Sidecars that earlier imports kept, so that they need not be read from their archives again.
 *
 * Each lies in the snapshot as a file of its own; a hundred thousand of those take minutes to read. So
 * an import writes what it read of them once more into one file, `sidecars.ndjson`, which takes
 * seconds. First line: `{"schema":"tintype/sidecars","version":1}`, then, a line each:
 *
 *   path   in the archive
 *   text   the whole file, which is UTF-8
 *
 * A sidecar is known when its path, size and CRC-32 are: the last two are those of the text, so that a
 * line cannot claim to be what it is not.
 * @module
 */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Problem } from '../../photos/library.ts'
import type { Entry, GiveFile, KnownFiles, ListedFile } from '../../sources/source.ts'
import { utf8 } from '../../util/bytes.ts'
import { toError } from '../../util/coded-error.ts'
import { fileLines } from '../file-lines.ts'
import { IMPORTS_PATH, SIDECAR_TEXTS_NAME } from '../snapshot-tree.ts'

const SCHEMA = 'tintype/sidecars'
const VERSION = 1

export class KnownSidecars implements KnownFiles {
  readonly #reader: SnapshotReader | undefined
  /** Files of earlier imports that could not be read: what they knew is read again. */
  readonly problems: Problem[] = []

  /** @param reader of the newest library; undefined before the first import */
  constructor(reader: SnapshotReader | undefined) {
    this.#reader = reader
  }

  async recall<File extends ListedFile>(
    files: Iterable<File>,
    give: GiveFile<File>,
  ): Promise<void> {
    if (!this.#reader) return
    const wanted = new Map<string, File[]>()
    for (const file of files) {
      const key = keyOf(file)
      const same = wanted.get(key)
      if (same) same.push(file)
      else wanted.set(key, [file])
    }
    for (const path of await textFiles(this.#reader)) {
      if (wanted.size === 0) return
      await this.#recallFrom(path, this.#reader, wanted, give)
    }
  }

  /** Takes what it finds out of `wanted`. */
  async #recallFrom<File extends ListedFile>(
    path: string,
    reader: SnapshotReader,
    wanted: Map<string, File[]>,
    give: GiveFile<File>,
  ): Promise<void> {
    try {
      let isHead = true
      for await (const line of fileLines(reader, path)) {
        if (isHead && !isOfThisVersion(line)) return
        if (!isHead) giveLine(line, wanted, give)
        isHead = false
      }
    } catch (error) {
      this.problems.push(unreadable(path, error))
    }
  }
}

/** Of the newest import first: most of what comes again came then. */
async function textFiles(reader: SnapshotReader): Promise<string[]> {
  const paths: string[] = []
  if (!(await reader.entry(IMPORTS_PATH))) return paths
  for await (const folder of reader.list(IMPORTS_PATH)) {
    const path = `${folder.path}/${SIDECAR_TEXTS_NAME}`
    if (await reader.entry(path)) paths.unshift(path)
  }
  return paths
}

function giveLine<File extends ListedFile>(
  line: string,
  wanted: Map<string, File[]>,
  give: GiveFile<File>,
): void {
  const { path, text } = JSON.parse(line) as { path: string; text: string }
  const bytes = Buffer.from(text) // small ones share their memory
  const key = keyOf({ path, bytes: bytes.length, crc32: crc32(bytes) })
  const files = wanted.get(key)
  if (!files) return
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  for (const file of files) give(file, { bytes, sha256 })
  wanted.delete(key)
}

function isOfThisVersion(line: string): boolean {
  const { schema, version } = JSON.parse(line) as { schema?: unknown; version?: unknown }
  return schema === SCHEMA && version === VERSION
}

const keyOf = ({ path, bytes, crc32 }: ListedFile) => `${bytes} ${crc32} ${path}`

/** It only saves reading: without it the import is slower, not poorer. */
function unreadable(path: string, error: unknown): Problem {
  const message = `This file of an earlier import cannot be read, so sidecars are read from the archives again: ${toError(error).message}. Look for more damage with: check --full`
  return { code: 'DAMAGED_LEDGER', path, message }
}

/** Surveys ask for no larger ones. */
const MAX_TEXT_BYTES = 2 ** 20

/** Not what has no checksum, or is no text: it is read again every time. */
export function isWorthKnowing({ crc32 }: Pick<Entry, 'crc32'>, bytes: Uint8Array): boolean {
  return crc32 !== undefined && bytes.length <= MAX_TEXT_BYTES && isUtf8(bytes)
}

/** The file of these sidecars, a line at a time: all of them are large together. */
export async function* sidecarTexts<Sidecar extends Pick<Entry, 'path'>>(
  sidecars: readonly Sidecar[],
  bytesOf: (sidecar: Sidecar) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield utf8(`${JSON.stringify({ schema: SCHEMA, version: VERSION })}\n`)
  for (const sidecar of sidecars) {
    const text = Buffer.from(await bytesOf(sidecar)).toString('utf8')
    yield utf8(`${JSON.stringify({ path: sidecar.path, text })}\n`)
  }
}
