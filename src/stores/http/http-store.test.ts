import { describe, expect, it, test } from 'vitest'
import {
  type Interference,
  ServerDouble,
} from '../../../test/support/plakar-server/server-double.ts'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import { StoreAccessDeniedError, StoreDeleteForbiddenError } from '../access-errors.ts'
import { collect } from '../store.conformance.ts'
import {
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  type StoredKind,
  StoreExistsError,
  StoreReadError,
  StoreWriteError,
} from '../store.ts'
import { TransientStoreError } from '../transient-error.ts'
import { findSize } from './find-size.ts'
import { CreateElsewhereError, HttpStore, NoQuarantineError } from './http-store.ts'

const CONFIG = utf8('_KLOSET_ and so on')
const NAME = 'ab'.repeat(32)
const OTHER_NAME = `ab${'cd'.repeat(31)}`
const SERVED: StoredKind[] = ['packfile', 'state', 'lock']
const env = {}

async function aServer(config: Uint8Array | undefined = CONFIG) {
  const server = await ServerDouble.start(config)
  const store = new HttpStore('http', server.rest, { env })
  return {
    server,
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('a store behind a server', () => {
  it('gives its CONFIG, and makes none', async () => {
    await using world = await aServer()

    expect(await world.store.getConfig()).toEqual(CONFIG)
    await expect(world.store.create()).rejects.toThrow(StoreExistsError)
  })

  it.for(SERVED)('gives back a %s whose parts were written one after the other', async (kind) => {
    await using world = await aServer()

    await world.store.put(kind, NAME, [utf8('one'), new Uint8Array(), utf8('two')])
    await world.store.put(kind, OTHER_NAME, [])

    expect(fromUtf8(await world.store.get(kind, NAME))).toBe('onetwo')
    expect(await world.store.size(kind, NAME)).toBe(6)
    expect(await world.store.get(kind, OTHER_NAME)).toHaveLength(0)
    expect((await collect(world.store.list(kind))).toSorted()).toEqual([NAME, OTHER_NAME])
  })

  it.for(SERVED)('reads exactly the range of a %s asked for', async (kind) => {
    await using world = await aServer()
    await world.store.put(kind, NAME, [utf8('0123456789')])
    const read = (offset: number, length: number) => world.store.get(kind, NAME, { offset, length })

    expect(fromUtf8(await read(3, 4))).toBe('3456')
    expect(fromUtf8(await read(0, 10))).toBe('0123456789')
    expect(await read(10, 0)).toHaveLength(0)
    await expect(read(8, 3)).rejects.toThrow(ShortReadError)
    await expect(read(11, 0)).rejects.toThrow(ShortReadError)
  })

  it.for(SERVED)('says so when a %s is not there', async (kind) => {
    await using world = await aServer()

    await expect(world.store.get(kind, NAME)).rejects.toThrow(NotInStoreError)
    await expect(world.store.size(kind, NAME)).rejects.toThrow(NotInStoreError)
    await world.store.remove(kind, NAME)
  })

  it('keeps large contents as they are', async () => {
    await using world = await aServer()
    const large = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) & 0xff)

    await world.store.put('packfile', NAME, [large])
    await world.store.put('state', NAME, [large])

    expect(await world.store.get('packfile', NAME)).toEqual(large)
    expect(await world.store.get('state', NAME)).toEqual(large)
    expect(await world.store.size('packfile', NAME)).toBe(300_000)
  })

  it('tells clearly when the server does not let anything be removed', async () => {
    await using world = await aServer()
    await world.store.put('lock', NAME, [utf8('x')])
    world.server.allowDelete = false

    await expect(world.store.remove('lock', NAME)).rejects.toThrow(StoreDeleteForbiddenError)
  })

  it('has no quarantine, and says so to a repair', async () => {
    await using world = await aServer()

    await expect(world.store.put('quarantine', NAME, [])).rejects.toThrow(NoQuarantineError)
    await expect(world.store.get('quarantine', NAME)).rejects.toThrow(NotInStoreError)
    expect(await collect(world.store.list('quarantine'))).toEqual([])
    await world.store.remove('quarantine', NAME)
  })

  it('is opened anew when the server was restarted in between', async () => {
    await using world = await aServer()
    await world.store.put('state', NAME, [utf8('x')])

    for (const use of [
      () => world.store.put('packfile', NAME, [utf8('y')]),
      () => world.store.get('state', NAME),
      () => collect(world.store.list('state')),
      () => world.store.remove('packfile', NAME),
    ]) {
      world.server.isOpen = false
      await use()
    }

    expect([...world.server.files.keys()]).toEqual([`states/${NAME}`])
  })

  it('shows its token to a server that wants one', async () => {
    await using world = await aServer()
    world.server.token = 'a secret token'
    const tokens = { TINTYPE_HTTP_TOKEN: 'a secret token' }
    await using store = new HttpStore('http', world.server.rest, { env: tokens })

    expect(await store.getConfig()).toEqual(CONFIG)
    const denied = await world.store.getConfig().catch((error) => error)
    expect(denied).toBeInstanceOf(StoreAccessDeniedError)
  })

  it('is not taken for one when something else answers', async () => {
    await using page = await aServer(utf8('<html>Sign in</html>'))
    await using nothing = await aServer()
    nothing.server.interferences = [status(404, 'not found'), status(404, 'not found')]

    await expect(page.store.getConfig()).rejects.toThrow(NotAStoreError)
    await expect(nothing.store.getConfig()).rejects.toThrow(NotAStoreError)
    await expect(nothing.store.create()).rejects.toThrow(CreateElsewhereError)
  })
})

function status(code: number, text: string, headers: Record<string, string> = {}): Interference {
  return (_, response) => {
    response.writeHead(code, headers).end(text)
    return true
  }
}

/** Answers requests of `method` with the body that `alter` makes of the true one. */
function lie(method: string, body: string | Uint8Array): Interference {
  return (request, response) => {
    if (request.method !== method) return false
    response.end(body)
    return true
  }
}

const cutOff: Interference = (_, response) => {
  response.writeHead(200, { 'content-length': '100' })
  response.write('half', () => response.destroy())
  return true
}

test.for<{ what: string; interference: Interference }>([
  { what: 'a server that is busy', interference: status(503, 'busy') },
  { what: 'an answer that breaks off', interference: cutOff },
  { what: 'a listing that breaks off', interference: lie('GET', `["${NAME}","${NAME.slice(3)}`) },
  { what: 'a listing that is no listing', interference: lie('GET', '{"error":"later"}') },
])('$what is worth asking again, and no listing', async ({ interference }) => {
  await using world = await aServer()
  world.server.interferences = [interference]

  await expect(collect(world.store.list('state'))).rejects.toThrow(TransientStoreError)
})

describe('a server that says it stored something', () => {
  it.for<{ kind: StoredKind; stored: string }>([
    { kind: 'packfile', stored: 'short' },
    { kind: 'packfile', stored: 'longer than it was' },
    { kind: 'packfile', stored: '' },
    { kind: 'state', stored: 'short' },
    { kind: 'state', stored: 'other bytes' },
    { kind: 'lock', stored: 'shore bytes' },
  ])('is found out when it keeps "$stored" as a $kind', async ({ kind, stored }) => {
    await using world = await aServer()
    world.server.interferences = [
      (request, response) => {
        if (request.method !== 'PUT') return false
        world.server.files.set(request.url!.slice('/resources/'.length), utf8(stored))
        response.end()
        return true
      },
    ]

    await expect(world.store.put(kind, NAME, [utf8('sound bytes')])).rejects.toThrow(
      TransientStoreError,
    )
  })

  it('is found out when it keeps nothing', async () => {
    await using world = await aServer()
    world.server.interferences = [lie('PUT', '')]

    await expect(world.store.put('state', NAME, [utf8('x')])).rejects.toThrow(TransientStoreError)
  })

  it('is believed when its disk is full', async () => {
    await using world = await aServer()
    const full: Interference = (request, response) =>
      request.method === 'PUT' && status(500, 'write: no space left on device')(request, response)
    world.server.interferences = [full, full]

    const writing = world.store.put('state', NAME, [utf8('x')])

    await expect(writing).rejects.toThrow(StoreWriteError)
    await expect(writing).rejects.toThrow('disk is full')
  })
})

describe('a packfile that comes in part', () => {
  it('is not taken for a shorter one', async () => {
    await using world = await aServer()
    await world.store.put('packfile', NAME, [new Uint8Array(5000)])
    const half: Interference = (_, response) => {
      response.write(new Uint8Array(2500)) // no length, and a proper end
      response.end()
      return true
    }

    world.server.interferences = [half]
    await expect(world.store.get('packfile', NAME)).rejects.toThrow(TransientStoreError)
    world.server.interferences = [half]
    const range = { offset: 0, length: 5000 }
    await expect(world.store.get('packfile', NAME, range)).rejects.toThrow(TransientStoreError)
  })

  it('nor is a state', async () => {
    await using world = await aServer()
    await world.store.put('state', NAME, [new Uint8Array(5000)])
    world.server.interferences = [
      (_, response) => {
        response.write(new Uint8Array(2500))
        response.end()
        return true
      },
    ]

    await expect(world.store.get('state', NAME)).rejects.toThrow(TransientStoreError)
  })

  it('is refused from a server that means ranges in another way', async () => {
    await using world = await aServer()
    await world.store.put('packfile', NAME, [utf8('0123456789')])
    world.server.interferences = [lie('GET', '34567')]

    const reading = world.store.get('packfile', NAME, { offset: 3, length: 4 })

    await expect(reading).rejects.toThrow(StoreReadError)
  })
})

it('waits as long as the server asks', async () => {
  await using world = await aServer()
  world.server.interferences = [status(429, 'slow down', { 'retry-after': '7' })]

  await expect(world.store.getConfig()).rejects.toMatchObject({ retryAfterMs: 7000 })
})

test.for([0, 1, 2, 1000, 2 ** 25, 2 ** 25 + 1, 67_108_864, 2 ** 31 + 5])(
  'a file of %d bytes is found to have that size',
  async (size) => {
    let questions = 0
    const found = await findSize(async (at) => {
      questions += 1
      return at < size
    })

    expect(found).toBe(size)
    expect(questions).toBeLessThan(45)
  },
)
