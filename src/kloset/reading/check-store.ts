/**
 * Checks what surrounds the packfiles: CONFIG, states, locks, the quarantine, files that nothing
 * refers to, and what this computer saw earlier.
 * @module
 */
import { NotInStoreError } from '../../stores/store.ts'
import { mapConcurrently } from '../../util/map-concurrently.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import { DamagedFileError } from '../damage.ts'
import { MAC_BYTES, macToHex } from '../mac-hex.ts'
import { decodeLock } from '../records/lock.ts'
import type { Repository } from '../repository.ts'
import { configurationMac } from '../repository-keys.ts'
import { ResourceType } from '../resource-type.ts'
import { loadState } from '../state/state-file.ts'
import { unwrap } from '../wrapper.ts'
import { CheckNoteCode, CheckProblemCode, type CheckWork, judgeTwice } from './check-findings.ts'

/** States and locks read side by side: on a remote store most of the time is waiting. */
const CONCURRENCY = 4
/** A lock has about 250 bytes. */
const MAX_LOCK_BYTES = 65_536

export async function checkConfiguration(
  repository: Repository,
  { findings }: CheckWork,
): Promise<void> {
  await judgeTwice(findings, 'CONFIG', async () => {
    const mac = configurationMac(repository.secret.encryptionKey)
    unwrap(await repository.store.getConfig(), ResourceType.CONFIG, mac)
  })
}

/**
 * Every state, whole. States whose place others took need not be there.
 * @param wantsTwins whether copies are looked for, at two more requests a state
 */
export async function checkStates(
  repository: Repository,
  work: CheckWork,
  wantsTwins: boolean,
): Promise<void> {
  const { findings, progress, signal } = work
  progress.stage('Reading states')
  const trailers = new Map<string, string>()
  await findings.guard('states', async () => {
    const ids = repository.store.list('state')
    const checks = mapConcurrently(ids, CONCURRENCY, async (id) => {
      signal.throwIfAborted()
      await checkState(repository, id, wantsTwins ? trailers : undefined, work)
      progress.advance({ items: 1 })
    })
    for await (const _ of checks);
  })
}

async function trailerOf({ store }: Repository, id: string): Promise<string> {
  const size = await store.size('state', id)
  const range = { offset: size - MAC_BYTES, length: MAC_BYTES }
  return macToHex(await store.get('state', id, range))
}

/** Every state has a nonce or a timestamp of its own, so two that are alike are copies. */
async function checkState(
  repository: Repository,
  id: string,
  trailers: Map<string, string> | undefined,
  { findings }: CheckWork,
): Promise<void> {
  await judgeTwice(findings, `state ${id}`, async () => {
    try {
      await loadState(repository, id)
      if (trailers === undefined) return
      const trailer = await trailerOf(repository, id)
      const twin = trailers.get(trailer)
      trailers.set(trailer, id)
      if (twin === undefined || twin === id) return
      findings.note(CheckNoteCode.DUPLICATE_STATE, `state ${id}`, `it is a copy of ${twin}`)
    } catch (error) {
      if (!(error instanceof NotInStoreError)) throw error
      if (!repository.index.mergedStates().has(id)) await requireGone(repository, id)
    }
  })
}

/** A state may vanish between listing and reading, when others merge; then it is not listed. */
async function requireGone(repository: Repository, id: string): Promise<void> {
  for await (const listed of repository.store.list('state')) {
    if (listed === id) {
      throw new DamagedFileError(`state ${id}`, 'the store lists it but does not have it')
    }
  }
}

/** One that cannot be read stops plakar, and whoever needs the repository for itself. */
export async function checkLocks(repository: Repository, work: CheckWork): Promise<void> {
  const { findings } = work
  await findings.guard('locks', async () => {
    for await (const id of repository.store.list('lock')) {
      await judgeTwice(findings, `lock ${id}`, async (found) => {
        if (await isLock(repository, id)) return
        const message = 'it cannot be read; while it is there, plakar does not write'
        found.add(CheckProblemCode.UNREADABLE_LOCK, `lock ${id}`, message)
      })
    }
  })
}

async function isLock({ store, mac, encoding }: Repository, id: string): Promise<boolean> {
  try {
    const { body } = unwrap(await store.get('lock', id), ResourceType.LOCK, mac)
    decodeLock(encoding.decode(body, MAX_LOCK_BYTES))
    return true
  } catch (error) {
    if (error instanceof NotInStoreError) return true // given back meanwhile
    if (error instanceof DamagedEncodingError || isDamage(error)) return false
    throw error
  }
}

function isDamage(error: unknown): boolean {
  return (
    error instanceof Error && /^(DAMAGED|MALFORMED)_/.test((error as { code?: string }).code ?? '')
  )
}

/** Files in the store that are not packfiles of the repository: what interruptions leave. */
export interface Leftovers {
  /** No state ever named it. */
  orphans: string[]
  /** A state says that it was deleted. */
  swept: string[]
}

/** What a listing has that the index has not. */
export async function findLeftovers(repository: Repository, work: CheckWork): Promise<Leftovers> {
  const { index, store } = repository
  const published = new Set(index.publishedPackfiles())
  const leftovers: Leftovers = { orphans: [], swept: [] }
  const listed: string[] = []
  await work.findings.guard('packfiles', async () => {
    for await (const name of store.list('packfile')) listed.push(name)
  })
  // A .ptar file has one packfile, which goes by any name.
  if (!store.writable && listed.length === 1 && published.size === 1) return leftovers
  for (const name of listed) {
    if (published.has(name)) continue
    const list = index.knowsPackfile(name) ? leftovers.swept : leftovers.orphans
    list.push(name)
  }
  for (const name of leftovers.orphans) {
    const message = 'no state names it; an interrupted backup left it, and the next one may use it'
    work.findings.note(CheckNoteCode.ORPHAN_PACKFILE, `packfile ${name}`, message)
  }
  for (const name of leftovers.swept) {
    const message = 'it was deleted, but its file is still there; maintenance removes it'
    work.findings.note(CheckNoteCode.LEFTOVER_PACKFILE, `packfile ${name}`, message)
  }
  return leftovers
}

/** What a repair set aside is damaged by nature: it is named, not judged. */
export async function noteQuarantine(
  repository: Repository,
  { findings, signal }: CheckWork,
  isRead: boolean,
): Promise<void> {
  await findings.guard('quarantine', async () => {
    for await (const id of repository.store.list('quarantine')) {
      signal.throwIfAborted()
      const message = 'a repair set it aside; nothing needs it'
      findings.note(CheckNoteCode.IN_QUARANTINE, `quarantine ${id}`, message)
      if (isRead) await repository.store.get('quarantine', id)
    }
  })
}

/** What was there once and is gone, and a repository that is not the one that was there. */
export function checkMemory({ local }: Repository, { findings }: CheckWork): void {
  if (local === undefined) return
  if (local.change !== undefined) {
    findings.add(local.change.code, 'CONFIG', local.change.message)
  }
  for (const id of local.memory.vanished.snapshots) {
    const message = 'this computer saw it, and nobody removed it; the store lost or withholds it'
    findings.add(CheckProblemCode.SNAPSHOT_VANISHED, `snapshot ${id}`, message)
  }
  for (const id of local.memory.vanished.states) {
    const message = 'this computer saw it, and nobody merged it; the store lost or withholds it'
    findings.add(CheckProblemCode.STATE_VANISHED, `state ${id}`, message)
  }
}
