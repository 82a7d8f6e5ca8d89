/**
 * Which entries hold the same bytes. Proof is an equal SHA-256, or, before anything was read, equal
 * CRC-32, size and name (counter and case of the extension apart) in one export: chance would need
 * 2^32 namesakes of one size. The second is what lets a backup skip the reading of album copies.
 * @module
 */
import type { MediaFacts } from '../../../photos/media-facts.ts'
import type { EntryFacts } from '../../source.ts'
import type { SurveyedEntry } from '../surveyed.ts'
import { baseName } from './classify.ts'
import { DisjointSets } from './disjoint-sets.ts'
import { readings } from './names.ts'
import { groupBy, nfc } from './text.ts'

export class Contents {
  readonly #facts: EntryFacts
  readonly #sets = new DisjointSets<number>()
  /** What reading brought, by group. */
  readonly #factsOfGroup = new Map<number, MediaFacts>()

  constructor(entries: readonly SurveyedEntry[], facts: EntryFacts) {
    this.#facts = facts
    const readable = entries.filter(
      (entry) => entry.refused === undefined && !this.hasFailed(entry),
    )
    for (const [hash, same] of groupBy(readable, ({ index }) => this.sha256Of(index))) {
      if (hash !== undefined) this.#join(same)
    }
    for (const [evidence, alike] of groupBy(readable, evidenceOf)) {
      if (evidence !== undefined) this.joinAlike(alike)
    }
    for (const { index } of readable) this.#note(index, this.#own(index))
  }

  /** Joins entries that are alike by CRC-32, unless what was read tells them apart. */
  joinAlike(entries: readonly SurveyedEntry[]): void {
    const hashes = new Set(entries.map(({ index }) => this.factsOf(index)?.sha256))
    hashes.delete(undefined)
    if (hashes.size <= 1) this.#join(entries)
  }

  #join(entries: readonly SurveyedEntry[]): void {
    const known = entries.map(({ index }) => this.#factsOfGroup.get(this.groupOf(index)))
    this.#sets.join(entries.map(({ index }) => index))
    for (const facts of known) this.#note(entries[0]!.index, facts)
  }

  /** Equal for entries that are known to hold the same bytes. */
  groupOf(index: number): number {
    return this.#sets.find(index)
  }

  /** What reading this entry, or one with the same bytes, brought. */
  factsOf(index: number): MediaFacts | undefined {
    return this.#own(index) ?? this.#factsOfGroup.get(this.groupOf(index))
  }

  /** Of the entry's own bytes. */
  sha256Of(index: number): string | undefined {
    return this.#own(index)?.sha256
  }

  hasFailed({ index }: SurveyedEntry): boolean {
    const facts = this.#facts.get(index)
    return facts !== undefined && 'failure' in facts
  }

  #own(index: number): MediaFacts | undefined {
    const facts = this.#facts.get(index)
    return facts === undefined || 'failure' in facts ? undefined : facts
  }

  #note(index: number, facts: MediaFacts | undefined): void {
    const group = this.groupOf(index)
    const known = this.#factsOfGroup.get(group)
    const isBetter = facts !== undefined && (known?.sha256 === undefined || known === undefined)
    if (facts && isBetter) this.#factsOfGroup.set(group, facts)
  }
}

/** What entries of the same bytes share before they are read; undefined when nothing proves it. */
function evidenceOf(entry: SurveyedEntry): string | undefined {
  const checksum = checksumOf(entry)
  return checksum === undefined ? undefined : `${entry.exportId}\0${checksum}`
}

/** Size, CRC-32 and name without counter: equal for copies of any export. */
export function checksumOf(entry: SurveyedEntry): string | undefined {
  if (entry.crc32 === undefined) return undefined
  const { stem, extension } = readings(nfc(baseName(entry.path)))[0]!
  return `${entry.bytes}\0${entry.crc32}\0${stem}\0${extension.toLowerCase()}`
}
