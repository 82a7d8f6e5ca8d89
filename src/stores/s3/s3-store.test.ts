import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { S3Double, type S3DoubleOptions } from '../../../test/support/s3/s3-double.ts'
import { concatBytes, equalBytes, fromUtf8, utf8 } from '../../util/bytes.ts'
import { StoreDeleteForbiddenError } from '../access-errors.ts'
import type { openStore } from '../registry.ts'
import { collect, describeStore } from '../store.conformance.ts'
import { NotAStoreError, StoreExistsError } from '../store.ts'
import { type OpenS3Options, openS3 } from './open-s3.ts'
import type { S3Store } from './s3-store.ts'

const NAME = 'ab'.repeat(32)
const nameOf = (number: number) => number.toString(16).padStart(64, '0')

let shared: S3Double
beforeAll(async () => {
  shared = await S3Double.start()
})
afterAll(() => shared[Symbol.asyncDispose]())

let places = 0

/** A store at a place of its own in the shared server. */
function open(options: OpenS3Options = {}, double = shared): Promise<S3Store> {
  places += 1
  return openAt(double.location(`place-${places}`), double, options)
}

function openAt(location: string, double: S3Double, options: OpenS3Options = {}) {
  const rest = location.slice('s3+http:'.length)
  return openS3('s3+http', rest, { env: double.env }, options)
}

/** A server of the test's own, with a repository in it. */
async function aStore(given: S3DoubleOptions & OpenS3Options = {}) {
  const double = await S3Double.start(given)
  const store = await openAt(double.location(), double, given)
  await store.create(utf8('CONFIG'))
  double.requests.length = 0
  return {
    double,
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await double[Symbol.asyncDispose]()
    },
  }
}

describeStore('S3', () => open())
describeStore('S3 store with files in small parts, and', () => open({ partBytes: 1000 }))

describe('the bucket of a store', () => {
  it('is laid out as Plakar expects, below the prefix', async () => {
    await using double = await S3Double.start()
    await using store = await openAt(double.location('ann/2024'), double)
    await store.create(utf8('CONFIG'))

    await store.put('packfile', NAME, [utf8('x')])
    await store.put('state', NAME, [utf8('x')])
    await store.put('lock', NAME, [utf8('x')])
    await store.put('quarantine', NAME, [utf8('x')])

    expect([...double.bucket().objects.keys()].sort()).toEqual([
      'ann/2024/CONFIG',
      `ann/2024/locks/${NAME}`,
      `ann/2024/packfiles/ab/${NAME}`,
      `ann/2024/quarantine/${NAME}`,
      `ann/2024/states/ab/${NAME}`,
    ])
  })

  it('may hold other things beside the prefix, and other stores', async () => {
    await using double = await S3Double.start()
    double.bucket().put('photos-of-others/x.jpg', utf8('x'), new Date())
    await using first = await openAt(double.location('photos'), double)
    await using second = await openAt(double.location('photos-too'), double)
    await first.create(utf8('FIRST'))
    await second.create(utf8('SECOND'))

    await first.put('state', NAME, [utf8('of the first')])

    expect(await collect(second.list('state'))).toEqual([])
    expect(fromUtf8(await first.getConfig())).toBe('FIRST')
  })

  it('is not made a store where other objects are', async () => {
    await using double = await S3Double.start()
    double.bucket().put('holiday.jpg', utf8('x'), new Date())
    await using store = await openAt(double.location(), double)

    await expect(store.create(utf8('CONFIG'))).rejects.toThrow(StoreExistsError)
    await expect(store.getConfig()).rejects.toThrow(NotAStoreError)

    expect([...double.bucket().objects.keys()]).toEqual(['holiday.jpg'])
  })

  it('is made when it does not exist, by create alone', async () => {
    await using double = await S3Double.start()
    await using store = await openAt(double.location('', 'new-bucket'), double)

    await expect(store.getConfig()).rejects.toThrow('does not exist')
    await store.create(utf8('CONFIG'))

    expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
  })

  it('may have objects that are not ours among the files: they are passed over', async () => {
    await using world = await aStore()
    const bucket = world.double.bucket()
    for (const key of [
      `packfiles/ab/${NAME}.frozen`,
      `packfiles/00/${NAME}`,
      `packfiles/${NAME}`,
      'packfiles/ab/',
      'packfiles/ab/a b&<c>\u0001.txt',
    ]) {
      bucket.put(key, utf8('x'), new Date())
    }

    expect(await collect(world.store.list('packfile'))).toEqual([])
  })
})

describe('a store that two programs create at once', () => {
  it.for(['honoured', 'ignored', 'refused'] as const)(
    'is that of one of them, and the other is told (conditions are %s)',
    async (conditionalWrites) => {
      await using double = await S3Double.start({ conditionalWrites })
      const stores = await Promise.all([1, 2, 3].map(() => openAt(double.location(), double)))

      const results = await Promise.allSettled(
        stores.map((store, at) => store.create(utf8(`CONFIG ${at}`))),
      )

      const kept = fromUtf8(await stores[0]!.getConfig())
      const winners = results.flatMap(({ status }, at) => (status === 'fulfilled' ? [at] : []))
      // Where the server ignores conditions, whoever reads before the last one wrote believes it.
      if (conditionalWrites === 'honoured') expect(winners).toEqual([Number(kept.at(-1))])
      else expect(winners).toContain(Number(kept.at(-1)))
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StoreExistsError)
      }
      for (const store of stores) await store[Symbol.asyncDispose]()
    },
  )

  it('can be created again by a try whose answer was lost', async () => {
    await using double = await S3Double.start()
    await using store = await openAt(double.location(), double)
    double.fail({ on: 'PutObject', times: 2, fault: { kind: 'reset-after' } })

    await expect(store.create(utf8('CONFIG'))).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    await store.create(utf8('CONFIG'))

    expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
  })
})

describe('a listing', () => {
  it('goes on until the server says that it is complete', async () => {
    await using world = await aStore({ pageSize: 7 })
    const names = Array.from({ length: 50 }, (_, at) => nameOf(at))
    for (const name of names) {
      world.double.bucket().put(`states/00/${name}`, utf8('x'), new Date())
    }

    expect((await collect(world.store.list('state'))).sort()).toEqual(names)

    expect(world.double.operations()).toEqual(Array(8).fill('ListObjectsV2'))
  })
})

describe('a large file', () => {
  const part = (byte: number) => new Uint8Array(1000).fill(byte)
  const content = [part(1), part(2).subarray(0, 700), part(3), part(4), new Uint8Array(), part(5)]

  it('goes up in parts, a few at a time, and is one file afterwards', async () => {
    await using world = await aStore({ partBytes: 500 })

    await world.store.put('packfile', NAME, content)

    const parts = world.double.requests.filter(({ operation }) => operation === 'UploadPart')
    expect(parts.map(({ bodyBytes }) => bodyBytes).sort()).toEqual([200, ...Array(9).fill(500)])
    expect(world.double.mostAtOnce).toBeLessThanOrEqual(4)
    expect(equalBytes(await world.store.get('packfile', NAME), concatBytes(content))).toBe(true)
    expect(world.double.bucket().uploads.size).toBe(0)
  })

  it('is not there, not even in part, when a part of it fails', async () => {
    await using world = await aStore({ partBytes: 500 })
    world.double.fail({ on: 'UploadPart', after: 3, fault: { kind: 'reset-before' } })

    await expect(world.store.put('packfile', NAME, content)).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
    })

    expect(world.double.bucket().uploads.size).toBe(0)
    expect(await collect(world.store.list('packfile'))).toEqual([])
  })

  it('clears away what a dead run began a day ago, and nothing else', async () => {
    await using world = await aStore({ partBytes: 500 })
    const bucket = world.double.bucket()
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)
    bucket.begin(`packfiles/ab/${NAME}`, hoursAgo(25))
    bucket.begin(`packfiles/ab/${NAME}`, hoursAgo(23))
    bucket.begin('packfiles/of-somebody-else', hoursAgo(25))

    await world.store.put('packfile', NAME, content)

    expect([...bucket.uploads.keys()]).toEqual(['upload-2', 'upload-3'])
  })

  it('is written although others may not be cleared away', async () => {
    await using world = await aStore({ partBytes: 500 })
    world.double.fail({
      on: 'ListMultipartUploads',
      fault: { kind: 'answer', status: 403, code: 'AccessDenied' },
    })

    await world.store.put('packfile', NAME, content)

    expect(await world.store.size('packfile', NAME)).toBe(4700)
  })
})

describe('credentials that may not delete', () => {
  it('write and read; a delete is refused by name', async () => {
    await using world = await aStore({ forbidDelete: true })

    await world.store.put('state', NAME, [utf8('x')])

    const failure = await world.store.remove('state', NAME).catch((error) => error)
    expect(failure).toBeInstanceOf(StoreDeleteForbiddenError)
    expect(failure.message).toContain(NAME)
    expect(fromUtf8(await world.store.get('state', NAME))).toBe('x')
  })
})

describe('another thread', () => {
  it('opens the same store from what it is told', async () => {
    await using world = await aStore()
    await world.store.put('state', NAME, [utf8('written here')])
    const { module, location, settings } = structuredClone(world.store.threadOpener)

    const registry: { openStore: typeof openStore } = await import(/* @vite-ignore */ module)
    await using opened = await registry.openStore(location, settings)

    expect(opened.location).toBe(world.store.location)
    expect(fromUtf8(await opened.get('state', NAME))).toBe('written here')
  })
})
