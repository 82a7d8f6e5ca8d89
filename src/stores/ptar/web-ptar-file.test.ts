import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, it, test } from 'vitest'
import { codeOf } from '../../util/coded-error.ts'
import { collect } from '../store.conformance.ts'
import { NotAStoreError, NotInStoreError, ReadOnlyStoreError, ShortReadError } from '../store.ts'
import { PTAR_PACKFILE, PtarStore } from './ptar-store.ts'
import { WebPtarFile } from './web-ptar-file.ts'

const FIXTURE = fileURLToPath(new URL('../../../test/fixtures/kloset/plain.ptar', import.meta.url))
const bytes = readFileSync(FIXTURE)
const NAME = 'ab'.repeat(32)

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean

/** A web server with one file, as HTTP means it; `interfere` may answer in its place. */
async function aServer(interfere: Answer = () => false) {
  let tag = '"one"'
  const server = createServer((request, response) => {
    if (interfere(request, response)) return
    const headers = { etag: tag, 'accept-ranges': 'bytes' }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    if (range === null) {
      response.writeHead(200, { ...headers, 'content-length': bytes.length })
      return void response.end(request.method === 'HEAD' ? undefined : bytes)
    }
    const [first, last] = [Number(range[1]), Number(range[2])]
    const part = bytes.subarray(first, last + 1)
    const contentRange = `bytes ${first}-${last}/${bytes.length}`
    response.writeHead(206, { ...headers, 'content-range': contentRange })
    response.end(part)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/photos.ptar`
  const store = new PtarStore(new WebPtarFile({ url, headers: {} }))
  return {
    store,
    url,
    replaceFile: () => {
      tag = '"two"'
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

it('a .ptar file on a web server is read as one on a disk', async () => {
  await using world = await aServer()
  await using local = new PtarStore(FIXTURE)
  const { store } = world

  expect(await store.getConfig()).toEqual(await local.getConfig())
  expect(await collect(store.list('packfile'))).toEqual([PTAR_PACKFILE])
  expect(await store.size('packfile', NAME)).toBe(await local.size('packfile', NAME))
  expect(await store.get('packfile', NAME)).toEqual(await local.get('packfile', NAME))
  expect(await store.get('packfile', NAME, { offset: 5, length: 9 })).toEqual(
    await local.get('packfile', NAME, { offset: 5, length: 9 }),
  )
  expect(await store.get('packfile', NAME, { offset: 5, length: 0 })).toHaveLength(0)
  await expect(store.get('state', NAME)).rejects.toThrow(NotInStoreError)
  const beyond = { offset: await store.size('packfile', NAME), length: 1 }
  await expect(store.get('packfile', NAME, beyond)).rejects.toThrow(ShortReadError)
  await expect(store.put()).rejects.toThrow(ReadOnlyStoreError)
  expect(store.location).toBe(`ptar+${world.url}`)
})

it('a file that is replaced while it is read gives no more bytes', async () => {
  await using world = await aServer()
  await world.store.getConfig()

  world.replaceFile()

  await expect(world.store.get('packfile', NAME)).rejects.toThrow('replaced while it was read')
})

const status =
  (code: number, method = 'HEAD'): Answer =>
  (request, response) => {
    if (request.method !== method) return false
    response.writeHead(code).end()
    return true
  }

test.for<{ what: string; answer: Answer; code: string }>([
  { what: 'no file there', answer: status(404), code: 'NOT_A_STORE' },
  { what: 'a file for others', answer: status(403), code: 'STORE_ACCESS_DENIED' },
  { what: 'a server that is busy', answer: status(503), code: 'STORE_UNREACHABLE' },
  { what: 'a page that sends elsewhere', answer: status(302), code: 'NOT_A_STORE' },
  { what: 'a server without ranges', answer: status(200, 'GET'), code: 'STORE_READ_FAILED' },
  {
    what: 'a server that gives a part of the range',
    answer: (request, response) => {
      if (request.method !== 'GET') return false
      response.writeHead(206, { 'content-range': `bytes 0-3/${bytes.length}` }).end('_PLA')
      return true
    },
    code: 'STORE_READ_FAILED',
  },
])('$what ends in $code', async ({ answer, code }) => {
  await using world = await aServer(answer)

  const failure = await world.store.getConfig().catch((error) => error)

  expect(codeOf(failure)).toBe(code)
})

it('a web page is no .ptar file', async () => {
  await using world = await aServer((request, response) => {
    response.writeHead(200, { 'content-length': 20 })
    response.end(request.method === 'HEAD' ? undefined : 'x'.repeat(20))
    return true
  })

  await expect(world.store.getConfig()).rejects.toThrow(NotAStoreError)
})
