/**
 * What a folder shares with an extracted export: the ways to the bytes of files on disk, and the
 * rules by which sidecars, edited renditions, clips and raws find the photos they belong to.
 *
 * Sources do not know each other: the registry hands these in. The shapes are those of
 * `takeout/surveyed.ts` and `takeout/survey-parts.ts`, as far as files of a folder need them.
 * @module
 */
import type { ReadTally } from '../../archives/read-at.ts'
import type { EntryFacts, Inventory, Survey } from '../source.ts'

export interface KitEntry {
  index: number
  path: string
  part: string
  exportId: string
  bytes: number
  json?: Uint8Array
}

export interface KitPart {
  name: string
  exportId: string
}

export interface KitSurveyed {
  parts: KitPart[]
  entries: KitEntry[]
}

/** The way to the bytes of one entry; it lies in the list at the entry's index. */
export interface KitSource {
  file: { form: 'folder'; path: string; name: string; sizeBytes: number }
  entry: {
    path: string
    bytes: number
    json?: Uint8Array
    /** Absent for what cannot be read. */
    access?: { kind: 'file'; diskPath: Buffer; modifiedMs: number }
  }
}

export interface ExportKit {
  /** Pure: makes an inventory of an export. */
  understand(surveyed: KitSurveyed, facts: EntryFacts): Inventory
  /** A survey that reads from `sources`; it is not asked to understand. */
  survey(sources: KitSource[], tally: ReadTally): Survey
}
