/**
 * Holds: named reasons why something may not be dropped. They stand in the repository itself, where
 * every program that knows them sees them, and those that do not pass over them.
 * @module
 */
import { findSnapshot, listSnapshots } from '../../kloset/reading/snapshot-list.ts'
import { openSnapshot } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../kloset/repository.ts'
import { publishHold } from '../../kloset/state/hold-entries.ts'
import { MAX_HOLD_BYTES } from '../../kloset/state/own-entries.ts'
import { randomMac } from '../../kloset/state/random-mac.ts'
import { isAlbum, parseItemQuery } from '../../photos/query/item-query.ts'
import { CodedError } from '../../util/coded-error.ts'
import { NoSuchAlbumError } from '../restore/no-such-album-error.ts'
import { catalogueOf, catalogueRecords } from './catalogue-lines.ts'
import {
  type Covers,
  decodeHold,
  encodeHold,
  encodeRelease,
  type Hold,
  isInForce,
  isRelease,
  type Release,
} from './hold-record.ts'

export interface HoldRequest {
  name: string
  reason: string
  author: string
  end?: Date
  /** Snapshots by prefix or `latest`. */
  covers: Covers
}

/** Half of what an entry can carry: the record of its end repeats it. */
const MAX_BODY_BYTES = MAX_HOLD_BYTES / 2

/** Every hold that was not released, those whose end has passed included. Oldest first. */
export function allHolds(repository: Repository): Hold[] {
  return entriesOf(repository).filter((entry): entry is Hold => !isRelease(entry))
}

/** Holds that refuse something now. */
export function holdsInForce(repository: Repository, now: Date): Hold[] {
  return allHolds(repository).filter((hold) => isInForce(hold, now))
}

/** What was held once and let go, oldest first. */
export function releases(repository: Repository): Release[] {
  return entriesOf(repository).filter(isRelease)
}

/**
 * @throws {HoldExistsError} when a hold of that name is in force
 * @throws {SnapshotNotFoundError} also when the snapshot was removed while the hold was recorded
 * @throws {NoSuchAlbumError}
 * @throws {BadItemQueryError}
 * @throws {HoldTooLargeError}
 */
export async function addHold(
  repository: Repository,
  request: HoldRequest,
  now: () => Date,
): Promise<Hold> {
  const begun = now()
  const { name, reason, author, end } = request
  await repository.refresh()
  if (holdsInForce(repository, begun).some((hold) => hold.name === name)) {
    throw new HoldExistsError(name)
  }
  const covers = await resolve(repository, request.covers)
  const body = {
    ...{ name, reason, author, covers, start: begun.toISOString() },
    ...(end === undefined ? {} : { end: end.toISOString() }),
  }
  const encoded = encodeHold(body)
  if (encoded.length > MAX_BODY_BYTES) throw new HoldTooLargeError(name)
  const id = await publishHold(repository, encoded, now)
  await repository.refresh() // somebody may have removed it while nobody knew of the hold
  if (typeof covers === 'object' && 'snapshots' in covers) {
    for (const snapshot of covers.snapshots) await findSnapshot(repository, snapshot)
  }
  return { id, ...body }
}

/**
 * Ends a hold for good; that there was one, and why it ended, stays on record.
 * @param wanted its name, or the beginning of its id
 * @throws {NoSuchHoldError}
 */
export async function endHold(
  repository: Repository,
  wanted: string,
  { reason, author }: { reason: string; author: string },
  now: () => Date,
): Promise<Hold> {
  await repository.refresh()
  const hold = findHold(repository, wanted, now())
  const when = now()
  const { id, ...body } = hold
  const note = { released: id, hold: body, reason, author, when: when.toISOString() }
  const known = hold.covers !== 'everything'
  await repository.publish(
    {
      parent: repository.index.latestState,
      timestamp: when,
      locations: [],
      packfiles: [],
      holds: known ? [{ id: randomMac(), when, body: encodeRelease(note) }] : [],
      released: [{ hold: id, when }],
    },
    randomMac(),
  )
  return hold
}

/** By name in force, by any name, or by the beginning of an id: the first that means one hold. */
function findHold(repository: Repository, wanted: string, now: Date): Hold {
  const all = allHolds(repository)
  const named = all.filter(({ name }) => name === wanted)
  const candidates = [
    named.filter((hold) => isInForce(hold, now)),
    named,
    /^[0-9a-f]{4,64}$/i.test(wanted)
      ? all.filter(({ id }) => id.startsWith(wanted.toLowerCase()))
      : [],
  ]
  const found = candidates.find((holds) => holds.length > 0) ?? []
  if (found.length > 1) throw new AmbiguousHoldError(wanted, found)
  if (found[0] === undefined) throw new NoSuchHoldError(wanted)
  return found[0]
}

/** What is held must exist, and be named so that it means the same for ever. */
async function resolve(repository: Repository, covers: Covers): Promise<Covers> {
  if (covers === 'everything') return covers
  if ('query' in covers) {
    parseItemQuery(covers.query)
    return covers
  }
  if ('album' in covers) {
    await requireAlbum(repository, covers.album)
    return covers
  }
  const ids = new Set<string>()
  for (const prefix of covers.snapshots) ids.add(await findSnapshot(repository, prefix))
  return { snapshots: [...ids] }
}

async function requireAlbum(repository: Repository, wanted: string): Promise<void> {
  const albums = new Map<string, { title: string }>()
  const seen = new Set<string | undefined>([undefined])
  for (const { identifier } of await listSnapshots(repository)) {
    const reader = await openSnapshot(repository, identifier)
    const catalogue = await catalogueOf(reader)
    if (seen.has(catalogue)) continue
    seen.add(catalogue)
    for await (const { record } of catalogueRecords(reader, 'albums')) {
      if (isAlbum(wanted, record)) return
      albums.set(record.title, record)
    }
  }
  throw new NoSuchAlbumError(wanted, [...albums.values()])
}

function entriesOf({ index }: Repository): (Hold | Release)[] {
  const entries = index.holds().sort((a, b) => Number(a.when - b.when) || (a.id < b.id ? -1 : 1))
  return entries.map(({ id, body }) => decodeHold(id, body))
}

export class HoldExistsError extends CodedError {
  readonly code = 'HOLD_EXISTS'
  constructor(name: string) {
    super(`there is a hold "${name}" already`, {
      hint: 'Choose another name, or end that one first: hold rm NAME --reason TEXT',
    })
  }
}

export class HoldTooLargeError extends CodedError {
  readonly code = 'HOLD_TOO_LARGE'
  constructor(name: string) {
    super(`the hold "${name}" names too much to be recorded as one`, {
      hint: 'Hold fewer snapshots at once, with several holds, or shorten the reason.',
    })
  }
}

export class NoSuchHoldError extends CodedError {
  readonly code = 'HOLD_NOT_FOUND'
  constructor(wanted: string) {
    super(`there is no hold "${wanted}"`, { hint: 'List the holds with: hold ls' })
  }
}

export class AmbiguousHoldError extends CodedError {
  readonly code = 'AMBIGUOUS_HOLD'
  constructor(wanted: string, found: readonly Hold[]) {
    super(`"${wanted}" may be any of ${found.map(({ id }) => id.slice(0, 16)).join(', ')}`, {
      hint: 'Give the beginning of the id: hold ls',
    })
  }
}
