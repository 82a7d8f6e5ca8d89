import { describe, expect, it } from 'vitest'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import { collect } from '../store.conformance.ts'
import { ReadOnlyStoreError } from '../store.ts'
import { ReadOnlyStore } from './read-only-store.ts'

const NAME = 'ab'.repeat(32)

describe('a store that may only be read', () => {
  it('gives everything and takes nothing', async () => {
    const inner = new MemoryStore()
    await inner.create(utf8('CONFIG'))
    await inner.put('state', NAME, [utf8('kept')])
    const store = new ReadOnlyStore(inner)

    expect(store.writable).toBe(false)
    await expect(store.create()).rejects.toThrow(ReadOnlyStoreError)
    await expect(store.put()).rejects.toThrow(ReadOnlyStoreError)
    await expect(store.remove()).rejects.toThrow(ReadOnlyStoreError)

    expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
    expect(fromUtf8(await store.get('state', NAME))).toBe('kept')
    expect(await store.size('state', NAME)).toBe(4)
    expect(await collect(store.list('state'))).toEqual([NAME])
  })
})
