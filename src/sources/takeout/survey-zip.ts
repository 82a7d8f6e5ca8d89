/**
 * Surveys a zip part: its directory in two reads, then its sidecars, in the order they lie. Those
 * that are known from earlier runs are not read; so directories come first, of all parts.
 * @module
 */
import type { ReadAt } from '../../archives/read-at.ts'
import { readSmallMembers } from '../../archives/zip/read-small-members.ts'
import { listZip } from '../../archives/zip/zip-archive.ts'
import type { ZipMember } from '../../archives/zip/zip-member.ts'
import { toError } from '../../util/coded-error.ts'
import type { KnownFiles, ListedFile } from '../source.ts'
import { isReadAtOnce, type PartEntry, type PartSurvey } from './part-survey.ts'

/** All of a part that lies far away, or alone. */
export async function surveyZip(
  source: ReadAt,
  signal: AbortSignal,
  known?: KnownFiles,
): Promise<PartSurvey> {
  const survey = await surveyDirectory(source)
  await recallSmallFiles(survey.entries, known)
  await readSmallFiles(source, survey, signal)
  return survey
}

/** What the part holds; of its contents nothing. */
export async function surveyDirectory(source: ReadAt): Promise<PartSurvey> {
  const { members, damage } = await listZip(source)
  const survey: PartSurvey = { entries: members.map(entryOf) }
  if (damage) survey.damage = { code: 'DAMAGED_PART', whatIsWrong: damage }
  return survey
}

function entryOf(member: ZipMember): PartEntry {
  const entry: PartEntry = { path: member.name, bytes: member.size, crc32: member.crc32 }
  if (member.refused) entry.refused = member.refused
  else entry.access = { kind: 'zip', member }
  return entry
}

/** Fills in what is known of these entries of zip parts. */
export async function recallSmallFiles(
  entries: Iterable<PartEntry>,
  known: KnownFiles | undefined,
): Promise<void> {
  await known?.recall(recallable(entries), (entry, { bytes, sha256 }) => {
    entry.json = bytes
    entry.recalled = sha256
  })
}

function* recallable(entries: Iterable<PartEntry>): Generator<PartEntry & ListedFile> {
  for (const entry of entries) {
    if (isSmall(entry) && entry.crc32 !== undefined) yield entry as PartEntry & ListedFile
  }
}

const isSmall = ({ access, path, bytes }: PartEntry) =>
  access?.kind === 'zip' && isReadAtOnce(path, bytes)

/** Reads what is still unknown; a part that breaks off keeps what was read. */
export async function readSmallFiles(
  source: ReadAt,
  survey: PartSurvey,
  signal: AbortSignal,
): Promise<void> {
  try {
    await readJson(source, survey.entries, signal)
  } catch (problem) {
    signal.throwIfAborted()
    const whatIsWrong = `could not be read to its end (${toError(problem).message})`
    survey.damage ??= { code: 'DAMAGED_PART', whatIsWrong }
  }
}

async function readJson(
  source: ReadAt,
  entries: readonly PartEntry[],
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Map<ZipMember, PartEntry>()
  const all: ZipMember[] = []
  for (const entry of entries) {
    if (entry.access?.kind !== 'zip') continue
    all.push(entry.access.member)
    if (isSmall(entry) && entry.json === undefined) wanted.set(entry.access.member, entry)
  }
  for await (const { member, content } of readSmallMembers(source, [...wanted.keys()], all)) {
    signal.throwIfAborted()
    const entry = wanted.get(member)!
    if (!('wrong' in content))
      entry.json = Buffer.from(content) // small ones share their memory
    else {
      entry.refused = `it ${content.wrong}`
      entry.isUnreadable = true
      delete entry.access
    }
  }
}
