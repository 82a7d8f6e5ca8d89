import type { Extent } from '../photos/growth/extent.ts'
import type { Problem, ZoneEvidence } from '../photos/library.ts'
import type { InventorySummary } from '../sources/source.ts'
import type { RunStatus } from './outcome.ts'

/** What became of an import, in numbers. */
export interface ImportCounts {
  /** Items in the library after this import. */
  items: number
  added: number
  changed: number
  unchanged: number
  vanished: number
  /** Media that could not be read. */
  failed: number
  /** Entries refused without reading. */
  refused: number
  bytesRead: number
}

/** Photos and sidecars that lacked their other half in their exports. */
export interface HalvesCounts {
  /** Items that this import put together from two exports. */
  joined: number
  /** Sidecars and photos that wait now, of all exports. */
  sidecars: number
  photos: number
}

/** What an import left of the library as a whole. */
export interface LibraryFacts {
  /** Items by what told the zone of their time; without a date; with one that says nothing of a zone. */
  zones: Partial<Record<ZoneEvidence | 'undated' | 'unsaid', number>>
  /** Albums of which photos are missing. */
  incompleteAlbums: { id: string; title: string; present: number; expected: number }[]
}

/** The report of an import as it lies in the snapshot, and as `report` shows it. */
export interface StoredReport extends ImportCounts {
  /** Folder name under `/metadata/imports`. */
  import: string
  /** ISO instant at which the import began. */
  started: string
  source: string
  status: RunStatus
  /** Whether the export was the whole library; absent in reports of older versions. */
  extent?: Extent
  /** Absent in reports of older versions. */
  halves?: HalvesCounts
  /** Absent in reports of older versions. */
  library?: LibraryFacts
  problems: Problem[]
  summary: InventorySummary
}
