import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, test } from 'vitest'
import { fromUtf8, utf8 } from '../util/bytes.ts'
import { HttpClient, HttpFailure, LongAnswerError, retryAfterMs } from './http-exchange.ts'
import type { StartWatchdog } from './watchdog.ts'

async function served(listener: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/x`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A promise, and what keeps it. */
function promised(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

describe('a request over HTTP', () => {
  it('sends its parts with their length, and gives the whole answer', async () => {
    const seen: unknown[] = []
    await using server = await served(async (request, response) => {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece as Buffer)
      seen.push(request.method, request.headers['content-length'], String(Buffer.concat(pieces)))
      response.end('answer')
    })
    using client = new HttpClient({ connections: 1 })

    const body = [utf8('one'), utf8('two')]
    const answer = await client.exchange({ method: 'PUT', url: server.url, body, maxBytes: 100 })

    expect(seen).toEqual(['PUT', '6', 'onetwo'])
    expect(answer.status).toBe(200)
    expect(fromUtf8(answer.body)).toBe('answer')
  })

  it('keeps its connection for the next one', async () => {
    const ports = new Set<number | undefined>()
    await using server = await served((request, response) => {
      ports.add(request.socket.remotePort)
      response.end()
    })
    using client = new HttpClient({ connections: 1 })

    for (let n = 0; n < 3; n++) {
      await client.exchange({ method: 'GET', url: server.url, maxBytes: 0 })
    }

    expect(ports.size).toBe(1)
  })

  test.for<{ what: string; listener: RequestListener; says: string }>([
    {
      what: 'a body shorter than announced',
      listener: (_, response) => {
        response.writeHead(200, { 'content-length': '10' })
        response.write('half', () => response.destroy())
      },
      says: 'the answer was cut',
    },
    {
      what: 'a body whose last chunk never came',
      listener: (_, response) => void response.write('half', () => response.destroy()),
      says: 'the answer was cut',
    },
    {
      what: 'a body larger than anybody asked for',
      listener: (_, response) => void response.end('x'.repeat(1000)),
      says: 'longer than 100',
    },
    {
      what: 'a connection that breaks',
      listener: (request) => request.socket.destroy(),
      says: 'ECONNRESET',
    },
  ])('$what is a failure, not a short answer', async ({ listener, says }) => {
    await using server = await served(listener)
    using client = new HttpClient({ connections: 1 })

    const asking = client.exchange({ method: 'GET', url: server.url, maxBytes: 100 })

    await expect(asking).rejects.toThrow(HttpFailure)
    await expect(asking).rejects.toThrow(says)
  })

  it('refuses a large answer before it comes, where its length is announced', async () => {
    await using server = await served((_, response) => {
      response.writeHead(200, { 'content-length': '1000000' }).write('x') // and no more
    })
    using client = new HttpClient({ connections: 1 })

    const asking = client.exchange({ method: 'GET', url: server.url, maxBytes: 100 })

    await expect(asking).rejects.toThrow(LongAnswerError)
  })

  it('goes to a target of many parts as it is written, to the letter', async () => {
    const seen: unknown[] = []
    await using server = await served((request, response) => {
      seen.push(request.url)
      response.end()
    })
    using client = new HttpClient({ connections: 1 })

    const port = Number(new URL(server.url).port)
    const url = { secure: false, host: '127.0.0.1', port, path: '/a/../b/./%2E?prefix=a%2F' }
    await client.exchange({ method: 'GET', url, maxBytes: 0 })

    expect(seen).toEqual(['/a/../b/./%2E?prefix=a%2F'])
  })

  it('has the answer of somebody who does not hear it to its end', async () => {
    const body = [new Uint8Array(8_000_000)]
    await using server = await served((_, response) => void response.writeHead(413).end('too much'))
    using client = new HttpClient({ connections: 1 })

    const answer = await client.exchange({ method: 'PUT', url: server.url, body, maxBytes: 100 })

    expect(answer.status).toBe(413)
    expect(fromUtf8(answer.body)).toBe('too much')
  })

  it('tells that nobody answers', async () => {
    const gone = await served(() => {})
    await gone[Symbol.asyncDispose]()
    using client = new HttpClient({ connections: 1 })

    const asking = client.exchange({ method: 'GET', url: gone.url, maxBytes: 100 })

    await expect(asking).rejects.toMatchObject({ reason: 'ECONNREFUSED' })
  })
})

describe('a connection', () => {
  it('on which nothing moves is given up, after as long as the request allows', async () => {
    const bites: (() => void)[] = []
    const allowed: number[] = []
    const startWatchdog: StartWatchdog = (onStall, idleMs) => {
      bites.push(onStall)
      allowed.push(idleMs)
      return { moved() {}, stop() {} }
    }
    const { promise: asked, resolve: noteAsked } = promised()
    await using server = await served(() => noteAsked())
    using client = new HttpClient({ connections: 1, startWatchdog })

    const request = { method: 'GET', url: server.url, maxBytes: 100, idleMs: 300_000 } as const
    const asking = client.exchange(request).catch((error) => error)
    await asked
    bites[0]!()

    expect(await asking).toBeInstanceOf(HttpFailure)
    expect(await asking).toMatchObject({ message: 'nothing happened for 300 s' })
    expect(allowed).toEqual([300_000])
  })

  it('that dies while the answer comes is not taken for its end', async () => {
    let bite = () => {}
    const { promise: half, resolve: noteHalf } = promised()
    const startWatchdog: StartWatchdog = (onStall) => {
      bite = onStall
      return { moved: noteHalf, stop() {} }
    }
    await using server = await served((_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half')
    })
    using client = new HttpClient({ connections: 1, startWatchdog })

    const asking = client
      .exchange({ method: 'GET', url: server.url, maxBytes: 100 })
      .catch((error) => error)
    await half
    bite()

    expect(await asking).toMatchObject({ message: 'nothing happened for 120 s' })
  })

  it('is told that something moves, going up and coming down', async () => {
    let moves = 0
    const startWatchdog = () => ({ moved: () => (moves += 1), stop() {} })
    await using server = await served((request, response) => request.pipe(response))
    using client = new HttpClient({ connections: 1, startWatchdog })

    const body = [new Uint8Array(1_000_000)]
    await client.exchange({ method: 'PUT', url: server.url, body, maxBytes: 1_000_000 })

    expect(moves).toBeGreaterThan(2 * (1_000_000 / 65_536))
  })

  it('is waited for without being watched', async () => {
    let watched = 0
    const startWatchdog = () => {
      watched += 1
      return { moved() {}, stop() {} }
    }
    const { promise: asked, resolve: noteAsked } = promised()
    await using server = await served(() => noteAsked())
    const client = new HttpClient({ connections: 1, startWatchdog })

    const request = { method: 'GET', url: server.url, maxBytes: 0 } as const
    const both = Promise.allSettled([client.exchange(request), client.exchange(request)])
    await asked
    expect(watched).toBe(1)
    client[Symbol.dispose]()
    await both
  })

  test.for([
    { method: 'GET', isRepeated: true, because: 'nothing is lost by that' },
    { method: 'PUT', isRepeated: true, because: 'it says what is to be, not what to do' },
    { method: 'POST', isRepeated: false, because: 'it may do something twice' },
    { method: 'POST', isRepeatable: true, isRepeated: true, because: 'this one does not' },
    { method: 'GET', isRepeatable: false, isRepeated: false, because: 'the caller says so' },
  ] as const)(
    'that the server gave up as $method came: asked again is $isRepeated, $because',
    async ({ method, isRepeated, ...rest }) => {
      let requests = 0
      await using server = await served((request, response) => {
        requests += 1
        if (requests === 2) request.socket.destroy()
        else response.end()
      })
      using client = new HttpClient({ connections: 1 })
      await client.exchange({ method: 'GET', url: server.url, maxBytes: 0 })

      const asking = client.exchange({ method, url: server.url, maxBytes: 0, ...rest })

      const [{ status }] = await Promise.allSettled([asking])
      expect(status).toBe(isRepeated ? 'fulfilled' : 'rejected')
      expect(requests).toBe(isRepeated ? 3 : 2)
    },
  )

  it('is one of many, without a warning', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    await using server = await served((_, response) => void response.end())
    using client = new HttpClient({ connections: 4 })

    const request = { method: 'GET', url: server.url, maxBytes: 0 } as const
    await Promise.all(Array.from({ length: 40 }, () => client.exchange(request)))

    await new Promise((resolve) => setImmediate(resolve)) // warnings come a moment later
    process.off('warning', note)
    expect(warnings).toEqual([])
  })
})

describe('an exchange that is not wanted any more', () => {
  /** Two that are under way, of which the second waits for the connection of the first. */
  async function underWay(signal?: AbortSignal) {
    const { promise: asked, resolve: noteAsked } = promised()
    const server = await served(() => noteAsked())
    const client = new HttpClient({ connections: 1 })
    const request = { method: 'GET', url: server.url, maxBytes: 0 } as const
    const wanted = signal === undefined ? request : { ...request, signal }
    const asking = [client.exchange(wanted), client.exchange(wanted)]
    const failures = Promise.all(asking.map((one) => one.catch((error) => error)))
    await asked
    return { server, client, request, failures }
  }

  it('ends with its signal, for the reason that one gives', async () => {
    const stop = new AbortController()
    const { server, client, request, failures } = await underWay(stop.signal)

    stop.abort()
    const [first, second] = await failures
    const late = client.exchange({ ...request, signal: stop.signal })

    expect([first, second]).toEqual([stop.signal.reason, stop.signal.reason])
    await expect(late).rejects.toBe(stop.signal.reason)
    client[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
  })

  it('ends with its client, which takes no other', async () => {
    const { server, client, request, failures } = await underWay()

    client[Symbol.dispose]()
    const [first, second] = await failures

    expect([first.name, second.name]).toEqual(['AbortError', 'AbortError'])
    await expect(client.exchange(request)).rejects.toMatchObject({ name: 'AbortError' })
    await server[Symbol.asyncDispose]()
  })
})

test.for([
  { value: '7', ms: 7000, because: 'it is in seconds' },
  { value: 'Sat, 21 Nov 2026 12:00:30 GMT', ms: 30_000, because: 'it may be a date' },
  { value: 'Sat, 21 Nov 2026 11:00:00 GMT', ms: 0, because: 'the date is past' },
  { value: '99999999', ms: 86_400_000, because: 'nobody waits for longer than a day' },
  { value: 'soon', ms: undefined, because: 'that is neither' },
  { value: '', ms: undefined, because: 'it says nothing' },
])('Retry-After: "$value" means $ms ms, since $because', ({ value, ms }) => {
  expect(retryAfterMs({ 'retry-after': value }, new Date('2026-11-21T12:00:00Z'))).toBe(ms)
})
