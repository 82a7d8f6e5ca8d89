import { beforeEach, describe, expect, it } from 'vitest'
import {
  type Files,
  makeTiny,
  noise,
  openTiny,
  readFiles,
  saveFiles,
  TINY_START,
} from '../../../test/support/faults/tiny-library.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { removeSnapshots } from '../state/remove-snapshots.ts'
import { listAgain } from './list-again.ts'

const FILES: Files = { '/a.jpg': noise(20_000, 1) }
const NOW = new Date(TINY_START)

let store: MemoryStore
let id: string
beforeEach(async () => {
  store = new MemoryStore()
  await makeTiny(store)
  id = await saveFiles(store, FILES)
})

async function remove(when = NOW): Promise<void> {
  await removeSnapshots(await openTiny(store), [id], () => when)
}

async function takeBack(repository: Repository): Promise<void> {
  const header = await repository.readBlob(ResourceType.SNAPSHOT, id)
  await listAgain(repository, [{ id, header }], [], NOW)
}

async function expectListedOnce(): Promise<void> {
  const { index } = await openTiny(store)
  expect(index.snapshots()).toEqual([id])
  expect(index.snapshotLocations(id)).toHaveLength(1)
  expect(await readFiles(await openTiny(store), id)).toEqual(FILES)
}

describe('a snapshot that is listed again', () => {
  it.each([
    { said: 'at the same moment', when: NOW },
    { said: 'by a clock that is ahead', when: new Date(NOW.getTime() + 400 * 86_400_000) },
  ])('is there under its id, once, though it was removed $said', async ({ when }) => {
    await remove(when)

    await takeBack(await openTiny(store))

    await expectListedOnce()
  })

  it('is there once when two list it again at the same time', async () => {
    await remove()
    const [one, other] = [await openTiny(store), await openTiny(store)]

    await Promise.all([takeBack(one), takeBack(other)])

    await expectListedOnce()
  })

  it('can be removed again, whatever the clock says', async () => {
    await remove(new Date(NOW.getTime() + 400 * 86_400_000))
    await takeBack(await openTiny(store))

    await remove()

    expect((await openTiny(store)).index.snapshots()).toEqual([])
  })
})
