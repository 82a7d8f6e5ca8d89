/**
 * What surveying one part gives, whatever its form.
 * @module
 */
import type { ZipMember } from '../../archives/zip/zip-member.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'

/** How to get at an entry's bytes again. */
export type Access =
  | { kind: 'zip'; member: ZipMember }
  | { kind: 'tar'; ordinal: number }
  | { kind: 'file'; diskPath: Buffer; modifiedMs: number }

export interface PartEntry {
  path: string
  bytes: number
  crc32?: number
  refused?: string
  /** It is refused because its bytes cannot be had, not because it is unsafe. */
  isUnreadable?: boolean
  /** Content of what is read with the survey: small JSON, and the overview page. */
  json?: Uint8Array
  /** SHA-256 of the content, where it was known and not read. */
  recalled?: string
  /** Learned in passing, where the part was read whole. */
  facts?: MediaFacts
  /** What the intake stored when it passed. */
  stored?: unknown
  /** Absent when refused. */
  access?: Access
}

export interface PartSurvey {
  entries: PartEntry[]
  /** Completes a sentence that begins with the part's name. */
  damage?: { code: 'DAMAGED_PART' | 'NOT_AN_ARCHIVE'; whatIsWrong: string }
}

/** Larger ones are kept as they are, unread; genuine sidecars stay below 10 kB. */
const MAX_JSON_BYTES = 2 ** 20

/** The page lists every file of the export: some 200 bytes each. */
const MAX_OVERVIEW_BYTES = 64 * 2 ** 20

/** Whether the content is wanted with the survey: small JSON, and the overview page. */
export function isReadAtOnce(path: string, sizeBytes: number): boolean {
  if (isOverviewPath(path)) return sizeBytes <= MAX_OVERVIEW_BYTES
  return sizeBytes <= MAX_JSON_BYTES && /\.json$/i.test(path)
}

/** `Takeout/archive_browser.html`, wherever the parts were extracted to. */
export function isOverviewPath(path: string): boolean {
  return /^(?:[^/]+\/){0,3}archive_browser(?: ?\(\d+\))?\.html?$/i.test(path)
}
