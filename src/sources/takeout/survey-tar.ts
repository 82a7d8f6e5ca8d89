/**
 * Surveys a `.tgz` part. It has no directory, so it is read once from front to back; what the
 * bytes tell in passing is kept, so that `inspect` needs no second pass. With an intake photos are
 * stored as they pass, and what lies among them, so that `backup` needs none either: only what turns
 * out to be a photo against all appearance is read in a second one.
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
import type { MediaFacts } from '../../photos/media-facts.ts'
import { toError } from '../../util/coded-error.ts'
import type { Intake } from '../source.ts'
import { CheckedContent } from './checked-content.ts'
import { isReadAtOnce, type PartEntry, type PartSurvey } from './part-survey.ts'
import { isLitter } from './understanding/classify.ts'
import { isPhotosRootName } from './understanding/folder-names.ts'

const SCRATCH_BYTES = 2 ** 20

export interface PassOptions {
  signal: AbortSignal
  intake: Intake | undefined
}

interface Pass extends PassOptions {
  tally: ReadTally
  scratch: Uint8Array
}

export async function surveyTar(
  file: TarFile,
  tally: ReadTally,
  { signal, intake }: PassOptions,
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
      else await readEntry(reader, member, entry, { tally, scratch, signal, intake })
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
  pass: Pass,
): Promise<void> {
  const { tally, scratch, signal, intake } = pass
  entry.refused = 'it is cut off' // true until its end was seen
  entry.isUnreadable = true
  const before = tally.bytes
  const content = isReadAtOnce(member.name, member.size) ? new Uint8Array(member.size) : undefined
  if (!content && intake && isAmongPhotos(member.name)) {
    await takeIn(reader, member, entry, intake, signal)
  } else {
    const examiner = content ? undefined : new MediaExaminer(member.name, member.size)
    entry.crc32 = await readThrough(reader, content ?? scratch, examiner, signal)
    if (examiner) entry.facts = examiner.facts()
  }
  delete entry.isUnreadable
  // its first bytes may have been read with the member before it: one piece more is granted
  const bomb = tooLarge(member.size, tally.bytes - before + INPUT_PIECE_BYTES)
  if (bomb) {
    entry.refused = bomb
    delete entry.facts
    delete entry.stored
    return
  }
  delete entry.refused
  entry.access = { kind: 'tar', ordinal: member.ordinal }
  if (content) entry.json = content
}

/** So deep a photos folder lies at most: re-packed archives have more around it. */
const DEEPEST_ROOT = 4

/** In a folder of Google Photos, where all is kept: what else Takeout holds is not stored. */
function isAmongPhotos(path: string): boolean {
  const folders = path.split('/').slice(0, -1)
  return !isLitter(path) && folders.slice(0, DEEPEST_ROOT).some(isPhotosRootName)
}

async function takeIn(
  reader: TarReader,
  member: TarMember,
  entry: PartEntry,
  intake: Intake,
  signal: AbortSignal,
): Promise<void> {
  let problem: unknown
  const bytes = {
    async read(into: Uint8Array) {
      try {
        signal.throwIfAborted() // a long video takes seconds
        return await reader.read(into)
      } catch (thrown) {
        problem = thrown
        throw thrown
      }
    },
  }
  const promised = { id: member.ordinal, name: member.name, part: '', size: member.size }
  const content = new CheckedContent(promised, bytes)
  let facts: MediaFacts | undefined
  const result = await intake.take({
    id: content.id,
    size: content.size,
    read: (into) => content.read(into),
    finish() {
      const finished = content.finish()
      facts = finished.facts
      return finished
    },
  })
  if ('failure' in result) throw problem ?? new DamagedArchiveError(result.failure.message)
  entry.crc32 = content.crc32
  entry.stored = result.stored
  if (facts) entry.facts = facts
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
