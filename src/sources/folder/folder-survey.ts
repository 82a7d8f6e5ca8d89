/**
 * Surveyed folders: read as an extracted export is, understood as what they are.
 * @module
 */
import type { ReadTally } from '../../archives/read-at.ts'
import type { ContentBatchOf, EntryFacts, Inventory, Survey, SurveyOptions } from '../source.ts'
import type { ExportKit } from './export-kit.ts'
import type { SurveyedTree } from './survey-tree.ts'
import { understandFolder } from './understand-folder.ts'

/** Has no `understandWith`: folders do not come in parts that complete each other. */
export class FolderSurvey implements Survey {
  readonly #understand: (facts: EntryFacts) => Inventory
  readonly #reading: Survey

  constructor({ tree, sources }: SurveyedTree, tally: ReadTally, kit: ExportKit) {
    this.#understand = (facts) => understandFolder(tree, facts, kit.understand)
    this.#reading = kit.survey(sources, tally)
  }

  get bytesRead(): number {
    return this.#reading.bytesRead
  }

  get contentModule(): string {
    return this.#reading.contentModule
  }

  understand(facts: EntryFacts): Inventory {
    return this.#understand(facts)
  }

  readHeads(entries: readonly number[], options: SurveyOptions): Promise<EntryFacts> {
    return this.#reading.readHeads(entries, options)
  }

  batches(entries: readonly number[]): ContentBatchOf[] {
    return this.#reading.batches(entries)
  }

  smallFile(entry: number): Promise<Uint8Array> {
    return this.#reading.smallFile(entry)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading[Symbol.asyncDispose]()
  }
}
