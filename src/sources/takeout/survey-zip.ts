/**
 * Surveys a zip part: its directory in two reads, then its sidecars, in the order they lie.
 * @module
 */
import type { ReadAt } from '../../archives/read-at.ts'
import { readSmallMembers } from '../../archives/zip/read-small-members.ts'
import { listZip } from '../../archives/zip/zip-archive.ts'
import type { ZipMember } from '../../archives/zip/zip-member.ts'
import { toError } from '../../util/coded-error.ts'
import { isReadAtOnce, type PartEntry, type PartSurvey } from './part-survey.ts'

export async function surveyZip(source: ReadAt, signal: AbortSignal): Promise<PartSurvey> {
  const { members, damage } = await listZip(source)
  const entries = new Map(members.map((member) => [member, entryOf(member)]))
  const survey: PartSurvey = { entries: [...entries.values()] }
  if (damage) survey.damage = { code: 'DAMAGED_PART', whatIsWrong: damage }
  try {
    await readJson(source, entries, signal)
  } catch (problem) {
    signal.throwIfAborted()
    const whatIsWrong = `could not be read to its end (${toError(problem).message})`
    survey.damage ??= { code: 'DAMAGED_PART', whatIsWrong }
  }
  return survey
}

function entryOf(member: ZipMember): PartEntry {
  const entry: PartEntry = { path: member.name, bytes: member.size, crc32: member.crc32 }
  if (member.refused) entry.refused = member.refused
  else entry.access = { kind: 'zip', member }
  return entry
}

async function readJson(
  source: ReadAt,
  entries: ReadonlyMap<ZipMember, PartEntry>,
  signal: AbortSignal,
): Promise<void> {
  const all = [...entries.keys()]
  const wanted = all.filter((member) => !member.refused && isReadAtOnce(member.name, member.size))
  for await (const { member, content } of readSmallMembers(source, wanted, all)) {
    signal.throwIfAborted()
    const entry = entries.get(member)!
    if (!('wrong' in content)) entry.json = new Uint8Array(content)
    else {
      entry.refused = `it ${content.wrong}`
      entry.isUnreadable = true
      delete entry.access
    }
  }
}
