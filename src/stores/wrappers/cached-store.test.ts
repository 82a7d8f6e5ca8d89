import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import { collect, describeStore } from '../store.conformance.ts'
import { type ByteRange, NotInStoreError, type StoredKind } from '../store.ts'
import { CachedStore } from './cached-store.ts'
import { CopyShelf } from './copy-shelf.ts'

const scratch = mkdtempSync(join(tmpdir(), 'cached-store-'))
let places = 0
afterAll(() => rmSync(scratch, { recursive: true }))

const NAME = 'ab'.repeat(32)
const now = new Date('2026-05-01T12:00:00Z')

function vacantPlace(): string {
  places += 1
  return join(scratch, `place-${places}`)
}

function aShelf(folder: string, maxBytes = 1e6): CopyShelf {
  return new CopyShelf(folder, { maxBytes, now: () => now })
}

/** Remembers what it was asked for. */
class Distant extends MemoryStore {
  readonly asked: string[] = []
  override get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    this.asked.push(`${kind} ${range?.offset ?? 'whole'}`)
    return super.get(kind, name, range)
  }
}

async function aWorld() {
  const folder = vacantPlace()
  const distant = new Distant()
  await distant.put('state', NAME, [utf8('a state')])
  await distant.put('packfile', NAME, [new Uint8Array(300_000), utf8('tail')])
  const open = () => new CachedStore(distant, aShelf(folder))
  return { folder, distant, open }
}

function copiesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.includes('/')).map((name) => join(folder, name))
}

describeStore('cached', async () => new CachedStore(new MemoryStore(), aShelf(vacantPlace())))

describe('a distant store with copies nearby', () => {
  it('is asked once for a state and for a small piece of a packfile', async () => {
    const { distant, open } = await aWorld()
    const piece = { offset: 300_000, length: 4 }

    await open().get('state', NAME)
    await open().get('packfile', NAME, piece)
    const state = await open().get('state', NAME)
    const bytes = await open().get('packfile', NAME, piece)

    expect(distant.asked).toEqual(['state whole', 'packfile 300000'])
    expect(fromUtf8(state)).toBe('a state')
    expect(fromUtf8(bytes)).toBe('tail')
  })

  it('keeps no copies of photos, nor of whole packfiles and locks', async () => {
    const { folder, distant, open } = await aWorld()
    await distant.put('lock', NAME, [utf8('x')])

    await open().get('packfile', NAME)
    await open().get('packfile', NAME, { offset: 0, length: 200_000 })
    await open().get('lock', NAME)

    expect(() => readdirSync(folder)).toThrow()
  })

  it('is asked itself for names and sizes, and for what was just written', async () => {
    const { distant, open } = await aWorld()
    const store = open()
    await store.get('state', NAME)

    await store.put('state', NAME, [utf8('another')])

    expect(fromUtf8(await store.get('state', NAME))).toBe('another')
    distant.asked.length = 0
    await store.get('state', NAME)
    expect(distant.asked).toEqual(['state whole'])
    await distant.remove('state', NAME)
    expect(await collect(store.list('state'))).toEqual([])
    await expect(store.size('state', NAME)).rejects.toThrow(NotInStoreError)
  })

  it('drops a copy of which any byte was changed, and asks again', async () => {
    const { folder, distant, open } = await aWorld()
    await open().get('state', NAME)
    const [path] = copiesIn(folder)
    const whole = await readFile(path!)

    for (let at = 0; at < whole.length; at++) {
      const altered = Buffer.from(whole)
      altered[at]! ^= 1 << (at % 8)
      await writeFile(path!, altered)
      expect(fromUtf8(await open().get('state', NAME))).toBe('a state')
    }

    expect(distant.asked).toHaveLength(1 + whole.length)
  })

  it('drops a copy that was cut, emptied or exchanged with another', async () => {
    const { folder, open } = await aWorld()
    await open().get('state', NAME)
    const [path] = copiesIn(folder)
    const whole = await readFile(path!)
    await open().get('packfile', NAME, { offset: 300_000, length: 4 })
    const other = copiesIn(folder).find((file) => file !== path)!

    for (const bytes of [whole.subarray(0, -1), Buffer.alloc(0), await readFile(other)]) {
      await writeFile(path!, bytes)
      expect(fromUtf8(await open().get('state', NAME))).toBe('a state')
    }
  })

  it('gives the bytes of the store itself when its reader doubts the copy', async () => {
    const { distant, open } = await aWorld()
    await distant.put('state', NAME, [utf8('damaged on the way')])
    await open().get('state', NAME)
    await distant.put('state', NAME, [utf8('a state')])

    const afresh = await open().getAfresh('state', NAME)

    expect(fromUtf8(afresh)).toBe('a state')
    expect(fromUtf8(await open().get('state', NAME))).toBe('a state')
  })

  it('does without copies where they cannot be written', async () => {
    const { distant } = await aWorld()
    const file = vacantPlace()
    await writeFile(file, 'a file where the folder should be')
    const store = new CachedStore(distant, aShelf(file))

    await store.get('state', NAME)

    expect(fromUtf8(await store.get('state', NAME))).toBe('a state')
  })

  it('lets other threads open the store without copies', async () => {
    const distant = Object.assign(new MemoryStore(), {
      threadOpener: { module: 'm', location: 'l', settings: { env: {}, cacheDir: '/somewhere' } },
    })

    const store = new CachedStore(distant, aShelf(vacantPlace()))

    expect(store.threadOpener).toEqual({ module: 'm', location: 'l', settings: { env: {} } })
  })
})

describe('the copies together', () => {
  it('take no more room than they may: what was not used for longest goes first', async () => {
    const folder = vacantPlace()
    const shelf = aShelf(folder, 10_000)
    for (let n = 0; n < 9; n++) {
      await shelf.keep(`copy ${n}`, new Uint8Array(1000).fill(n))
      const age = n === 0 ? 0 : 10_000 - n
      const used = new Date(now.getTime() - age * 1000)
      for (const path of copiesIn(folder)) {
        if ((await readFile(path))[40] === n) await utimes(path, used, used)
      }
    }

    await shelf.keep('one more', new Uint8Array(1000))

    const total = await Promise.all(copiesIn(folder).map(async (path) => (await stat(path)).size))
    expect(total.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(10_000)
    expect(await shelf.take('copy 0')).toBeDefined()
    expect(await shelf.take('copy 1')).toBeUndefined()
    expect(await shelf.take('copy 8')).toBeDefined()
  })

  it('are readable by their owner only', async () => {
    const folder = vacantPlace()
    await aShelf(folder).keep('a copy', utf8('x'))

    for (const path of copiesIn(folder)) expect((await stat(path)).mode & 0o077).toBe(0)
    expect((await stat(folder)).mode & 0o077).toBe(0)
  })
})
