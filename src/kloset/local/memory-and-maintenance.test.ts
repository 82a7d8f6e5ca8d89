import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  maintainTiny,
  makeTiny,
  noise,
  openTiny,
  saveFiles,
} from '../../../test/support/faults/tiny-library.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { quietly } from '../../util/progress.ts'
import { checkRepository } from '../reading/check.ts'
import { openRepository, type Repository } from '../repository.ts'
import { removeSnapshots } from '../state/remove-snapshots.ts'

let folder: ReturnType<typeof temporaryFolder>
let store: MemoryStore
beforeEach(async () => {
  folder = temporaryFolder()
  store = new MemoryStore()
  await makeTiny(store)
})
afterEach(() => folder[Symbol.dispose]())

/** As this computer opens it; another one, which keeps nothing, does the rest. */
function openHere(): Promise<Repository> {
  return openRepository(store, { passphrase: async () => '', cacheDir: folder.path })
}

async function problemsHere() {
  await using repository = await openHere()
  const { problems } = await checkRepository(repository, {
    ...{ level: 'full', snapshots: repository.index.snapshots() },
    ...{ progress: quietly, signal: new AbortController().signal },
  })
  return problems
}

/** What is left is the memory alone. */
function deleteIndex(): void {
  const places = join(folder.path, 'repositories')
  for (const place of readdirSync(places)) rmSync(join(places, place, 'index'))
}

it.for([
  { index: 'kept', lose: () => {} },
  { index: 'lost', lose: deleteIndex },
])(
  'nothing is missed (index $index) when others removed a snapshot, swept its data and merged the states',
  async ({ lose }) => {
    const first = await saveFiles(store, { '/a.jpg': noise(3000, 1) })
    await saveFiles(store, { '/b.jpg': noise(3000, 2), '/c.jpg': noise(2000, 3) })
    expect(await problemsHere()).toEqual([])

    await removeSnapshots(await openTiny(store), [first], () => new Date())
    for (let times = 0; times < 3; times++) await maintainTiny(await openTiny(store))

    lose()

    expect((await openTiny(store)).index.mergedStates().size).toBeGreaterThan(0)
    expect(await problemsHere()).toEqual([])
    expect((await openHere()).index.snapshots()).toHaveLength(1)
    expect(await problemsHere()).toEqual([])
  },
)
