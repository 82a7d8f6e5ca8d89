/**
 * Compares a repository with what it claims to be. Nothing is changed, nothing is repaired.
 *
 * Quick: CONFIG, every state, every snapshot's header, and that every packfile is there with room
 * for its blobs. When one is not, the files that depend on it are named.
 *
 * Full: besides, every byte of every packfile, every tree, and the content of every file.
 * @module
 */
import type { Progress } from '../../util/progress.ts'
import { DamagedContentError } from '../damage.ts'
import type { HeaderRecord } from '../records/header.ts'
import type { Repository } from '../repository.ts'
import { configurationMac } from '../repository-keys.ts'
import { ResourceType } from '../resource-type.ts'
import { loadState } from '../state/state-file.ts'
import { unwrap } from '../wrapper.ts'
import { BlobChecks, byReading, type VerifyContent } from './check-blobs.ts'
import { type CheckProblem, type CheckWork, Findings } from './check-findings.ts'
import { checkPackfileBytes, checkPackfileSizes } from './check-packfiles.ts'
import { SnapshotCheck } from './check-snapshot.ts'
import { readHeader } from './snapshot-header.ts'

export type { CheckProblem }

export type CheckLevel = 'quick' | 'full'

export interface CheckOptions {
  level: CheckLevel
  /** Ids of the snapshots to check. */
  snapshots: readonly string[]
  progress: Progress
  signal: AbortSignal
}

export interface CheckReport {
  level: CheckLevel
  /** Empty when all is well. */
  problems: CheckProblem[]
  /** Whose header is sound. */
  snapshots: number
  /** Files whose content was checked; 0 in a quick check that found every packfile. */
  files: number
  /** Content bytes that were read and verified. */
  bytes: number
  packfiles: number
  /** One sentence: what this check did not look at; empty when it looked at everything. */
  notRead: string
}

export async function checkRepository(
  repository: Repository,
  { level, snapshots, progress, signal }: CheckOptions,
): Promise<CheckReport> {
  const work: CheckWork = { findings: new Findings(), progress, signal }
  await checkConfiguration(repository, work)
  await checkStates(repository, work)
  const headers = await checkHeaders(repository, snapshots, work)
  const badPackfiles = await checkPackfileSizes(repository, work)
  const isAll = repository.index.snapshots().every((id) => snapshots.includes(id))
  if (level === 'full' && isAll) await checkPackfileBytes(repository, work)
  let checked = { files: 0, bytes: 0 }
  if (level === 'full') {
    checked = await checkSnapshots(repository, headers, byReading(repository, work), work)
  } else if (badPackfiles.size > 0) {
    const { files } = await checkSnapshots(
      repository,
      headers,
      byLooking(repository, badPackfiles),
      work,
    )
    checked = { files, bytes: 0 }
  }
  return {
    level,
    problems: work.findings.problems,
    snapshots: headers.length,
    ...checked,
    packfiles: [...repository.index.packfiles()].length,
    notRead: notRead(level, isAll),
  }
}

function notRead(level: CheckLevel, isAll: boolean): string {
  if (level === 'quick') return 'The bytes inside packfiles were not read; a full check reads them.'
  return isAll ? '' : 'What only other snapshots use was not read.'
}

async function checkConfiguration(repository: Repository, { findings }: CheckWork): Promise<void> {
  await findings.guard('CONFIG', async () => {
    const mac = configurationMac(repository.secret.encryptionKey)
    unwrap(await repository.store.getConfig(), ResourceType.CONFIG, mac)
  })
}

async function checkStates(repository: Repository, work: CheckWork): Promise<void> {
  const { findings, progress, signal } = work
  progress.stage('Reading states')
  await findings.guard('states', async () => {
    for await (const id of repository.store.list('state')) {
      signal.throwIfAborted()
      await findings.guard(`state ${id}`, () => loadState(repository, id))
      progress.advance({ items: 1 })
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

async function checkSnapshots(
  repository: Repository,
  headers: readonly HeaderRecord[],
  verifyContent: VerifyContent,
  work: CheckWork,
): Promise<{ files: number; bytes: number }> {
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
  return { files, bytes: blobs.contentBytes }
}

/** Looks whether every chunk lies in a packfile that is there. */
function byLooking(repository: Repository, badPackfiles: ReadonlySet<string>): VerifyContent {
  return async ({ chunks }, what) => {
    for (const { contentMac } of chunks) {
      const places = repository.index.locations(ResourceType.CHUNK, contentMac)
      if (places.some(({ packfile }) => !badPackfiles.has(packfile))) continue
      throw new DamagedContentError(what, 'a part of it is in a packfile that is missing or cut')
    }
  }
}
