/**
 * A surveyed Takeout: what it holds, and the ways to its bytes.
 * @module
 */
import { extname } from 'node:path'
import type { ReadTally } from '../../archives/read-at.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'
import type {
  ContentBatchOf,
  EarlierEntry,
  EntryFacts,
  Inventory,
  KnownPhotos,
  Survey,
  SurveyOptions,
} from '../source.ts'
import { makeBatches, recipeFor, type Wanted } from './batches.ts'
import { openContents } from './open-contents.ts'
import { parsePartName } from './part-name.ts'
import { isOverviewPath } from './part-survey.ts'
import { readHeads } from './read-heads.ts'
import { indistinct, readWhole } from './read-whole.ts'
import type { SurveyedParts } from './survey-parts.ts'
import type { Surveyed, SurveyedEntry } from './surveyed.ts'

/** Beside this file, with its extension: `.ts` in the sources, `.js` once built. */
export const CONTENT_MODULE = new URL(`./open-contents${extname(import.meta.url)}`, import.meta.url)
  .href

export class TakeoutSurvey implements Survey {
  readonly contentModule = CONTENT_MODULE
  readonly #parts: SurveyedParts
  readonly #tally: ReadTally
  readonly #understand: (surveyed: Surveyed, facts: EntryFacts) => Inventory
  /** Learned while surveying parts that had to be read whole. */
  readonly #known = new Map<number, MediaFacts>()
  readonly taken = new Map<number, { stored: unknown; facts: MediaFacts }>()
  readonly recalled = new Map<number, string>()

  constructor(
    parts: SurveyedParts,
    tally: ReadTally,
    understand: (surveyed: Surveyed, facts: EntryFacts) => Inventory,
  ) {
    this.#parts = parts
    this.#tally = tally
    this.#understand = understand
    parts.sources.forEach(({ entry }, index) => {
      const { facts, stored, recalled } = entry
      if (recalled !== undefined) this.recalled.set(index, recalled)
      if (facts) this.#known.set(index, facts)
      if (facts && stored !== undefined) this.taken.set(index, { stored, facts })
    })
  }

  get bytesRead(): number {
    return this.#tally.bytes
  }

  understand(facts: EntryFacts): Inventory {
    return this.#understand(this.#parts.surveyed, new Map([...this.#known, ...facts]))
  }

  understandWith(
    facts: EntryFacts,
    earlier: readonly EarlierEntry[],
    library: KnownPhotos = new Map(),
  ): Inventory {
    const { surveyed } = this.#parts
    const known = earlier.flatMap(({ index, facts }) => (facts ? [[index, facts] as const] : []))
    const parts = earlierParts(surveyed, earlier)
    return this.#understand(
      { parts, entries: [...surveyed.entries, ...earlier.map(surveyedBefore)], library },
      new Map([...this.#known, ...known, ...facts]),
    )
  }

  async readHeads(entries: readonly number[], options: SurveyOptions): Promise<EntryFacts> {
    const unknown = entries.filter((index) => !this.#known.has(index))
    const wanted = unknown.map((index) => this.#wanted(index))
    const whole = await readWhole(indistinct(wanted), this.#tally, options)
    const heads = wanted.filter(({ id }) => !whole.has(id))
    return new Map([...whole, ...(await readHeads(heads, this.#tally, options))])
  }

  batches(entries: readonly number[]): ContentBatchOf[] {
    return makeBatches(entries.map((id) => this.#wanted(id)))
  }

  /** @throws {DamagedEntryError} when it is not what the source promised */
  async smallFile(index: number): Promise<Uint8Array> {
    const wanted = this.#wanted(index)
    if (wanted.entry.json) return wanted.entry.json
    for await (const content of openContents(recipeFor(wanted.file, [wanted]))) {
      const bytes = new Uint8Array(content.size)
      let at = 0
      for (let length = -1; length !== 0; at += length) {
        length = await content.read(at < bytes.length ? bytes.subarray(at) : new Uint8Array(1))
      }
      content.finish()
      this.#tally.bytes += bytes.length
      return bytes
    }
    throw new RangeError(`${wanted.entry.path} gave no content`)
  }

  /** Nothing is held open between calls. */
  async [Symbol.asyncDispose](): Promise<void> {}

  #wanted(index: number): Wanted {
    const source = this.#parts.sources[index]
    if (!source) throw new RangeError(`the survey has no entry ${index}`)
    return { id: index, ...source }
  }
}

/** The overview page was kept like a sidecar; it is none. */
function surveyedBefore(entry: EarlierEntry): SurveyedEntry {
  const { json, ...rest } = entry
  return json && isOverviewPath(entry.path) ? { ...rest, overview: json } : entry
}

/** The parts of this run, and by their names those that came before. */
function earlierParts({ parts }: Surveyed, earlier: readonly EarlierEntry[]): Surveyed['parts'] {
  const all = new Map(parts.map((part) => [`${part.exportId}\0${part.name}`, part]))
  for (const { part: name, exportId, half } of earlier) {
    if (half !== undefined) continue
    const key = `${exportId}\0${name}`
    if (all.has(key)) continue
    const { number, group } = parsePartName(name) ?? {}
    const numbers = {
      ...(number === undefined ? {} : { number }),
      ...(group === undefined ? {} : { group }),
    }
    all.set(key, { name, exportId, ...numbers })
  }
  return [...all.values()]
}
