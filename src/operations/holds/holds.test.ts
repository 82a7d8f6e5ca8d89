import { beforeEach, describe, expect, it } from 'vitest'
import { aRepositoryInMemory, importPhotos, reopened } from '../../../test/support/small-imports.ts'
import { openSnapshot } from '../../kloset/reading/snapshot-reader.ts'
import { ResourceType } from '../../kloset/resource-type.ts'
import { publishHold } from '../../kloset/state/hold-entries.ts'
import { removeSnapshots } from '../../kloset/state/remove-snapshots.ts'
import { WRAPPER_HEADER_BYTES } from '../../kloset/wrapper.ts'
import { utf8 } from '../../util/bytes.ts'
import type { Repository } from '../open-repository.ts'
import { LIBRARY_PATH } from '../snapshot-tree.ts'
import { coverage, heldSnapshots } from './coverage.ts'
import type { Covers } from './hold-record.ts'
import { addHold, allHolds, endHold, holdsInForce, releases } from './holds.ts'

const NOON = new Date('2024-05-01T12:00:00Z')
const LATER = new Date('2024-06-01T12:00:00Z')
const now = () => NOON
const because = { reason: 'court case', author: 'Ann' }

let repository: Repository

beforeEach(async () => {
  repository = await aRepositoryInMemory()
})

const hold = (covers: Covers, end?: Date) =>
  addHold(
    repository,
    { name: 'wedding', ...because, covers, ...(end === undefined ? {} : { end }) },
    now,
  )

/** Flips a bit in the stored content of a small file. */
async function damageFile(snapshot: string, path: string): Promise<void> {
  const { store, index } = repository
  const reader = await openSnapshot(repository, snapshot)
  const object = await reader.object((await reader.entry(path))!.objectMac!)
  const chunk = index.locate(ResourceType.CHUNK, object.chunks[0]!.contentMac)!
  const bytes = Buffer.from(await store.get('packfile', chunk.packfile))
  bytes[WRAPPER_HEADER_BYTES + chunk.offset + (chunk.length >> 1)]! ^= 1
  await store.put('packfile', chunk.packfile, [bytes])
}

/** Names of the holds that keep each of the snapshots from going, all others staying. */
async function keptBack(...candidates: string[]): Promise<(string[] | undefined)[]> {
  const staying = repository.index.snapshots().filter((id) => !candidates.includes(id))
  const needed = await coverage(repository, { candidates, staying, now: NOON })
  return candidates.map((id) => needed.get(id)?.map(({ name }) => name))
}

describe('a hold', () => {
  it('is seen by everybody who opens the store, with its reason and author', async () => {
    const { snapshot } = await importPhotos(repository, [{ name: 'a.jpg' }])
    const added = await hold({ snapshots: [snapshot.slice(0, 8)] }, LATER)

    const found = allHolds(await reopened(repository.store))

    expect(found).toEqual([added])
    expect(found[0]).toMatchObject({
      ...{ name: 'wedding', ...because, covers: { snapshots: [snapshot] } },
      ...{ start: NOON.toISOString(), end: LATER.toISOString() },
    })
  })

  it('is over when its end has come, and stays on record', async () => {
    await importPhotos(repository, [{ name: 'a.jpg' }])
    await hold({ snapshots: ['latest'] }, LATER)

    expect(holdsInForce(repository, new Date(LATER.getTime() - 1))).toHaveLength(1)
    expect(holdsInForce(repository, LATER)).toEqual([])
    expect(allHolds(repository)).toHaveLength(1)
  })

  it('that is let go refuses nothing, and who let it go and why can still be told', async () => {
    await importPhotos(repository, [{ name: 'a.jpg' }])
    await hold({ snapshots: ['latest'] })

    await endHold(repository, 'wedding', { reason: 'settled', author: 'Bob' }, () => LATER)

    const again = await reopened(repository.store)
    expect(allHolds(again)).toEqual([])
    expect(releases(again)).toMatchObject([
      { reason: 'settled', author: 'Bob', when: LATER.toISOString(), hold: { name: 'wedding' } },
    ])
  })

  it('has a name of its own while it lasts', async () => {
    await importPhotos(repository, [{ name: 'a.jpg' }])
    await hold({ snapshots: ['latest'] })

    await expect(hold({ query: 'is:favorite' })).rejects.toMatchObject({ code: 'HOLD_EXISTS' })
    await endHold(repository, 'wedding', because, now)
    await expect(hold({ query: 'is:favorite' })).resolves.toMatchObject({ name: 'wedding' })
  })

  it('must cover something that there is, in words that can be understood', async () => {
    await importPhotos(repository, [{ name: 'a.jpg', album: 'Trip' }])

    const codeOf = (covers: Covers) => hold(covers).catch(({ code }) => code)
    expect(await codeOf({ snapshots: ['00'] })).toBe('SNAPSHOT_NOT_FOUND')
    expect(await codeOf({ album: 'Tripp' })).toBe('NO_SUCH_ALBUM')
    expect(await codeOf({ query: 'nonsense' })).toBe('USAGE')
    expect(allHolds(repository)).toEqual([])
  })

  it('is refused when it names more than can be recorded', async () => {
    await importPhotos(repository, [{ name: 'a.jpg' }])
    const covers = { snapshots: ['latest'] }
    const long = { name: 'long', reason: 'x'.repeat(40_000), author: 'Ann', covers }

    await expect(addHold(repository, long, now)).rejects.toMatchObject({ code: 'HOLD_TOO_LARGE' })
    expect(allHolds(repository)).toEqual([])
  })

  it('cannot be ended when there is none of that name', async () => {
    await expect(endHold(repository, 'x', because, now)).rejects.toMatchObject({
      code: 'HOLD_NOT_FOUND',
    })
  })

  it('that a later version wrote in its own way holds everything', async () => {
    const { snapshot } = await importPhotos(repository, [{ name: 'a.jpg' }])
    await publishHold(repository, utf8('{"version":9,"covers":{"people":["Ann"]}}'), now)

    const [names] = await keptBack(snapshot)

    expect(names).toHaveLength(1)
    expect(allHolds(repository)[0]?.reason).toMatch(/another version/)
  })
})

describe('what a hold covers', () => {
  it('is the snapshot it names, and no other', async () => {
    const first = await importPhotos(repository, [{ name: 'a.jpg' }])
    const second = await importPhotos(repository, [{ name: 'b.jpg' }])
    await hold({ snapshots: [first.snapshot] })

    expect(await keptBack(first.snapshot, second.snapshot)).toEqual([['wedding'], undefined])
  })

  it('is an album: a snapshot may go when the same photos stand in one that stays', async () => {
    const first = await importPhotos(repository, [{ name: 'a.jpg', album: 'Trip' }])
    const second = await importPhotos(repository, [{ name: 'b.jpg' }])
    await hold({ album: 'Trip' })

    expect(await keptBack(first.snapshot)).toEqual([undefined])
    expect(await keptBack(second.snapshot)).toEqual([undefined])
    expect(await keptBack(first.snapshot, second.snapshot)).toEqual([undefined, ['wedding']])
  })

  it('is a photo as it was: a caption that changed later keeps the earlier snapshot', async () => {
    const first = await importPhotos(repository, [{ name: 'a.jpg', description: 'before' }])
    const second = await importPhotos(repository, [{ name: 'a.jpg', description: 'after' }])
    await hold({ query: 'title:a.jpg' })

    expect(await keptBack(first.snapshot)).toEqual([['wedding']])
    expect(await keptBack(first.snapshot, second.snapshot)).toEqual([['wedding'], ['wedding']])
  })

  it('is nothing of a photo that the query does not mean', async () => {
    const first = await importPhotos(repository, [{ name: 'a.jpg', description: 'before' }])
    await importPhotos(repository, [{ name: 'a.jpg', description: 'after' }])
    await hold({ query: 'title:b.jpg or is:favorite' })

    expect(await keptBack(first.snapshot)).toEqual([undefined])
  })

  it('must stand in one that stays, not in one that goes with it', async () => {
    const photos = [{ name: 'a.jpg', people: ['Ann'] }]
    const first = await importPhotos(repository, photos)
    const second = await importPhotos(repository, [...photos, { name: 'b.jpg' }])
    const third = await importPhotos(repository, [{ name: 'a.jpg', people: ['Ann', 'Bob'] }])
    await hold({ query: 'person:Ann' })

    const all = [first, second, third].map(({ snapshot }) => snapshot)
    expect(await keptBack(...all)).toEqual([undefined, ['wedding'], ['wedding']])
  })

  it('is everything of a snapshot whose catalogue cannot be read', async () => {
    const first = await importPhotos(repository, [{ name: 'a.jpg' }])
    await importPhotos(repository, [{ name: 'b.jpg' }])
    await hold({ query: 'title:c.jpg' })
    expect(await keptBack(first.snapshot)).toEqual([undefined])

    await damageFile(first.snapshot, LIBRARY_PATH)

    expect(await keptBack(first.snapshot)).toEqual([['wedding']])
  })
})

describe('a held snapshot that somebody removed', () => {
  it('is known to maintenance until its hold is over', async () => {
    const { snapshot } = await importPhotos(repository, [{ name: 'a.jpg' }])
    await hold({ snapshots: [snapshot] }, LATER)
    await removeSnapshots(repository, [snapshot], now)

    expect(await heldSnapshots(repository, NOON)).toEqual([snapshot])
    expect(await heldSnapshots(repository, LATER)).toEqual([])
  })

  it('is not needed while another snapshot has the same of what is held', async () => {
    const first = await importPhotos(repository, [{ name: 'a.jpg', album: 'Trip' }])
    const second = await importPhotos(repository, [{ name: 'b.jpg' }])
    await hold({ album: 'Trip' })
    await removeSnapshots(repository, [first.snapshot], now)
    expect(await heldSnapshots(repository, NOON)).toEqual([])

    await removeSnapshots(repository, [second.snapshot], now)

    expect(await heldSnapshots(repository, NOON)).toEqual([second.snapshot])
  })
})
