/**
 * The writer of an import, opened as soon as somebody has something to store: while the source is
 * still being surveyed, when there are archives that can only be read from front to back.
 * @module
 */
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import type { Intake, PassingContent } from '../../sources/source.ts'

export interface Expected {
  contents: number
  bytes: number
}

/** Before a survey ends nobody knows: room for a large library, in some twenty megabytes. */
const NOT_YET_KNOWN: Expected = { contents: 500_000, bytes: 0 }

type OpenWriter = (contentModule: string, expected: Expected) => Promise<SnapshotWriter>

export class EarlyWriter implements Intake, AsyncDisposable {
  readonly #contentModule: string | undefined
  readonly #open: OpenWriter
  #writer: SnapshotWriter | undefined
  #failure: { error: unknown } | undefined

  /** `contentModule`: of the source, when its survey has use for an intake. */
  constructor(contentModule: string | undefined, open: OpenWriter) {
    this.#contentModule = contentModule
    this.#open = open
  }

  /** What to give a survey. */
  forSurvey(): { intake?: Intake } {
    return this.#contentModule === undefined ? {} : { intake: this }
  }

  async get(expected: Expected, contentModule: string): Promise<SnapshotWriter> {
    this.#writer ??= await this.#open(contentModule, expected)
    return this.#writer
  }

  /** For the survey: what it hands over is read to its end. */
  async take(content: PassingContent) {
    try {
      const writer = await this.get(NOT_YET_KNOWN, this.#contentModule!)
      return await writer.storeContent(content)
    } catch (error) {
      this.#failure ??= { error }
      throw error
    }
  }

  /** A survey takes every error for one of its source: what could not be written is told here. */
  check(): void {
    if (this.#failure) throw this.#failure.error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]()
  }
}
