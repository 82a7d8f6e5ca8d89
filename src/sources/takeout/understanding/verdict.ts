/**
 * Is all of the export here? Three answers, and the reasons for them.
 *
 *   incomplete    something proves that something is missing: a gap in the numbers, a damaged part, a file
 *                 the overview page lists, a photo that a sidecar describes
 *   complete      nothing does, and the overview page lists what is here and no more
 *   cannot tell   nothing does, but a part behind the last one would not show
 * @module
 */
import type { Problem } from '../../../photos/library.ts'
import type { Completeness, Entry, ExportSummary, Verdict, VerdictReason } from '../../source.ts'
import type { Surveyed } from '../surveyed.ts'
import type { Listing } from './listings.ts'
import { partReasons } from './part-reasons.ts'
import { groupBy } from './text.ts'

export interface Evidence {
  surveyed: Surveyed
  exports: readonly ExportSummary[]
  ledger: readonly Entry[]
  problems: readonly Problem[]
  listings: ReadonlyMap<string, Listing>
}

const ORDER: readonly VerdictReason['says'][] = ['incomplete', 'cannot-tell', 'complete', 'note']

export function judge(evidence: Evidence): Verdict {
  const common = [
    ...problemReasons(evidence.problems),
    ...orphanReasons(evidence),
    ...mixedReasons(evidence.exports),
  ]
  const byExport = evidence.exports.map((each) => reasonsOf(each, evidence, common))
  const reasons = [...common, ...byExport.flat()]
  if (byExport.length === 0) reasons.push(nothingHere)
  return { answer: answerOf(reasons), reasons: sorted(reasons) }
}

const nothingHere: VerdictReason = {
  says: 'cannot-tell',
  code: 'NOTHING_HERE',
  message: 'No archive of an export could be read.',
}

function answerOf(reasons: readonly VerdictReason[]): Completeness {
  const says = new Set(reasons.map((reason) => reason.says))
  if (says.has('incomplete')) return 'incomplete'
  return says.has('cannot-tell') ? 'cannot-tell' : 'complete'
}

function sorted(reasons: readonly VerdictReason[]): VerdictReason[] {
  return [...reasons].sort((a, b) => ORDER.indexOf(a.says) - ORDER.indexOf(b.says))
}

/** What problems say about the whole; what other reasons say better is left to them. */
function* problemReasons(problems: readonly Problem[]): Generator<VerdictReason> {
  const open = problems.filter(({ resolved }) => resolved !== true)
  for (const [code, sentence] of Object.entries(SENTENCES)) {
    const count = open.filter((problem) => problem.code === code).length
    if (count > 0) yield { says: 'incomplete', code, message: sentence(count) }
  }
}

const many = (count: number, one: string, more: string) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`

const SENTENCES: Readonly<Record<string, (count: number) => string>> = {
  DAMAGED_PART: (count) =>
    `${many(count, 'archive is', 'archives are')} damaged: what ${count === 1 ? 'it still holds' : 'they still hold'} was read, the rest is missing.`,
  NOT_AN_ARCHIVE: (count) =>
    `${many(count, 'file is', 'files are')} named like an archive and ${count === 1 ? 'is' : 'are'} none: unfinished downloads, or sign-in pages saved in their place.`,
  DAMAGED_ENTRY: (count) =>
    `${many(count, 'file does', 'files do')} not unpack as the archive promises.`,
  EMPTY_FILE: (count) =>
    `${many(count, 'photo or video is an empty file', 'photos and videos are empty files')}: 0 bytes long.`,
  REJECTED: (count) => `${many(count, 'entry was', 'entries were')} refused as unsafe.`,
}

/** Fewer are what Google forgets; more are what a missing archive tears from their other half. */
const BULK = 20
const BULK_SHARE = 0.02

/** Halves of pairs: described and not here, here and not described. */
function* orphanReasons({ problems, ledger, surveyed }: Evidence): Generator<VerdictReason> {
  const open = problems.filter(({ resolved }) => resolved !== true)
  const isBulk = (count: number, of: number) => count >= BULK && count >= of * BULK_SHARE
  const sidecars = open.filter(({ code }) => code === 'ORPHAN_SIDECAR').length
  const elsewhere = broughtByOthers(ledger, surveyed)
  const total = ledger.filter((entry) => entry.class === 'sidecar').length
  const isMuch = isBulk(sidecars + elsewhere, total)
  const described = (count: number) =>
    `${many(count, 'photo or video is', 'photos and videos are')} described by a metadata file`
  if (sidecars > 0) {
    const why = isMuch
      ? 'so many that an archive is probably missing'
      : 'the archive that holds them is missing, or Google did not export them'
    const message = `${described(sidecars)} and not here: ${why}.`
    yield { says: 'incomplete', code: 'ORPHAN_SIDECAR', message }
  } else if (isMuch) {
    const message = `${described(elsewhere)} and came with other exports only: so many that an archive of this one is probably missing.`
    yield { says: 'incomplete', code: 'ORPHAN_SIDECAR', message }
  }
  const media = open.filter(({ code }) => code === 'ORPHAN_MEDIA').length
  if (isBulk(media, ledger.filter((entry) => entry.class === 'media').length)) {
    const message = `${many(media, 'photo or video', 'photos and videos')} came without their metadata files: so many that an archive may be missing.`
    yield { says: 'cannot-tell', code: 'ORPHAN_MEDIA', message }
  }
}

/** How many sidecars have their photo from another export: nothing is lost, but it is missing here. */
function broughtByOthers(ledger: readonly Entry[], { entries }: Surveyed): number {
  const joined = ledger.filter((line) => line.class === 'sidecar' && line.apart === 'joined')
  if (joined.length === 0) return 0
  const own = new Set(entries.map(({ index }) => index))
  return joined.filter(({ index }) => own.has(index)).length
}

function* mixedReasons(exports: readonly ExportSummary[]): Generator<VerdictReason> {
  if (exports.length < 2) return
  const message = `Archives of ${exports.length} exports lie together; each is judged by itself.`
  yield { says: 'note', code: 'SEVERAL_EXPORTS', message }
}

function reasonsOf(
  summary: ExportSummary,
  evidence: Evidence,
  common: readonly VerdictReason[],
): VerdictReason[] {
  const { id } = summary
  const parts = evidence.surveyed.parts.filter(({ exportId }) => exportId === id)
  const ledger = evidence.ledger.filter(({ exportId }) => exportId === id)
  const reasons = [
    ...gapReasons(summary),
    ...listingReasons(evidence.listings.get(id)),
    ...partReasons(parts, ledger),
  ]
  const answer = answerOf([...common, ...reasons])
  const isProven = reasons.some(({ says }) => says === 'complete')
  if (answer === 'complete' && !isProven) reasons.push(tailUnknown(parts.length, ledger))
  return reasons.map((reason) => ({ ...reason, export: id }))
}

function* gapReasons({ missing }: ExportSummary): Generator<VerdictReason> {
  if (missing.length === 0) return
  const names = missing.length > 5 ? `${missing.slice(0, 5).join(', ')} …` : missing.join(', ')
  const message = `${many(missing.length, 'archive is', 'archives are')} missing: ${names}.`
  yield { says: 'incomplete', code: 'MISSING_PART', message }
}

function* listingReasons(listing: Listing | undefined): Generator<VerdictReason> {
  if (!listing) return
  const { files, listed, missing } = listing
  const size = listing.size === undefined ? '' : `, ${listing.size},`
  if (listed === 0) {
    const message = `The overview page of the export is here; it does not list its files.`
    yield { says: 'note', code: 'OVERVIEW_WITHOUT_LIST', message }
  } else if (missing.length > 0) {
    const message = `The overview page lists ${many(listed, 'file', 'files')} of Google Photos${size} and ${many(missing.length, 'of them is', 'of them are')} not here.`
    yield { says: 'incomplete', code: 'MISSING_FILES', message }
  } else if (files !== undefined && files > listed) {
    const message = `The overview page counts ${many(files, 'file', 'files')} of Google Photos and lists ${many(listed, 'of them', 'of them')}: all of those are here.`
    yield { says: 'cannot-tell', code: 'OVERVIEW_LISTS_LESS', message }
  } else {
    const message = `The overview page of the export lists ${many(listed, 'file', 'files')} of Google Photos${size} and all of them are here.`
    yield { says: 'complete', code: 'OVERVIEW_AGREES', message }
  }
}

function tailUnknown(parts: number, ledger: readonly Entry[]): VerdictReason {
  const pairs = tornPairs(ledger)
  const paired =
    pairs > 0
      ? ` In its favour: ${many(pairs, 'pair', 'pairs')} of photo and metadata ${pairs === 1 ? 'lies' : 'lie'} in different archives, and no half is missing.`
      : ''
  const message = `Nothing seems to be missing, but how many archives this export has is written in none of ${parts === 1 ? 'its files' : 'them'}: compare with the ${parts === 1 ? 'number' : `number ${parts}`} at takeout.google.com.${paired}`
  return { says: 'cannot-tell', code: 'END_UNKNOWN', message }
}

/** Photos whose sidecar lies in another part. */
function tornPairs(ledger: readonly Entry[]): number {
  const sidecars = ledger.filter((entry) => entry.class === 'sidecar')
  const parts = groupBy(sidecars, ({ path }) => path)
  return ledger.filter(
    ({ via, sidecar, part }) =>
      via === 'own' &&
      typeof sidecar === 'string' &&
      parts.get(sidecar)?.every((other) => other.part !== part),
  ).length
}
