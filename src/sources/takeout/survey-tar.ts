/**
 * Surveys a `.tgz` part. It has no directory, so it is read once from front to back; what the
 * bytes tell in passing is kept, so that `inspect` needs no second pass.
 * @module
 */
import { crc32 } from 'node:zlib'
import { DamagedArchiveError } from '../../archives/damaged-archive-error.ts'
import { INPUT_PIECE_BYTES } from '../../archives/inflate-chunks.ts'
import type { ReadTally } from '../../archives/read-at.ts'
import { openTar, type TarFile } from '../../archives/tar/open-tar.ts'
import type { TarMember, TarReader } from '../../archives/tar/tar-reader.ts'
import { tooLarge } from '../../archives/zip/limits.ts'
import { MediaExaminer } from '../../photos/embedded/media-examiner.ts'
import { toError } from '../../util/coded-error.ts'
import { isReadAtOnce, type PartEntry, type PartSurvey } from './part-survey.ts'

const SCRATCH_BYTES = 2 ** 20

export async function surveyTar(
  file: TarFile,
  tally: ReadTally,
  signal: AbortSignal,
): Promise<PartSurvey> {
  const survey: PartSurvey = { entries: [] }
  const reader = openTar(file, tally)
  const scratch = new Uint8Array(SCRATCH_BYTES)
  try {
    for (let member = await reader.next(); member; member = await reader.next()) {
      signal.throwIfAborted()
      const entry: PartEntry = { path: member.name, bytes: member.size }
      survey.entries.push(entry)
      if (member.refused) entry.refused = member.refused
      else await readEntry(reader, member, entry, { tally, scratch, signal })
    }
  } catch (problem) {
    signal.throwIfAborted()
    survey.damage = { code: 'DAMAGED_PART', whatIsWrong: whatIsWrong(problem) }
  } finally {
    await reader.close()
  }
  return survey
}

function whatIsWrong(problem: unknown): string {
  const { message } = toError(problem)
  return problem instanceof DamagedArchiveError
    ? message
    : `could not be read to its end (${message})`
}

async function readEntry(
  reader: TarReader,
  member: TarMember,
  entry: PartEntry,
  { tally, scratch, signal }: { tally: ReadTally; scratch: Uint8Array; signal: AbortSignal },
): Promise<void> {
  entry.refused = 'it is cut off' // true until its end was seen
  entry.isUnreadable = true
  const before = tally.bytes
  const content = isReadAtOnce(member.name, member.size) ? new Uint8Array(member.size) : undefined
  const examiner = content ? undefined : new MediaExaminer(member.name, member.size)
  entry.crc32 = await readThrough(reader, content ?? scratch, examiner, signal)
  delete entry.isUnreadable
  // its first bytes may have been read with the member before it: one piece more is granted
  const bomb = tooLarge(member.size, tally.bytes - before + INPUT_PIECE_BYTES)
  if (bomb) {
    entry.refused = bomb
    return
  }
  delete entry.refused
  entry.access = { kind: 'tar', ordinal: member.ordinal }
  if (content) entry.json = content
  if (examiner) entry.facts = examiner.facts()
}

/** CRC-32 of the member; its bytes go past the examiner or, without one, fill `into`. */
async function readThrough(
  reader: TarReader,
  into: Uint8Array,
  examiner: MediaExaminer | undefined,
  signal: AbortSignal,
): Promise<number> {
  let crc = 0
  let at = 0
  for (;;) {
    signal.throwIfAborted() // a long video takes seconds
    const free = examiner ? into : into.subarray(at)
    const length = await reader.read(free)
    if (length === 0) return crc
    const bytes = free.subarray(0, length)
    crc = crc32(bytes, crc)
    examiner?.give(at, bytes)
    at += length
  }
}
