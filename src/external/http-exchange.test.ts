import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, test } from 'vitest'
import { fromUtf8, utf8 } from '../util/bytes.ts'
import { HttpClient, HttpFailure, retryAfterMs } from './http-exchange.ts'

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
    { what: 'silence', listener: () => {}, says: 'nothing happened' },
  ])('$what is a failure, not a short answer', async ({ listener, says }) => {
    await using server = await served(listener)
    using client = new HttpClient({ connections: 1 })

    const asking = client.exchange({ method: 'GET', url: server.url, maxBytes: 100, idleMs: 200 })

    await expect(asking).rejects.toThrow(HttpFailure)
    await expect(asking).rejects.toThrow(says)
  })

  it('tells that nobody answers', async () => {
    const gone = await served(() => {})
    await gone[Symbol.asyncDispose]()
    using client = new HttpClient({ connections: 1 })

    const asking = client.exchange({ method: 'GET', url: gone.url, maxBytes: 100 })

    await expect(asking).rejects.toMatchObject({ reason: 'ECONNREFUSED' })
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
