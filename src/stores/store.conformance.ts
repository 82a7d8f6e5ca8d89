/**
 * What every writable store must do: one test per sentence of the seam.
 * @module
 */
import { describe, expect, it } from 'vitest'
import { concatBytes, equalBytes, fromUtf8, utf8 } from '../util/bytes.ts'
import {
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  type Store,
  type StoredKind,
  StoreExistsError,
} from './store.ts'

const KINDS: StoredKind[] = ['packfile', 'state', 'lock', 'quarantine']
const NAME = 'ab'.repeat(32)
const OTHER_NAME = `ab${'cd'.repeat(31)}`

/** @param open gives a store at a new, vacant place each time */
export function describeStore(backend: string, open: () => Promise<Store>): void {
  async function created(): Promise<Store> {
    const store = await open()
    await store.create(utf8('CONFIG'))
    return store
  }

  describe(`a ${backend} store`, () => {
    it('is not a repository before it was created', async () => {
      await using store = await open()

      await expect(store.getConfig()).rejects.toThrow(NotAStoreError)
    })

    it('gives back its CONFIG', async () => {
      await using store = await created()

      expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
    })

    it('cannot be created where one is', async () => {
      await using store = await created()

      await expect(store.create(utf8('ANOTHER'))).rejects.toThrow(StoreExistsError)

      expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
    })

    it.for(KINDS)('gives back a %s whose parts were written one after the other', async (kind) => {
      await using store = await created()

      await store.put(kind, NAME, [utf8('one'), new Uint8Array(), utf8('two')])

      expect(fromUtf8(await store.get(kind, NAME))).toBe('onetwo')
      expect(await store.size(kind, NAME)).toBe(6)
    })

    it.for(KINDS)('replaces a %s that is written again', async (kind) => {
      await using store = await created()
      await store.put(kind, NAME, [utf8('the old one')])

      await store.put(kind, NAME, [utf8('new')])

      expect(fromUtf8(await store.get(kind, NAME))).toBe('new')
    })

    it('keeps large contents as they are', async () => {
      await using store = await created()
      const part = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) & 0xff)

      await store.put('packfile', NAME, [part, part.subarray(1)])

      const stored = await store.get('packfile', NAME)
      expect(equalBytes(stored, concatBytes([part, part.subarray(1)]))).toBe(true)
    })

    it('does not depend on what becomes of the bytes it was given', async () => {
      await using store = await created()
      const bytes = utf8('kept')

      await store.put('state', NAME, [bytes])
      bytes.fill(0)

      expect(fromUtf8(await store.get('state', NAME))).toBe('kept')
    })

    it('reads exactly the range asked for', async () => {
      await using store = await created()
      await store.put('packfile', NAME, [utf8('0123456789')])

      const range = await store.get('packfile', NAME, { offset: 3, length: 4 })
      const nothing = await store.get('packfile', NAME, { offset: 10, length: 0 })

      expect(fromUtf8(range)).toBe('3456')
      expect(nothing).toHaveLength(0)
    })

    it('says so when a file ends before the range does', async () => {
      await using store = await created()
      await store.put('packfile', NAME, [utf8('0123456789')])

      await expect(store.get('packfile', NAME, { offset: 8, length: 3 })).rejects.toThrow(
        ShortReadError,
      )
    })

    it.for(KINDS)('says so when a %s is not there', async (kind) => {
      await using store = await created()

      await expect(store.get(kind, NAME)).rejects.toThrow(NotInStoreError)
      await expect(store.size(kind, NAME)).rejects.toThrow(NotInStoreError)
    })

    it.for(KINDS)('lists every %s once, and nothing else', async (kind) => {
      await using store = await created()
      for (const other of KINDS) await store.put(other, NAME, [utf8(other)])
      await store.put(kind, OTHER_NAME, [utf8('a second one')])

      const names = await collect(store.list(kind))

      expect(names.toSorted()).toEqual([NAME, OTHER_NAME].toSorted())
    })

    it.for(KINDS)('removes a %s, and does not mind when it is gone already', async (kind) => {
      await using store = await created()
      await store.put(kind, NAME, [utf8('x')])

      await store.remove(kind, NAME)
      await store.remove(kind, NAME)

      await expect(store.get(kind, NAME)).rejects.toThrow(NotInStoreError)
      expect(await collect(store.list(kind))).toEqual([])
    })

    it.for(['', 'ab', '../../CONFIG', NAME.toUpperCase(), `${NAME}0`])(
      'refuses the name "%s"',
      async (name) => {
        await using store = await created()

        await expect(store.put('packfile', name, [utf8('x')])).rejects.toThrow(RangeError)
        await expect(store.get('packfile', name)).rejects.toThrow(RangeError)
      },
    )
  })
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}
