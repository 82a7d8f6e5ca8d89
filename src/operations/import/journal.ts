/**
 * What an import has stored so far, beside the repository, so that a run after an interruption need
 * not read it again. Deleting it costs time only: every line is checked against the repository.
 * @module
 */
import { createReadStream } from 'node:fs'
import { appendFile, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { StoredContent } from '../../kloset/workers/content.ts'
import { codeOf } from '../../util/coded-error.ts'

interface Line {
  key: string
  content: StoredContent
}

/** Lines gathered before they are appended in one write. */
const BATCH_LINES = 64

export class Journal {
  readonly #path: string | undefined
  #pending: string[] = []

  constructor(cacheDir: string | undefined, repositoryId: string) {
    this.#path = cacheDir && join(cacheDir, 'journals', `${repositoryId}.ndjson`)
  }

  /** What earlier runs noted of these keys. Unreadable lines are passed over. */
  async read(keys: ReadonlySet<string>): Promise<Map<string, StoredContent>> {
    const found = new Map<string, StoredContent>()
    if (this.#path === undefined) return found
    try {
      for await (const text of createInterface({ input: createReadStream(this.#path) })) {
        const line = parseLine(text)
        if (line && keys.has(line.key)) found.set(line.key, line.content)
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return found
    }
    return found
  }

  async note(key: string, content: StoredContent): Promise<void> {
    this.#pending.push(`${JSON.stringify({ key, content } satisfies Line)}\n`)
    if (this.#pending.length >= BATCH_LINES) await this.flush()
  }

  /** A journal that cannot be written costs time after an interruption, nothing else. */
  async flush(): Promise<void> {
    const lines = this.#pending.splice(0)
    if (this.#path === undefined || lines.length === 0) return
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      await appendFile(this.#path, lines.join(''), { mode: 0o600 })
    } catch {
      // It is only a hint.
    }
  }

  /** After a snapshot was saved its ledger knows all of it. */
  async forget(): Promise<void> {
    this.#pending = []
    if (this.#path !== undefined) await rm(this.#path, { force: true })
  }
}

function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Line>
    const complete = typeof line.key === 'string' && typeof line.content?.objectMac === 'string'
    return complete ? (line as Line) : undefined
  } catch {
    return undefined
  }
}
