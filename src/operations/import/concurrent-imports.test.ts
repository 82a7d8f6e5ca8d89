import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, test } from 'vitest'
import { importPhotos, reopened } from '../../../test/support/small-imports.ts'
import { timestampFromDate } from '../../kloset/msgpack/timestamp.ts'
import type { HeaderRecord } from '../../kloset/records/header.ts'
import { copyHeader } from '../../kloset/transfer/copy-header.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { Store } from '../../stores/store.ts'
import type { Clock } from '../../util/clock.ts'
import { createRepositoryIn } from '../open-repository.ts'
import { readCatalogue } from '../read-catalogue.ts'
import { readFileContent } from '../read-file.ts'

async function aStore(): Promise<MemoryStore> {
  const store = new MemoryStore()
  await createRepositoryIn(store, {})
  return store
}

/** A clock whose waits end when everybody else had a turn. */
function patientClock(): Clock {
  let ticks = 0
  return {
    now: () => new Date(),
    ticksMs: () => ++ticks,
    async sleep() {
      for (let turn = 0; turn < 5; turn++) await nextTurn()
    },
  }
}

/** The same store, whose every answer comes after a number of turns that the seed decides. */
function slowly(store: Store, seed: number): Store {
  let state = seed
  const delay = async () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    for (let turn = state % 7; turn > 0; turn--) await nextTurn()
  }
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function' || name === 'list' || name === Symbol.asyncDispose) {
        return typeof value === 'function' ? value.bind(target) : value
      }
      return async (...args: unknown[]) => {
        await delay()
        return value.apply(target, args)
      }
    },
  })
}

async function importAtOnce(store: Store, names: readonly string[], seed: number) {
  return Promise.all(
    names.map(async (name, at) => {
      const repository = await reopened(slowly(store, seed * 31 + at))
      const photo = { name, description: `by ${name}`, album: 'Trip' }
      return importPhotos(repository, [photo, { name: 'same.jpg' }], { clock: patientClock() })
    }),
  )
}

async function textAt(store: Store, path: string): Promise<number> {
  let bytes = 0
  const content = await readFileContent(await reopened(store), { snapshot: 'latest', path })
  for await (const piece of content) bytes += piece.length
  return bytes
}

describe('imports into one store at the same time', () => {
  test.for([1, 2, 3, 4, 5, 6])(
    'all succeed, and nothing of any is left out (order %i)',
    async (seed) => {
      const store = await aStore()
      const names = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']

      const reports = await importAtOnce(store, names, seed)

      expect(reports.map(({ status }) => status)).toEqual(names.map(() => 'complete'))
      const repository = await reopened(store)
      const { items, albums } = await readCatalogue(repository, 'latest')
      expect(items.map(({ title }) => title).sort()).toEqual([...names, 'same.jpg'])
      expect(albums.map(({ title, items: members }) => [title, members.length])).toEqual([
        ['Trip', 4],
      ])
      for (const { path, bytes } of items.flatMap(({ files }) => files)) {
        expect(await textAt(store, path)).toBe(bytes)
      }
    },
  )

  it('keep the ids and paths that were published, whoever comes later', async () => {
    const store = await aStore()
    const reports = await importAtOnce(store, ['a.jpg', 'b.jpg', 'c.jpg'], 7)

    const repository = await reopened(store)
    const places = async (snapshot: string) => {
      const { items } = await readCatalogue(repository, snapshot)
      return items.map(({ id, files }) => `${id} ${files.map(({ path }) => path).join()}`)
    }
    const inOrder = await Promise.all(reports.map(({ snapshot }) => places(snapshot)))
    inOrder.sort((a, b) => a.length - b.length)
    expect(inOrder.map(({ length }) => length)).toEqual([2, 3, 4])
    for (const place of inOrder[0]!) expect(inOrder[1]).toContain(place)
    for (const place of inOrder[1]!) expect(inOrder[2]).toContain(place)
  })

  it('leave no lock behind', async () => {
    const store = await aStore()
    await importAtOnce(store, ['a.jpg', 'b.jpg', 'c.jpg'], 8)

    const locks: string[] = []
    for await (const id of store.list('lock')) locks.push(id)
    expect(locks).toEqual([])
  })
})

describe('an import', () => {
  it('is the latest one although an earlier one was dated in the future', async () => {
    const store = await aStore()
    const ahead = new Date(Date.now() + 400 * 86_400_000)
    const first = await importPhotos(await reopened(store), [{ name: 'a.jpg' }])
    const timestamp = timestampFromDate(ahead)
    const later = (header: HeaderRecord) => ({ ...header, timestamp })
    const signal = new AbortController().signal
    const now = () => new Date()
    await copyHeader(await reopened(store), first.snapshot, later, { now, signal })

    const second = await importPhotos(await reopened(store), [{ name: 'b.jpg' }])

    const { snapshot, items } = await readCatalogue(await reopened(store), 'latest')
    expect(snapshot).toBe(second.snapshot)
    expect(items).toHaveLength(2)
  })
})
