/**
 * A case as the survey of an export: JSON as bytes, equal content labels as equal checksums, facts
 * of files as they would have been read.
 * @module
 */
import { createHash } from 'node:crypto'
import type { MediaFacts } from '../../src/photos/media-facts.ts'
import type { EntryFacts } from '../../src/sources/source.ts'
import { parsePartName } from '../../src/sources/takeout/part-name.ts'
import type { Surveyed, SurveyedEntry } from '../../src/sources/takeout/surveyed.ts'
import { utf8 } from '../../src/util/bytes.ts'
import type { Case, Embedded } from './case.ts'

const ONLY_PART = 'takeout-20261101T000000Z-001.zip'
const USUAL_BYTES = 100_000

export function surveyCase(each: Case): { surveyed: Surveyed; facts: EntryFacts } {
  const facts = new Map<number, MediaFacts>()
  const entries = each.files.flatMap((path) =>
    [each.parts?.[path] ?? ONLY_PART].flat().map((part) => entryOf(each, path, part)),
  )
  entries.forEach((entry, index) => {
    entry.index = index
    const known = factsOf(each, entry.path)
    if (known) facts.set(index, known)
  })
  const names = [...new Set(entries.map(({ part }) => part))]
  const parts = names.map((name) => ({ name, exportId: exportIdOf(name) }))
  return { surveyed: { parts, entries }, facts }
}

function exportIdOf(part: string): string {
  return parsePartName(part)?.exportId ?? part
}

function entryOf(each: Case, path: string, part: string): SurveyedEntry {
  const entry = { index: 0, path, part, exportId: exportIdOf(part) }
  const json = jsonOf(each, path)
  if (json) return { ...entry, bytes: json.length, json }
  const digest = sha256Of(each, path)
  const bytes = each.bytes?.[path] ?? USUAL_BYTES
  return { ...entry, bytes, crc32: Number.parseInt(digest.slice(0, 8), 16) }
}

function jsonOf(each: Case, path: string): Uint8Array | undefined {
  if (!path.endsWith('.json')) return undefined
  const value = each.json[path] ?? {}
  const isRaw = typeof value === 'object' && value !== null && '$raw' in value
  return utf8(isRaw ? String(value.$raw) : JSON.stringify(value))
}

/** Files without a label are all different. */
function sha256Of(each: Case, path: string): string {
  const label = each.content?.[path]
  const text = label === undefined ? `path ${path.normalize('NFC')}` : `label ${label}`
  return createHash('sha256').update(text).digest('hex')
}

function factsOf(each: Case, path: string): MediaFacts | undefined {
  const embedded = each.embedded?.[path]
  const isLabelled = each.content?.[path] !== undefined
  if (!embedded && !isLabelled) return undefined
  const facts = embedded ? factsOfEmbedded(embedded) : {}
  return isLabelled ? { ...facts, sha256: sha256Of(each, path) } : facts
}

function factsOfEmbedded(embedded: Embedded): MediaFacts {
  const { type, exifDate, exifOffset, contentId, quickTimeDate } = embedded
  const facts: MediaFacts = {}
  if (type !== undefined) facts.mediaType = type
  if (exifDate !== undefined) facts.takenLocal = isoOf(exifDate)
  if (exifOffset !== undefined) facts.takenOffset = exifOffset
  if (contentId !== undefined) facts.contentIdentifier = contentId
  if (quickTimeDate) facts.quickTimeInstant = quickTimeDate
  return facts
}

/** `2021-05-04T10:20:30` of `2021:05:04 10:20:30`. */
function isoOf(exifDate: string): string {
  return exifDate.replace(/^(\d+):(\d+):(\d+) /, '$1-$2-$3T')
}
