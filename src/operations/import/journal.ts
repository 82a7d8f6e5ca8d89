/**
 * What an import has stored so far, beside the repository, so that a run after an interruption need
 * not read it again. Deleting it costs time only: every note is checked against the repository.
 *
 * It lies in the cache folder, where others may look: notes hold names, times and places of photos,
 * so they are kept as the repository keeps its own. A line is some notes at once:
 *
 *   base64( encode( MAC ‖ JSON ) )      encode: compressed and encrypted as CONFIG says
 *
 * The MAC (32 bytes) tells a line that was cut, damaged, or never ours.
 * @module
 */
import { createReadStream } from 'node:fs'
import { appendFile, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Repository } from '../../kloset/repository.ts'
import type { StoredContent } from '../../kloset/workers/content.ts'
import { concatBytes, equalBytes, fromUtf8, utf8 } from '../../util/bytes.ts'

interface Note {
  key: string
  content: StoredContent
}

/** Notes gathered before they are appended in one write: what a kill may cost. */
const BATCH_NOTES = 64

const MAC_BYTES = 32
/** Far above what {@link BATCH_NOTES} notes take. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

export class Journal {
  readonly #path: string | undefined
  readonly #repository: Pick<Repository, 'encoding' | 'mac'>
  #pending: Note[] = []

  constructor(
    cacheDir: string | undefined,
    repository: Pick<Repository, 'id' | 'encoding' | 'mac'>,
  ) {
    this.#path = cacheDir && join(cacheDir, 'journals', repository.id)
    this.#repository = repository
  }

  /** What earlier runs noted of these keys. Unreadable lines are passed over. */
  async read(keys: ReadonlySet<string>): Promise<Map<string, StoredContent>> {
    const found = new Map<string, StoredContent>()
    if (this.#path === undefined) return found
    try {
      for await (const line of createInterface({ input: createReadStream(this.#path) })) {
        for (const note of this.#open(line)) {
          if (keys.has(note.key)) found.set(note.key, note.content)
        }
      }
    } catch {
      // There is none, or it cannot be read to its end: it is only a hint.
    }
    return found
  }

  async note(key: string, content: StoredContent): Promise<void> {
    this.#pending.push({ key, content })
    if (this.#pending.length >= BATCH_NOTES) await this.flush()
  }

  /** A journal that cannot be written costs time after an interruption, nothing else. */
  async flush(): Promise<void> {
    const notes = this.#pending.splice(0)
    if (this.#path === undefined || notes.length === 0) return
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      await appendFile(this.#path, `${this.#seal(notes)}\n`, { mode: 0o600 })
    } catch {
      // It is only a hint.
    }
  }

  /** After a snapshot was saved its ledger knows all of it. */
  async forget(): Promise<void> {
    this.#pending = []
    if (this.#path !== undefined) await rm(this.#path, { force: true })
  }

  #seal(notes: readonly Note[]): string {
    const { encoding, mac } = this.#repository
    const json = utf8(JSON.stringify(notes))
    const sealed = encoding.encode(concatBytes([mac.of(json), json]), 'compress')
    return Buffer.from(sealed).toString('base64')
  }

  #open(line: string): Note[] {
    const { encoding, mac } = this.#repository
    try {
      const plain = encoding.decode(Buffer.from(line, 'base64'), MAX_LINE_BYTES)
      const json = plain.subarray(MAC_BYTES)
      const isOurs = equalBytes(mac.of(json), plain.subarray(0, MAC_BYTES))
      return isOurs ? (JSON.parse(fromUtf8(json)) as Note[]) : []
    } catch {
      return []
    }
  }
}
