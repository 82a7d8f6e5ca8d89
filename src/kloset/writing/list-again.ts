/**
 * Lists snapshots again whose removal is taken back, or that no state lists any more. That all they
 * consist of is still there is for the caller to find out.
 *
 * A state alone would do, until it is lost: then the snapshot counts as removed again, and the next
 * maintenance sweeps it. So its header is stored once more, in a packfile that says itself when it
 * was made: a repair that finds a header which is newer than the removal lists the snapshot again.
 *
 * Where the header lay before does not count any more: plakar would list the snapshot once for each
 * place and call its id ambiguous.
 * @module
 */
import { macFromHex, macToHex, NO_MAC } from '../mac-hex.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import { decodeIndex } from '../packfile/packfile-codec.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { randomMac } from '../state/random-mac.ts'
import { type BlobLocation, type Deletion, StateEntryType } from '../state/state-codec.ts'
import { PackBuilder, type SealedPack, TRAILING_BYTES } from './pack-builder.ts'
import { putVerified } from './put-verified.ts'

export interface UnlistedSnapshot {
  id: string
  /** Its plain bytes. */
  header: Uint8Array
  /** Packfiles with its header that the states say nothing about. */
  foundIn?: readonly string[]
}

const { SNAPSHOT, PACKFILE } = ResourceType

/**
 * All of them or, when it fails, none. It counts for removals that happened before it; one of a
 * clock that is ahead is before it, too.
 * @param doomed coloured packfiles with something in them that the snapshots need: they stay
 */
export async function listAgain(
  repository: Repository,
  snapshots: readonly UnlistedSnapshot[],
  doomed: Iterable<string>,
  now: Date,
): Promise<void> {
  const { index } = repository
  const kept = [...doomed]
  const times = [
    ...snapshots.map(({ id }) => index.colouredSince(SNAPSHOT, id)),
    ...kept.map((packfile) => index.colouredSince(PACKFILE, packfile)),
  ]
  const timestamp = times.reduce<bigint>(
    (latest, time) => (time !== undefined && time > latest ? time : latest),
    unixNanoseconds(now),
  )
  const pack = packOf(repository, snapshots, timestamp)
  await putVerified(repository, pack)
  await repository.publish(
    {
      ...{ parent: index.latestState, timestamp },
      locations: decodeIndex(pack.index).map(
        ({ type, mac, offset, length }): BlobLocation => ({
          ...{ type, mac: macToHex(mac), packfile: pack.name, offset, length },
        }),
      ),
      packfiles: [{ packfile: pack.name }],
      deleted: [
        ...snapshots.flatMap((snapshot) => takenBack(repository, snapshot)),
        ...kept.map((packfile) => colourOf(PACKFILE, packfile)),
      ],
    },
    randomMac(),
  )
  await keepOnePlace(repository, snapshots, timestamp)
}

/** Two may do it at the same time; whoever comes last sees both, and both would keep the same. */
async function keepOnePlace(
  repository: Repository,
  snapshots: readonly UnlistedSnapshot[],
  timestamp: bigint,
): Promise<void> {
  await repository.refresh()
  const { index } = repository
  const deleted = snapshots.flatMap(({ id }) => {
    const places = index.snapshotLocations(id).map(({ packfile }) => packfile)
    return places
      .sort()
      .slice(1)
      .map((packfile) => locationOf(id, packfile))
  })
  if (deleted.length === 0) return
  const draft = { parent: index.latestState, timestamp, locations: [], packfiles: [], deleted }
  await repository.publish(draft, randomMac())
}

function packOf(
  { encoding, mac }: Repository,
  snapshots: readonly UnlistedSnapshot[],
  made: bigint,
): SealedPack {
  const room = snapshots.reduce(
    (sum, { header }) => sum + encoding.maxEncodedBytes(header.length),
    0,
  )
  const builder = new PackBuilder(new Uint8Array(room + TRAILING_BYTES), { mac, encoding })
  for (const { id, header } of snapshots) {
    builder.append({ type: SNAPSHOT, mac: macFromHex(id), bytes: header, style: 'compress' })
  }
  for (let blob = 0; blob < builder.blobs; blob++) builder.verify(blob)
  return builder.seal(made)
}

/** Its removal, and every place where its header lay. */
function takenBack({ index }: Repository, { id, foundIn = [] }: UnlistedSnapshot): Deletion[] {
  const known = index.snapshotLocations(id).map(({ packfile }) => packfile)
  const places = [...new Set([...known, ...foundIn])].map((packfile) => locationOf(id, packfile))
  return index.isUnwanted(id) ? [colourOf(SNAPSHOT, id), ...places] : places
}

function locationOf(id: string, packfile: string): Deletion {
  return { entryType: StateEntryType.LOCATION, blobType: SNAPSHOT, mac: id, packfile }
}

function colourOf(blobType: ResourceType, mac: string): Deletion {
  return { entryType: StateEntryType.COLOURED, blobType, mac, packfile: NO_MAC }
}
