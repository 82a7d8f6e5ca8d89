/**
 * An archive far away is read as one on this disk is: its directory, its sidecars, and of its photos
 * those that are new. Every read is a request, so there are few.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { AheadReadAt } from '../../src/archives/ahead-read-at.ts'
import type { ReadAt } from '../../src/archives/read-at.ts'
import type { KnownFiles } from '../../src/sources/source.ts'
import { recipeFor } from '../../src/sources/takeout/batches.ts'
import type { PartEntry } from '../../src/sources/takeout/part-survey.ts'
import type { ZipRecipe } from '../../src/sources/takeout/recipe.ts'
import { remoteContents } from '../../src/sources/takeout/remote-contents.ts'
import { surveyZip } from '../../src/sources/takeout/survey-zip.ts'
import { partName, photoBytes, photoEntries, YEAR_FOLDER, zipOf } from '../support/small-export.ts'

/** A hundred photos, then their sidecars: as large as photos are against what surrounds them. */
const NAMES = Array.from({ length: 100 }, (_, n) => `IMG_${n}.jpg`)
const PHOTO_BYTES = 100_000
const signal = new AbortController().signal

describe('an archive on a web server', async () => {
  const zip = largeZip()
  const server = await serve(zip)
  afterAll(() => server.close())

  it('that holds nothing new costs its directory and sidecars, in few requests', async () => {
    const remote = new WebFile(server.url, zip.length)

    const { entries } = await surveyZip(new AheadReadAt(remote), signal)

    expect(entries.filter(({ json }) => json)).toHaveLength(NAMES.length)
    expect(remote.bytes).toBeLessThan(zip.length - NAMES.length * PHOTO_BYTES + TAIL_BYTES)
    expect(remote.requests).toBeLessThan(10)
  })

  it('whose sidecars are known costs its directory, in a request or two', async () => {
    const read = await surveyZip(new WebFile(server.url, zip.length), signal)
    const remote = new WebFile(server.url, zip.length)

    const { entries } = await surveyZip(new AheadReadAt(remote), signal, knowing(read.entries))

    expect(entries.map(({ path, json }) => [path, json])).toEqual(
      read.entries.map(({ path, json }) => [path, json]),
    )
    expect(remote.bytes).toBeLessThanOrEqual(TAIL_BYTES)
    expect(remote.requests).toBeLessThanOrEqual(2)
  })

  it('of which one sidecar is new costs that one besides', async () => {
    const read = await surveyZip(new WebFile(server.url, zip.length), signal)
    const [first] = read.entries.filter(({ json }) => json)
    const known = knowing(read.entries.filter((entry) => entry !== first))
    const remote = new WebFile(server.url, zip.length)

    const { entries } = await surveyZip(new AheadReadAt(remote), signal, known)

    expect(entries.filter(({ json }) => json)).toHaveLength(NAMES.length)
    expect(remote.bytes).toBeLessThanOrEqual(TAIL_BYTES + 1000)
    expect(remote.requests).toBeLessThanOrEqual(3)
  })

  it('with one new photo of a hundred costs that photo, in one request', async () => {
    const { entries } = await surveyZip(new WebFile(server.url, zip.length), signal)
    const remote = new WebFile(server.url, zip.length)

    const read = await readBack(remote, zip.length, [entryNamed(entries, 'IMG_42.jpg')])

    expect(read).toEqual([largePhoto('IMG_42.jpg')])
    expect(remote.bytes / zip.length).toBeLessThan(0.012)
    expect(remote.requests).toBe(1)
  })

  it('gives neighbours in one request, and all of them right', async () => {
    const { entries } = await surveyZip(new WebFile(server.url, zip.length), signal)
    const remote = new WebFile(server.url, zip.length)
    const names = NAMES.slice(20, 60)

    const read = await readBack(
      remote,
      zip.length,
      names.map((name) => entryNamed(entries, name)),
    )

    expect(read.map((bytes, at) => bytes.equals(largePhoto(names[at]!)))).not.toContain(false)
    expect(remote.requests).toBe(1)
  })

  it('that changed since it was surveyed gives nothing', async () => {
    const { entries } = await surveyZip(new WebFile(server.url, zip.length), signal)
    const remote = new WebFile(server.url, zip.length)

    const reading = readBack(remote, zip.length + 1, [entryNamed(entries, 'IMG_1.jpg')])

    await expect(reading).rejects.toThrow('changed meanwhile')
  })
})

/** Read at once at the end of an archive. */
const TAIL_BYTES = 2 ** 18

/** What an earlier run read. */
function knowing(entries: readonly PartEntry[]): KnownFiles {
  const contents = new Map(entries.map(({ path, json }) => [path, json]))
  return {
    async recall(files, give) {
      for (const file of files) {
        const bytes = contents.get(file.path)
        if (bytes) give(file, { bytes, sha256: '' })
      }
    },
  }
}

function largePhoto(name: string): Buffer {
  const head = photoBytes(name)
  return Buffer.concat([head, Buffer.alloc(PHOTO_BYTES - head.length, name)])
}

function largeZip(): Buffer {
  const photos = NAMES.map((name) => ({ path: `${YEAR_FOLDER}/${name}`, bytes: largePhoto(name) }))
  const sidecars = photoEntries(...NAMES).filter(({ path }) => path.endsWith('.json'))
  return zipOf([...photos, ...sidecars])
}

function entryNamed(entries: readonly PartEntry[], name: string): PartEntry {
  return entries.find(({ path }) => path.endsWith(`/${name}`))!
}

async function readBack(source: ReadAt, sizeBytes: number, entries: readonly PartEntry[]) {
  const file = { form: 'zip' as const, path: '', name: partName(1), sizeBytes }
  const wanted = entries.map((entry, id) => ({ id, file, entry }))
  const contents: Buffer[] = []
  for await (const content of remoteContents(source, recipeFor(file, wanted) as ZipRecipe)) {
    const bytes = Buffer.alloc(content.size)
    for (let at = 0; at < bytes.length; ) at += await content.read(bytes.subarray(at))
    content.finish()
    contents.push(bytes)
  }
  return contents
}

/** Reads by range, and counts. */
class WebFile implements ReadAt {
  readonly #url: string
  readonly size: number
  requests = 0
  bytes = 0

  constructor(url: string, size: number) {
    this.#url = url
    this.size = size
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    if (into.length === 0) return 0
    const range = `bytes=${offset}-${offset + into.length - 1}`
    const answer = await fetch(this.#url, { headers: { range } })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    into.set(bytes)
    this.requests += 1
    this.bytes += bytes.length
    return bytes.length
  }
}

async function serve(bytes: Buffer): Promise<{ url: string; close: Server['close'] }> {
  const server = createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!
    response.writeHead(206).end(bytes.subarray(Number(first), Number(last) + 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: (done) => server.close(done) }
}
