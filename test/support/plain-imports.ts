/**
 * Imports without a repository: what exports hold is understood and the library grown, nothing is
 * stored. What earlier runs brought of an export is known in the next one, as it is from its ledger.
 * @module
 */
import { createHash } from 'node:crypto'
import type { ExportEntry } from '../../scripts/sample-library/takeout.ts'
import { type Growth, growLibrary } from '../../src/photos/growth/grow-library.ts'
import { type ArrivingItem, emptyLibrary, type Library } from '../../src/photos/growth/library.ts'
import type { Item } from '../../src/photos/library.ts'
import type { MediaFacts } from '../../src/photos/media-facts.ts'
import type { SurveyedEntry } from '../../src/sources/takeout/surveyed.ts'
import { understand } from '../../src/sources/takeout/understanding/understand.ts'

export interface PlainDelivery {
  stamp: string
  entries: readonly ExportEntry[]
}

export class PlainImports {
  library: Library = emptyLibrary()
  /** By the export's stamp, then path and content: a generated export may have one path twice. */
  readonly #seen = new Map<string, Map<string, ExportEntry>>()

  /** One run. */
  add(deliveries: readonly PlainDelivery[], told?: 'full' | 'incremental'): Growth {
    const surveyed: SurveyedEntry[] = []
    const facts = new Map<number, MediaFacts>()
    for (const { stamp, entries } of deliveries) {
      for (const entry of this.#allOf(stamp, entries)) {
        const index = surveyed.length
        surveyed.push(surveyedEntry(entry, stamp, index))
        if (entry.truth.class === 'media') facts.set(index, { sha256: digestOf(entry) })
      }
    }
    const { items, albums, entries } = understand({ parts: [], entries: surveyed }, facts)
    const stamps = deliveries.map(({ stamp }) => stamp).sort()
    const described = new Set(entries.flatMap(({ sidecar, item }) => (sidecar ? [item] : [])))
    const arriving = items.map((item) => arrivalOf(item, described.has(item.id), stamps))
    const exports = stamps.map((stamp) => `takeout-${stamp}`)
    const growth = growLibrary(this.library, arriving, albums, {
      ...{ exports, joined: exports, stamp: stamps.at(-1)!, export: exports.at(-1)! },
      ...(told ? { told } : {}),
    })
    this.library = structuredClone(growth.library)
    return growth
  }

  #allOf(stamp: string, entries: readonly ExportEntry[]): Iterable<ExportEntry> {
    const seen = this.#seen.get(stamp) ?? new Map<string, ExportEntry>()
    for (const entry of entries) seen.set(`${entry.truth.path} ${entry.truth.sha256}`, entry)
    this.#seen.set(stamp, seen)
    return seen.values()
  }
}

const digestOf = ({ bytes }: ExportEntry) => createHash('sha256').update(bytes).digest('hex')

function surveyedEntry({ bytes, truth }: ExportEntry, stamp: string, index: number): SurveyedEntry {
  const exportId = `takeout-${stamp}`
  const entry = { index, path: truth.path, part: `${exportId}-001.zip`, exportId }
  const json = truth.path.endsWith('.json') ? { json: bytes } : {}
  return { ...entry, bytes: bytes.length, ...json }
}

function arrivalOf(item: Item, described: boolean, stamps: readonly string[]): ArrivingItem {
  const files = item.files.map((file) => ({ ...file, sha256: file.sha256! }))
  const [oldestStamp, stamp] = [stamps[0]!, stamps.at(-1)!]
  return { ...item, files, described, from: 'takeout', stamp, oldestStamp }
}
