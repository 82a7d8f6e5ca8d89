import { describe, expect, it, test } from 'vitest'
import type { Fault } from '../../../test/support/s3/faults.ts'
import { S3Double, type S3DoubleOptions } from '../../../test/support/s3/s3-double.ts'
import { equalBytes, fromUtf8, utf8 } from '../../util/bytes.ts'
import { collect } from '../store.conformance.ts'
import { NotInStoreError, ShortReadError, StoreWriteError } from '../store.ts'
import { TransientStoreError } from '../transient-error.ts'
import { type OpenS3Options, openS3 } from './open-s3.ts'
import type { S3Store } from './s3-store.ts'

const NAME = 'ab'.repeat(32)
const OTHER = 'cd'.repeat(32)
const CONTENT = Uint8Array.from({ length: 5000 }, (_, at) => (at * 7) & 0xff)

interface World extends AsyncDisposable {
  double: S3Double
  store: S3Store
}

/** A repository on a server of the test's own; what is planned afterwards goes wrong. */
async function aWorld(given: S3DoubleOptions & OpenS3Options = {}): Promise<World> {
  const double = await S3Double.start(given)
  const rest = double.location().slice('s3+http:'.length)
  const store = await openS3('s3+http', rest, { env: double.env }, given)
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

const kept = ({ double }: World, key = `packfiles/ab/${NAME}`) =>
  double.bucket().objects.get(key)?.bytes

interface Row {
  fault: Fault
  because: string
  times?: number
}

/** A kept connection may be cut once without anybody noticing, so cuts come twice. */
const ALWAYS: Row[] = [
  { fault: { kind: 'answer', status: 500, code: 'InternalError' }, because: 'it had an accident' },
  { fault: { kind: 'answer', status: 503, code: 'SlowDown' }, because: 'it is busy' },
  { fault: { kind: 'answer', status: 503 }, because: 'a proxy is busy' },
  { fault: { kind: 'answer', status: 429 }, because: 'it wants to be left alone' },
  { fault: { kind: 'answer', status: 400, code: 'RequestTimeout' }, because: 'we were slow' },
  { fault: { kind: 'reset-before' }, times: 2, because: 'the connection was cut' },
  { fault: { kind: 'reset-after' }, times: 2, because: 'the answer was lost' },
]

const IN_A_BODY: Row[] = [
  { fault: { kind: 'short-body' }, because: 'the connection ended early' },
  { fault: { kind: 'cut-body' }, because: 'a proxy cut the answer' },
  { fault: { kind: 'error-in-200' }, because: 'the answer was an error after all' },
  { fault: { kind: 'web-page' }, because: 'somebody else answered' },
  { fault: { kind: 'answer', status: 404 }, because: 'somebody else answered' },
]

describe('a write that', () => {
  const faults: Row[] = [
    ...ALWAYS,
    { fault: { kind: 'torn' }, times: 2, because: 'the connection was cut in the middle' },
    { fault: { kind: 'torn-but-200' }, because: 'half of it was kept' },
    { fault: { kind: 'altered-but-200' }, because: 'other bytes were kept' },
    { fault: { kind: 'lost-but-200' }, because: 'nothing was kept' },
    { fault: { kind: 'error-in-200' }, because: 'the answer was an error after all' },
    { fault: { kind: 'answer', status: 400, code: 'BadDigest' }, because: 'it came damaged' },
  ]

  test.for(faults)('is not believed to have worked: $fault.kind, $because', async (row) => {
    await using world = await aWorld()
    world.double.fail({ on: 'PutObject', times: row.times ?? 1, fault: row.fault })

    await expect(world.store.put('packfile', NAME, [CONTENT])).rejects.toThrow(TransientStoreError)

    await world.store.put('packfile', NAME, [CONTENT])
    expect(equalBytes(kept(world)!, CONTENT)).toBe(true)
  })

  const inParts: (Row & { on: string })[] = [
    ...faults.map((row) => ({ on: 'UploadPart', ...row })),
    ...ALWAYS.map((row) => ({ on: 'CreateMultipartUpload', ...row })),
    ...[...ALWAYS, ...IN_A_BODY].map((row) => ({ on: 'CompleteMultipartUpload', ...row })),
    {
      on: 'CompleteMultipartUpload',
      fault: { kind: 'lost-but-200' },
      because: 'nothing was put together',
    },
  ]

  test.for(inParts)('comes in parts is not believed: $on, $fault.kind, $because', async (row) => {
    await using world = await aWorld({ partBytes: 2000 })
    world.double.fail({ on: row.on, times: row.times ?? 1, fault: row.fault })

    await expect(world.store.put('packfile', NAME, [CONTENT])).rejects.toThrow(TransientStoreError)

    await world.store.put('packfile', NAME, [CONTENT])
    expect(equalBytes(kept(world)!, CONTENT)).toBe(true)
  })

  it('cannot be confirmed is not believed either', async () => {
    await using world = await aWorld()
    world.double.fail({ on: 'HeadObject', fault: { kind: 'answer', status: 500 } })

    await expect(world.store.put('state', NAME, [CONTENT])).rejects.toThrow(TransientStoreError)
  })

  it('is kept in half is found out by its length where a checksum tells nothing', async () => {
    await using world = await aWorld()
    const name = 'x-amz-server-side-encryption'
    world.double.fail({ on: 'PutObject', fault: { kind: 'torn-but-200' } })
    world.double.fail({
      on: 'HeadObject',
      times: 2,
      fault: { kind: 'header', name, value: 'aws:kms' },
    })

    await expect(world.store.put('state', NAME, [CONTENT])).rejects.toThrow('2500 bytes')
    await world.store.put('state', NAME, [CONTENT])

    expect(equalBytes(kept(world, `states/ab/${NAME}`)!, CONTENT)).toBe(true)
  })

  it('is believed where ETags only look like checksums, when the bytes are there', async () => {
    await using world = await aWorld()
    const etag: Fault = { kind: 'header', name: 'etag', value: `"${'0'.repeat(32)}"` }
    const times = Number.POSITIVE_INFINITY
    for (const on of ['PutObject', 'HeadObject', 'GetObject']) {
      world.double.fail({ on, times, fault: etag })
    }

    await world.store.put('state', NAME, [CONTENT])

    expect(equalBytes(await world.store.get('state', NAME), CONTENT)).toBe(true)
  })

  it('finds no room says so', async () => {
    await using world = await aWorld()
    const full: Fault = { kind: 'answer', status: 507, code: 'XMinioStorageFull' }
    world.double.fail({ on: 'PutObject', fault: full })

    await expect(world.store.put('state', NAME, [CONTENT])).rejects.toThrow(StoreWriteError)
  })
})

describe('a read that', () => {
  async function aWorldWithFile(): Promise<World> {
    const world = await aWorld()
    await world.store.put('packfile', NAME, [CONTENT])
    await world.store.put('packfile', OTHER, [CONTENT.map((byte) => byte ^ 0xff)])
    return world
  }

  test.for([...ALWAYS, ...IN_A_BODY])(
    'goes wrong gives no byte, and is no damage: $fault.kind, $because',
    async ({ fault, times }) => {
      await using world = await aWorldWithFile()
      world.double.fail({ on: 'GetObject', times: times ?? 1, fault })

      await expect(world.store.get('packfile', NAME)).rejects.toThrow(TransientStoreError)

      expect(equalBytes(await world.store.get('packfile', NAME), CONTENT)).toBe(true)
    },
  )

  test.for([...ALWAYS, ...IN_A_BODY])(
    'wants a part and goes wrong gives no byte, and is no damage: $fault.kind, $because',
    async ({ fault }) => {
      await using world = await aWorldWithFile()
      const range = { offset: 100, length: 50 }
      world.double.fail({ on: 'GetObject', times: 2, fault })

      await expect(world.store.get('packfile', NAME, range)).rejects.toThrow(TransientStoreError)

      world.double.faults.clear()
      const part = await world.store.get('packfile', NAME, range)
      expect(equalBytes(part, CONTENT.subarray(100, 150))).toBe(true)
    },
  )

  it('was altered on the way is asked for again', async () => {
    await using world = await aWorldWithFile()
    world.double.fail({ on: 'GetObject', fault: { kind: 'flip' } })

    expect(equalBytes(await world.store.get('packfile', NAME), CONTENT)).toBe(true)
  })

  it('brings something else each time gives no byte', async () => {
    await using world = await aWorldWithFile()
    const other: Fault = { kind: 'other-object', key: `packfiles/cd/${OTHER}` }
    world.double.fail({ on: 'GetObject', fault: { kind: 'flip' } })
    world.double.fail({ on: 'GetObject', fault: other })

    await expect(world.store.get('packfile', NAME)).rejects.toThrow('differently each time')
  })

  it('brings what the store itself keeps wrongly gives that, for its reader to judge', async () => {
    await using world = await aWorldWithFile()
    const object = world.double.bucket().objects.get(`packfiles/ab/${NAME}`)!
    object.bytes = CONTENT.map((byte, at) => (at === 77 ? byte ^ 1 : byte)) // the ETag stays

    expect(equalBytes(await world.store.get('packfile', NAME), object.bytes)).toBe(true)
  })

  it('ends early is damage when the store confirms that the file is so short', async () => {
    await using world = await aWorldWithFile()
    world.double.bucket().put(`packfiles/ab/${NAME}`, CONTENT.subarray(0, 120), new Date())

    const range = { offset: 100, length: 50 }

    await expect(world.store.get('packfile', NAME, range)).rejects.toThrow(ShortReadError)
  })

  it('finds nothing is damage when S3 itself says so, not a proxy', async () => {
    await using world = await aWorldWithFile()
    world.double.fail({ on: 'HeadObject', fault: { kind: 'answer', status: 404 } })

    await expect(world.store.size('packfile', NAME)).rejects.toThrow(TransientStoreError)
    await expect(world.store.size('packfile', 'ef'.repeat(32))).rejects.toThrow(NotInStoreError)
  })

  it('is refused without a word is asked for the reason', async () => {
    await using world = await aWorldWithFile()
    const expired: Fault = { kind: 'answer', status: 400, code: 'ExpiredToken' }
    world.double.fail({ on: 'HeadObject', fault: expired })
    world.double.fail({ on: 'GetObject', fault: expired })

    const failure = await world.store.size('packfile', NAME).catch((error) => error)

    expect(failure).toMatchObject({ code: 'S3_CREDENTIALS' })
    expect(failure.message).toContain('ExpiredToken')
  })

  it('takes the answer of a server that knows no parts', async () => {
    await using world = await aWorldWithFile()
    const whole: Fault = { kind: 'other-object', key: `packfiles/ab/${NAME}`, ignoreRange: true }
    world.double.fail({ on: 'GetObject', times: 2, fault: whole })

    const part = await world.store.get('packfile', NAME, { offset: 4990, length: 10 })

    expect(equalBytes(part, CONTENT.subarray(4990))).toBe(true)
  })

  it('brings another part than was asked for gives no byte', async () => {
    await using world = await aWorldWithFile()
    const shifted: Fault = { kind: 'header', name: 'content-range', value: 'bytes 0-49/5000' }
    world.double.fail({ on: 'GetObject', fault: shifted })

    const range = { offset: 100, length: 50 }

    await expect(world.store.get('packfile', NAME, range)).rejects.toThrow(TransientStoreError)
  })
})

describe('a listing that', () => {
  const faults: Row[] = [
    ...ALWAYS,
    ...IN_A_BODY,
    { fault: { kind: 'cut-list', how: 'no-token' }, because: 'it does not say how it goes on' },
    { fault: { kind: 'cut-list', how: 'same-token' }, times: 9, because: 'it goes in circles' },
    { fault: { kind: 'cut-list', how: 'count' }, because: 'keys are missing' },
    { fault: { kind: 'cut-list', how: 'unsaid' }, because: 'nobody knows whether it is whole' },
    { fault: { kind: 'cut-list', how: 'foreign-keys' }, because: 'it is of something else' },
  ]

  test.for(faults)('may not be complete is an error: $fault.kind, $because', async (row) => {
    await using world = await aWorld({ pageSize: 3 })
    for (const digit of '1234567') await world.store.put('lock', digit.repeat(64), [utf8('x')])
    world.double.fail({ on: 'ListObjectsV2', after: 1, times: row.times ?? 1, fault: row.fault })

    await expect(collect(world.store.list('lock'))).rejects.toThrow(TransientStoreError)

    world.double.faults.clear()
    expect(await collect(world.store.list('lock'))).toHaveLength(7)
  })
})

describe('a delete that', () => {
  test.for([...ALWAYS, { fault: { kind: 'error-in-200' }, because: 'it is an error' } as Row])(
    'goes wrong can be tried again: $fault.kind, $because',
    async ({ fault, times }) => {
      await using world = await aWorld()
      await world.store.put('lock', NAME, [utf8('x')])
      world.double.fail({ on: 'DeleteObject', times: times ?? 1, fault })

      await expect(world.store.remove('lock', NAME)).rejects.toThrow(TransientStoreError)
      await world.store.remove('lock', NAME)

      expect(kept(world, `locks/${NAME}`)).toBeUndefined()
    },
  )
})

describe('a connection', () => {
  it('on which nothing moves is given up', async () => {
    const stalls: (() => void)[] = []
    await using world = await aWorld({
      startWatchdog: (onStall) => {
        stalls.push(onStall)
        return { moved() {}, stop() {} }
      },
    })
    await world.store.put('state', NAME, [CONTENT])
    world.double.fail({ on: 'GetObject', fault: { kind: 'stall' } })
    const stalled = world.double.whenStalled()

    const reading = world.store.get('state', NAME).catch((error) => error)
    await stalled
    stalls.at(-1)!()

    expect(await reading).toBeInstanceOf(TransientStoreError)
    expect(fromUtf8(await world.store.getConfig())).toBe('CONFIG')
  })

  it('is told that something moves, going up and coming down', async () => {
    let moves = 0
    await using world = await aWorld({
      startWatchdog: () => ({ moved: () => (moves += 1), stop() {} }),
    })
    moves = 0

    await world.store.put('packfile', NAME, [new Uint8Array(1_000_000)])

    expect(moves).toBeGreaterThan(1_000_000 / 65_536)
  })

  it('is used again, and one that the server gave up is replaced without a word', async () => {
    await using world = await aWorld()
    world.double.fail({ on: 'HeadObject', fault: { kind: 'reset-before' } })

    await world.store.put('state', NAME, [CONTENT])

    expect(await world.store.size('state', NAME)).toBe(CONTENT.length)
  })

  it('is one of many, without a warning', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    await using world = await aWorld()
    await world.store.put('state', NAME, [CONTENT])

    await Promise.all(Array.from({ length: 40 }, () => world.store.get('state', NAME)))

    await new Promise((resolve) => setImmediate(resolve)) // warnings come a moment later
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('ends with the store', async () => {
    await using world = await aWorld()
    await world.store.put('state', NAME, [CONTENT])
    world.double.fail({ on: 'GetObject', fault: { kind: 'stall' } })
    const stalled = world.double.whenStalled()

    const reading = world.store.get('state', NAME).catch((error) => error)
    await stalled
    await world.store[Symbol.asyncDispose]()

    expect(await reading).toMatchObject({ name: 'AbortError' })
  })
})

describe('a store that asks for patience', () => {
  test.for([
    { retryAfter: '7', ms: 7000, because: 'in seconds' },
    { retryAfter: '0', ms: 0, because: 'in no seconds' },
    { retryAfter: 'Wed, 01 May 2024 12:00:30 GMT', ms: 30_000, because: 'by its own clock' },
    { retryAfter: 'Wed, 01 May 2024 11:00:00 GMT', ms: 0, because: 'in the past' },
    { retryAfter: '99999999', ms: 3_600_000, because: 'for a year' },
    { retryAfter: 'later', ms: undefined, because: 'without saying how long' },
  ])('is understood: $retryAfter, $because', async ({ retryAfter, ms }) => {
    await using world = await aWorld({ now: () => new Date('2024-05-01T12:00:00Z') })
    const fault: Fault = { kind: 'answer', status: 503, code: 'SlowDown', retryAfter }
    world.double.fail({ on: 'GetObject', fault })

    await expect(world.store.getConfig()).rejects.toMatchObject({ retryAfterMs: ms })
  })
})
