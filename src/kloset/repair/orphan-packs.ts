/**
 * Packfiles that no state names: what a run stored that was killed before it could say so. They
 * tell themselves what is in them, so nothing of it has to be stored again.
 * @module
 */
import { isDamage } from '../damage.ts'
import { macToHex } from '../mac-hex.ts'
import type { BlobRecord } from '../packfile/packfile-codec.ts'
import { readPackfileIndex } from '../packfile/packfile-index.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { randomMac } from '../state/random-mac.ts'
import type { BlobLocation } from '../state/state-codec.ts'
import { type PackContents, unlistedHeaders } from './unlisted-snapshots.ts'

/** A state of so many blobs takes some 10 MB several times over while it is written. */
const BLOBS_A_STATE = 100_000

export interface Adoption {
  packfiles: number
  blobs: number
}

/** Names of the packfiles in the store that no state has ever named. */
export async function* orphanPackfiles({ store, index }: Repository): AsyncGenerator<string> {
  for await (const name of store.list('packfile')) {
    if (!index.knowsPackfile(name)) yield name
  }
}

/**
 * What a writer does before it relies on what is stored: it compares what the states say with what
 * the store has. Blobs of packfiles that are missing do not count as stored; those of orphans do.
 */
export async function reconcile(repository: Repository, now: () => Date): Promise<Adoption> {
  const stored = new Set<string>()
  for await (const name of repository.store.list('packfile')) stored.add(name)
  const published = [...repository.index.publishedPackfiles()]
  repository.index.setAbsent(new Set(published.filter((name) => !stored.has(name))))
  const orphans = [...stored].filter((name) => !repository.index.knowsPackfile(name))
  return adopt(repository, orphans, now)
}

/**
 * Makes orphans part of the repository, so that their blobs count as stored. Those of a run that is
 * still under way do no harm: what it publishes later says the same again.
 *
 * An orphan with the header of a snapshot that nobody removed is passed over: whether its run told
 * anybody that it was saved, nobody knows, and a repair lists it again. So is one whose index cannot
 * be read.
 */
async function adopt(
  repository: Repository,
  orphans: readonly string[],
  now: () => Date,
): Promise<Adoption> {
  const adoption: Adoption = { packfiles: 0, blobs: 0 }
  let packfiles: string[] = []
  let locations: BlobLocation[] = []
  const publish = async () => {
    if (packfiles.length === 0) return
    await publishPacks(repository, packfiles, locations, now())
    packfiles = []
    locations = []
  }
  for (const name of orphans) {
    const contents = await readOrphan(repository, name)
    if (contents === undefined || unlistedHeaders(repository, contents).length > 0) continue
    const { records } = contents
    packfiles.push(name)
    locations.push(...blobLocations(name, records))
    adoption.packfiles += 1
    adoption.blobs += records.length
    if (locations.length >= BLOBS_A_STATE) await publish()
  }
  await publish()
  return adoption
}

/** Undefined when it is no whole packfile of this repository. */
export async function readOrphan(
  repository: Repository,
  name: string,
): Promise<PackContents | undefined> {
  const { store } = repository
  try {
    const sizeBytes = await store.size('packfile', name)
    const read = (offset: number, length: number) => store.get('packfile', name, { offset, length })
    const { footer, records } = await readPackfileIndex({ sizeBytes, read }, repository)
    return { name, made: footer.timestamp, records }
  } catch (error) {
    if (isDamage(error)) return undefined
    throw error
  }
}

function blobLocations(packfile: string, records: readonly BlobRecord[]): BlobLocation[] {
  return records
    .filter(({ type }) => type !== ResourceType.SNAPSHOT && type !== ResourceType.SIGNATURE)
    .map(({ type, mac, offset, length }) => ({
      ...{ type, mac: macToHex(mac), packfile, offset, length },
    }))
}

async function publishPacks(
  repository: Repository,
  packfiles: readonly string[],
  locations: readonly BlobLocation[],
  timestamp: Date,
): Promise<void> {
  const draft = {
    parent: repository.index.latestState,
    timestamp,
    locations,
    packfiles: packfiles.map((packfile) => ({ packfile })),
  }
  await repository.publish(draft, randomMac())
}
