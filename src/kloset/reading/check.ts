/**
 * Compares a repository with what it claims to be. Nothing is changed, nothing is repaired.
 *
 * Quick: CONFIG, every state, every lock, every snapshot's header, and that every packfile is there
 * with room for its blobs.
 *
 * Sample: besides, every byte of some packfiles, those first that were not read for longest.
 *
 * Full: besides, every tree and listing, and every byte of every file in the store. Each packfile
 * is read once: contents are judged while their chunks pass by (content-ledger.ts).
 *
 * Where anything is missing or damaged, the files that depend on it are named. What looks damaged is
 * read again before it is called so; what does not answer is never called damaged.
 * @module
 */
import type { Progress } from '../../util/progress.ts'
import { DamagedContentError } from '../damage.ts'
import type { HeaderRecord } from '../records/header.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { BlobChecks, byReading, type VerifyContent } from './check-blobs.ts'
import { type CheckProblem, type CheckWork, Findings } from './check-findings.ts'
import {
  checkPackfileBytes,
  checkPackfileSizes,
  checkPlaces,
  type PackfileReader,
  type PackfileSizes,
} from './check-packfiles.ts'
import { choosePackfiles, type SampleSize } from './check-sample.ts'
import { SnapshotCheck } from './check-snapshot.ts'
import {
  checkConfiguration,
  checkLocks,
  checkMemory,
  checkStates,
  findLeftovers,
  noteQuarantine,
} from './check-store.ts'
import { ContentLedger } from './content-ledger.ts'
import { readHeader } from './snapshot-header.ts'
import { SoundBlobs } from './sound-blobs.ts'

export type { CheckProblem, SampleSize }

export type CheckLevel = 'quick' | 'sample' | 'full'

export interface CheckOptions {
  level: CheckLevel
  /** Ids of the snapshots to check. */
  snapshots: readonly string[]
  /** How much a sample reads. */
  sample?: SampleSize
  /** For what this computer remembers of the check. */
  now?: () => Date
  progress: Progress
  signal: AbortSignal
}

export interface CheckReport {
  level: CheckLevel
  /** Empty when all is well. */
  problems: CheckProblem[]
  /** Things to know that are no problems: leftovers of interruptions, say. */
  notes: CheckProblem[]
  /** Whose header is sound. */
  snapshots: number
  /** Files whose content was checked; 0 in a quick check that found every packfile. */
  files: number
  /** Content bytes that were read and verified. */
  bytes: number
  packfiles: number
  /** Packfiles of which every byte was read. */
  packfilesRead: number
  /** One sentence: what this check did not look at; empty when it looked at everything. */
  notRead: string
}

/** What the parts of a check share. */
interface Check {
  repository: Repository
  work: CheckWork
  headers: HeaderRecord[]
  packs: PackfileSizes
  reader: PackfileReader
  ledger: ContentLedger
}

interface Read {
  files: number
  bytes: number
  /** Sound ones among the packfiles that were read. */
  packfiles: string[]
  packfilesRead: number
}

export async function checkRepository(
  repository: Repository,
  options: CheckOptions,
): Promise<CheckReport> {
  const { level, snapshots, progress, signal } = options
  const work: CheckWork = { findings: new Findings(), progress, signal }
  checkMemory(repository, work)
  await checkConfiguration(repository, work)
  await checkStates(repository, work, level === 'full')
  await checkLocks(repository, work)
  const headers = await checkHeaders(repository, snapshots, work)
  const packs = await checkPackfileSizes(repository, work)
  const isAll = repository.index.snapshots().every((id) => snapshots.includes(id))
  const ledger = new ContentLedger(repository)
  const reader: PackfileReader = {
    ...{ repository, work, sound: new SoundBlobs(repository.index) },
    onBlob: (type, mac, plain) => {
      if (type === ResourceType.CHUNK) ledger.feed(mac, plain)
    },
  }
  const check: Check = { repository, work, headers, packs, reader, ledger }
  const read = await readAsAsked(check, options, isAll)
  const report: CheckReport = {
    level,
    problems: work.findings.problems,
    notes: work.findings.notes,
    snapshots: headers.length,
    files: read.files,
    bytes: read.bytes,
    packfiles: [...repository.index.packfiles()].length,
    packfilesRead: read.packfilesRead,
    notRead: notRead(level, isAll),
  }
  await remember(check, read, options, report)
  return report
}

function readAsAsked(check: Check, options: CheckOptions, isAll: boolean): Promise<Read> {
  if (options.level === 'full') return isAll ? readEverything(check) : readSnapshots(check)
  return options.level === 'sample' ? readSample(check, options) : readNothing(check)
}

function notRead(level: CheckLevel, isAll: boolean): string {
  if (level === 'quick') return 'The bytes inside packfiles were not read; a full check reads them.'
  if (level === 'sample') {
    return 'Only a sample of the packfiles was read; those that were not read for longest come first.'
  }
  return isAll ? '' : 'What only other snapshots use was not read.'
}

/** Every byte of every file in the store. */
async function readEverything(check: Check): Promise<Read> {
  const { repository, work, reader, packs, ledger } = check
  const leftovers = await findLeftovers(repository, work)
  await noteQuarantine(repository, work, true)
  const bytes = { expected: 0 }
  const files = await checkSnapshots(check, async (object, _what, objectMac) => {
    ledger.register(objectMac, object)
    bytes.expected += object.chunks.reduce((sum, { length }) => sum + length, 0)
  })
  const names = [...repository.index.publishedPackfiles()]
  const present = names.filter((name) => !packs.bad.has(name))
  const spare = [...leftovers.orphans, ...leftovers.swept]
  work.progress.stage('Reading packfiles', {
    items: present.length + spare.length,
    bytes: [...packs.sizes.values()].reduce((sum, size) => sum + size, 0),
  })
  const sound = await checkPackfileBytes(reader, present)
  await checkPackfileBytes(reader, spare, { spare: true })
  checkPlaces(reader, sound)
  const unjudged = await readUnjudged(check)
  return {
    ...{ files, packfiles: sound, packfilesRead: present.length + spare.length },
    bytes: bytes.expected - unjudged.damagedBytes,
  }
}

/** Contents that the packfiles did not prove sound are read by themselves, and named. */
async function readUnjudged(check: Check): Promise<{ damagedBytes: number }> {
  const { repository, work, ledger } = check
  const read = byReading(repository, work)
  let damagedBytes = 0
  if (ledger.isComplete) return { damagedBytes }
  await checkSnapshots(check, async (object, what, objectMac) => {
    if (ledger.isSound(objectMac)) return
    const bytes = object.chunks.reduce((sum, { length }) => sum + length, 0)
    damagedBytes += bytes
    await read(object, what, objectMac)
    damagedBytes -= bytes
  })
  return { damagedBytes }
}

/** What some snapshots refer to. */
async function readSnapshots(check: Check): Promise<Read> {
  const { repository, work } = check
  let bytes = 0
  const read = byReading(repository, work)
  const files = await checkSnapshots(check, async (object, what, objectMac) => {
    await read(object, what, objectMac)
    bytes += object.chunks.reduce((sum, { length }) => sum + length, 0)
  })
  return { files, bytes, packfiles: [], packfilesRead: 0 }
}

/** Some packfiles, and the names of the files that need what is damaged in them. */
async function readSample(check: Check, { sample }: CheckOptions): Promise<Read> {
  const { repository, work, reader, packs } = check
  await noteLeftovers(check)
  const present = new Map([...packs.sizes].filter(([name]) => !packs.bad.has(name)))
  const chosen = await choosePackfiles(repository, present, sample ?? { share: 0.02 })
  work.progress.stage('Reading packfiles', {
    items: chosen.length,
    bytes: chosen.reduce((sum, name) => sum + present.get(name)!, 0),
  })
  const sound = await checkPackfileBytes(reader, chosen)
  checkPlaces(reader, sound)
  const damaged = new Set(chosen.filter((name) => !sound.includes(name)))
  const files = await nameDependents(check, damaged)
  return { files, bytes: 0, packfiles: sound, packfilesRead: chosen.length }
}

async function readNothing(check: Check): Promise<Read> {
  await noteLeftovers(check)
  const files = await nameDependents(check, new Set())
  return { files, bytes: 0, packfiles: [], packfilesRead: 0 }
}

async function noteLeftovers({ repository, work }: Check): Promise<void> {
  await findLeftovers(repository, work)
  await noteQuarantine(repository, work, false)
}

/** When something is missing or damaged: which files need it. Reads trees, and listings. */
async function nameDependents(check: Check, damaged: ReadonlySet<string>): Promise<number> {
  const { repository, reader, packs } = check
  if (packs.bad.size === 0 && damaged.size === 0) return 0
  const isUsable = (packfile: string) => !packs.bad.has(packfile) && !damaged.has(packfile)
  return checkSnapshots(check, async ({ chunks }, what) => {
    for (const { contentMac } of chunks) {
      if (reader.sound.hasBlob(ResourceType.CHUNK, contentMac)) continue
      const places = repository.index.locations(ResourceType.CHUNK, contentMac)
      if (places.some(({ packfile }) => isUsable(packfile))) continue
      const where = places.some(({ packfile }) => damaged.has(packfile))
        ? 'damaged'
        : 'missing or cut'
      throw new DamagedContentError(what, `a part of it is in a packfile that is ${where}`)
    }
  })
}

async function checkHeaders(
  repository: Repository,
  ids: readonly string[],
  { findings }: CheckWork,
): Promise<HeaderRecord[]> {
  const headers: HeaderRecord[] = []
  for (const id of ids) {
    const header = await findings.guard(`snapshot ${id}`, () => readHeader(repository, id))
    if (header !== undefined) headers.push(header)
  }
  return headers
}

/** @returns how many files there are */
async function checkSnapshots(
  { repository, headers, work }: Check,
  verifyContent: VerifyContent,
): Promise<number> {
  const blobs = new BlobChecks(repository, verifyContent)
  let files = 0
  for (const header of headers) {
    work.progress.stage(`Checking snapshot ${header.identifier.slice(0, 8)}`)
    const check = new SnapshotCheck(repository, header, blobs, work)
    await check.checkSideIndexes()
    await check.checkPaths()
    await check.checkFiles()
    files += check.files
  }
  return files
}

/** Keeps, on this computer, what was found sound and when: samples begin with what is oldest. */
async function remember(
  { repository, headers }: Check,
  { packfiles }: Read,
  { level, now = () => new Date() }: CheckOptions,
  { problems }: CheckReport,
): Promise<void> {
  const isProof = level === 'full' && problems.length === 0
  const snapshots = isProof ? headers.map(({ identifier }) => identifier) : []
  await repository.local?.memory.noteVerified(
    { packfiles, snapshots },
    {
      packfiles: new Set(repository.index.publishedPackfiles()),
      snapshots: new Set(repository.index.snapshots()),
    },
    now(),
  )
}
