/**
 * Replaces a packfile of which some blobs are damaged by one that holds the others.
 *
 * As long as a damaged blob counts as stored, no backup stores it again, though the source may still
 * have it. Once its packfile is replaced, the blob counts as missing, and the next backup heals it.
 * @module
 */
import type { Clock } from '../../util/clock.ts'
import { macToHex, NO_MAC } from '../mac-hex.ts'
import { type BlobRecord, decodeIndex } from '../packfile/packfile-codec.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { randomMac } from '../state/random-mac.ts'
import { type BlobLocation, StateEntryType } from '../state/state-codec.ts'
import { PackBuilder, SelfCheckError, TRAILING_BYTES } from '../writing/pack-builder.ts'
import { copyAside } from './quarantine.ts'
import { readFound } from './unlisted-snapshots.ts'
import { type VerifiedPack, verifyPack } from './verified-pack.ts'

type Decoded = { record: BlobRecord; plain: Uint8Array }

export async function rescuePack(
  repository: Repository,
  pack: VerifiedPack,
  clock: Clock,
): Promise<void> {
  const { store, index } = repository
  const { name, damaged } = pack
  const locations = await storeSound(repository, pack, clock)
  const reason =
    damaged.length > 0 ? `${damaged.length} of its blobs are damaged` : 'its envelope is damaged'
  const when = clock.now().toISOString()
  await copyAside(store, { kind: 'packfile', name, when, reason })
  await repository.publish(
    {
      parent: index.latestState,
      timestamp: clock.now(),
      locations,
      packfiles: [...new Set(locations.map(({ packfile }) => packfile))].map((packfile) => ({
        packfile,
      })),
      deleted: [{ entryType: StateEntryType.PACKFILE, blobType: 0, mac: NO_MAC, packfile: name }],
    },
    randomMac(),
  )
  await store.remove('packfile', name)
}

/** Where the sound blobs lie now; nowhere when there was none. */
async function storeSound(
  repository: Repository,
  pack: VerifiedPack,
  clock: Clock,
): Promise<BlobLocation[]> {
  const blobs: Decoded[] = []
  for (const record of pack.sound) {
    if (record.type === ResourceType.RANDOM || isHeaderFromElsewhere(repository, pack, record))
      continue
    blobs.push({ record, plain: await readFound(repository, { packfile: pack.name, record }) })
  }
  if (blobs.length === 0) return []
  const { encoding, mac, store } = repository
  const room = blobs.reduce((sum, { plain }) => sum + encoding.maxEncodedBytes(plain.length), 0)
  const builder = new PackBuilder(new Uint8Array(room + TRAILING_BYTES), { mac, encoding })
  for (const { record, plain } of blobs) {
    const type = record.type as ResourceType
    const style = type === ResourceType.CHUNK ? 'store' : 'compress'
    builder.append({ type, mac: record.mac, bytes: plain, style })
  }
  for (let blob = 0; blob < builder.blobs; blob++) builder.verify(blob)
  const { name, parts, index } = builder.seal(clock.now())
  await store.put('packfile', name, parts)
  const stored = await verifyPack(repository, name)
  if (stored.damaged[0] !== undefined) throw new SelfCheckError(macToHex(stored.damaged[0].mac))
  return decodeIndex(index).map(({ type, mac, offset, length }) => ({
    ...{ type, mac: macToHex(mac), packfile: name, offset, length },
  }))
}

/** Of a snapshot whose header lies in another packfile now, or that is not listed. */
function isHeaderFromElsewhere(
  { index }: Repository,
  { name }: VerifiedPack,
  { type, mac }: BlobRecord,
): boolean {
  return type === ResourceType.SNAPSHOT && index.placeIn(name, type, mac) === undefined
}
