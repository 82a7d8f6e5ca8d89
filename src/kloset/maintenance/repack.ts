/**
 * Copies what is still needed out of packfiles that hold little else, so that they can be swept.
 *
 * Blobs keep their stored bytes; each is decoded and compared with its name on the way. Several old
 * packfiles share a new one. When the new one is durable and was read back, one state says all of
 * it: where the blobs are now, that the old packfiles are coloured, and that snapshots are not where
 * they were (Plakar would list one twice that has two locations, whatever their colours).
 *
 * Plakar's maintenance remembers, in its cache and for each snapshot it ever saw, which packfiles it
 * needs, and never looks again. Where such a cache is older than the repacking, it colours the new
 * packfiles, and sweeps them after the grace period. So nobody repacks who has not been asked to.
 *
 * A packfile with something in it that no copy is sound of is left as it is.
 * @module
 */
import { VERSION_1_0_0 } from '../format-version.ts'
import { macToHex } from '../mac-hex.ts'
import { decodeIndex } from '../packfile/packfile-codec.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { type BlobLocation, type Deletion, StateEntryType } from '../state/state-codec.ts'
import type { StoredBlob } from '../state/state-index.ts'
import { PackBuilder, TRAILING_BYTES } from '../writing/pack-builder.ts'
import { putVerified } from '../writing/put-verified.ts'
import { colourEntries } from './colour-packfiles.ts'
import { type Ground, type MaintenanceWork, publishEntries } from './maintenance-work.ts'
import type { Marks } from './marks.ts'
import type { PackUse } from './pack-use.ts'
import { soundCopy } from './sound-copy.ts'

/** Stored bytes that one new packfile takes in, and memory takes twice; one old one may bring more. */
const GROUP_BYTES = 32 * 1024 * 1024

export interface Repacked {
  /** Old packfiles; they are coloured now. */
  packfiles: string[]
  /** New ones. */
  into: string[]
  /** Bytes that were copied. */
  bytes: number
  /** Old packfiles with something in them that cannot be read. */
  unreadable: string[]
  /** Something appeared meanwhile; the rest is left to the next run. */
  endedEarly: boolean
}

export async function repack(
  work: MaintenanceWork,
  packfiles: readonly string[],
  uses: ReadonlyMap<string, PackUse>,
  marks: Marks,
  ground: Ground,
): Promise<Repacked> {
  const repacked: Repacked = {
    ...{ packfiles: [], into: [], bytes: 0, unreadable: [], endedEarly: false },
  }
  work.progress.stage('Repacking', { items: packfiles.length })
  for (const group of groupsOf(packfiles, uses)) {
    const needed = neededBlobs(work, group, marks)
    const copied = await copyNeeded(work, group, needed)
    repacked.unreadable.push(...group.filter((name) => !copied.packfiles.has(name)))
    if (copied.packfiles.size === 0) continue
    if (!(await ground.stillStands())) return { ...repacked, endedEarly: true }
    if (copied.pack !== undefined) {
      await putVerified(work.repository, copied.pack)
      repacked.into.push(copied.pack.name)
    }
    await publishMove(work, copied, needed)
    repacked.packfiles.push(...copied.packfiles)
    repacked.bytes += copied.pack?.sizeBytes ?? 0
    work.progress.advance({ items: group.length, bytes: copied.pack?.sizeBytes ?? 0 })
  }
  return repacked
}

/** Old packfiles whose needed bytes fill about one new one. */
function* groupsOf(
  packfiles: readonly string[],
  uses: ReadonlyMap<string, PackUse>,
): Generator<string[]> {
  let group: string[] = []
  let bytes = 0
  for (const name of packfiles) {
    const { neededBytes } = uses.get(name)!
    if (group.length > 0 && bytes + neededBytes > GROUP_BYTES) {
      yield group
      group = []
      bytes = 0
    }
    group.push(name)
    bytes += neededBytes
  }
  if (group.length > 0) yield group
}

interface NeededBlob extends StoredBlob {
  name: string
}

/** In the order in which they lie, so that a file's chunks stay together. */
function neededBlobs(
  { repository }: MaintenanceWork,
  group: readonly string[],
  marks: Marks,
): NeededBlob[] {
  const needed: NeededBlob[] = []
  for (const blob of repository.index.blobsIn(new Set(group))) {
    if (!marks.has(blob.type, blob.mac)) continue
    needed.push({ ...blob, mac: blob.mac.slice(), name: macToHex(blob.mac) })
  }
  const order = new Map(group.map((name, at) => [name, at]))
  return needed.sort(
    (a, b) => order.get(a.packfile)! - order.get(b.packfile)! || a.offset - b.offset,
  )
}

interface Copied {
  /** Those of which everything needed was copied. */
  packfiles: Set<string>
  pack: { name: string; parts: Uint8Array[]; index: Uint8Array; sizeBytes: number } | undefined
}

async function copyNeeded(
  { repository, clock, signal }: MaintenanceWork,
  group: readonly string[],
  needed: readonly NeededBlob[],
): Promise<Copied> {
  const packfiles = new Set(group)
  const copies = new Map<string, { blob: NeededBlob; encoded: Uint8Array }>()
  for (const blob of needed) {
    const key = `${blob.type}:${blob.name}`
    if (copies.has(key)) continue
    signal.throwIfAborted()
    const encoded = await anySoundCopy(repository, blob)
    if (encoded !== undefined) copies.set(key, { blob, encoded })
    else packfiles.delete(blob.packfile) // what was copied of it is a second copy, no more
  }
  if (copies.size === 0) return { packfiles, pack: undefined }
  const bytes = [...copies.values()].reduce((sum, { encoded }) => sum + encoded.length, 0)
  const builder = new PackBuilder(new Uint8Array(bytes + TRAILING_BYTES), repository)
  for (const { blob, encoded } of copies.values()) {
    builder.appendEncoded(blob.type, blob.mac, encoded)
  }
  return { packfiles, pack: builder.seal(clock.now()) }
}

/** The copy in the packfile that is to go or, when that one is damaged, another one. */
async function anySoundCopy(
  repository: Repository,
  blob: NeededBlob,
): Promise<Uint8Array | undefined> {
  for (const location of [blob, ...repository.index.locations(blob.type, blob.name)]) {
    if (location.version !== VERSION_1_0_0) continue // it could not be told in the new packfile
    const encoded = await soundCopy(repository, blob.type, blob.name, location)
    if (encoded !== undefined) return encoded
  }
  return undefined
}

async function publishMove(
  work: MaintenanceWork,
  { packfiles, pack }: Copied,
  needed: readonly NeededBlob[],
): Promise<void> {
  const timestamp = work.clock.now()
  const locations: BlobLocation[] =
    pack === undefined
      ? []
      : decodeIndex(pack.index).map(({ type, mac, offset, length }) => ({
          ...{ type, mac: macToHex(mac), packfile: pack.name, offset, length },
        }))
  await publishEntries(work, {
    timestamp,
    locations,
    packfiles: pack === undefined ? [] : [{ packfile: pack.name }],
    coloured: colourEntries(work.repository, [...packfiles], timestamp),
    deleted: movedSnapshots(needed, locations),
  })
}

/** Snapshot headers that have a new place are nowhere else any more. */
function movedSnapshots(
  needed: readonly NeededBlob[],
  locations: readonly BlobLocation[],
): Deletion[] {
  const moved = new Set(
    locations.filter(({ type }) => type === ResourceType.SNAPSHOT).map(({ mac }) => mac),
  )
  return needed
    .filter(({ type, name }) => type === ResourceType.SNAPSHOT && moved.has(name))
    .map(({ type, name, packfile }) => ({
      ...{ entryType: StateEntryType.LOCATION, blobType: type, mac: name, packfile },
    }))
}
