import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { concatBytes, equalBytes, utf8 } from '../../util/bytes.ts'
import { listSnapshots } from '../reading/snapshot-list.ts'
import { openSnapshot, type SnapshotReader } from '../reading/snapshot-reader.ts'
import { createRepository, openRepository, type Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import type { ContentResult, StoredContent } from '../workers/content.ts'
import { newSnapshot, type SnapshotWriter } from './snapshot-writer.ts'

const CONTENT_MODULE = new URL('../workers/fixtures/listed-contents.mjs', import.meta.url).href
const NOW = new Date('2026-11-21T10:00:00Z')
const HEADER = {
  importer: { type: 'googlephotos', origin: 'takeout', directory: '/' },
  name: 'test',
  tags: ['holiday'],
  timestamp: NOW,
  durationMs: 1500,
  context: [['Client', 'test']] as [string, string][],
}

describe('a snapshot', () => {
  it('gives back every byte of what was stored', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)
    const contents = [utf8('SUN'), new Uint8Array(), noise(100_000)]
    const stored = await storeAll(writer, contents)
    stored.forEach((content, at) => {
      writer.addFile(`/photos/${at}.jpg`, { content, modified: NOW })
    })
    const { id } = await writer.commit(HEADER)

    const reader = await openSnapshot(repository, id)

    const read = await Promise.all([0, 1, 2].map((at) => bytesAt(reader, `/photos/${at}.jpg`)))
    read.forEach((bytes, at) => {
      expect(equalBytes(bytes, contents[at]!)).toBe(true)
    })
    expect(stored[2]!.chunks).toBeGreaterThan(10)
  })

  it('has all directories, each as new as the newest thing in it', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)
    const [content] = await storeAll(writer, [utf8('x')])
    const older = new Date('2020-01-01T00:00:00Z')
    writer.addFile('/a/b/old.jpg', { content: content!, modified: older })
    writer.addSymlink('/a/c/link.jpg', '../b/old.jpg', NOW)
    const { id } = await writer.commit(HEADER)

    const reader = await openSnapshot(repository, id)
    const tree: [string, string, string][] = []
    for await (const { path, kind, modified } of reader.walk('/')) {
      tree.push([path, kind, modified.toISOString().slice(0, 4)])
    }

    expect(tree).toEqual([
      ['/', 'directory', '2026'],
      ['/a', 'directory', '2026'],
      ['/a/b', 'directory', '2020'],
      ['/a/b/old.jpg', 'file', '2020'],
      ['/a/c', 'directory', '2026'],
      ['/a/c/link.jpg', 'symlink', '2026'],
    ])
    expect((await reader.entry('/a/c/link.jpg'))!.symlinkTarget).toBe('../b/old.jpg')
  })

  it('says in its header where it is from, what it holds and what could not be read', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)
    const [content] = await storeAll(writer, [utf8('hello')])
    writer.addFile('/a.jpg', { content: content!, modified: NOW })
    writer.addError('/b.jpg', 'CRC differs')
    await writer.commit(HEADER)

    const [header] = await listSnapshots(repository)

    expect(header).toMatchObject({ name: 'test', tags: ['holiday'], duration: 1_500_000_000 })
    expect(header).toMatchObject({ context: [{ key: 'Client', value: 'test' }] })
    const [source] = header!.sources
    expect(source).toMatchObject({ importer: HEADER.importer })
    expect(source!.summary.directory).toMatchObject({ files: 1, size: 5, mimeImage: 1 })
    expect(source!.summary.below.errors).toBe(1)
    expect(source!.indexes!.map(({ name }) => name)).toEqual(['content-type', 'dirpack', 'summary'])
  })

  it('may be empty', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)

    const { id } = await writer.commit(HEADER)

    const reader = await openSnapshot(repository, id)
    expect((await reader.entry('/'))!.kind).toBe('directory')
    for await (const entry of reader.list('/')) expect(entry).toBeUndefined()
  })

  it('refuses paths that Kloset cannot hold, and two things in one place', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)
    writer.addSymlink('/a/b', 'x', NOW)

    const add = (path: string) => () => writer.addSymlink(path, 'x', NOW)

    for (const path of ['a', '/', '/a//c', '/a/', '/a/../c', '/.', '/a\0b', '']) {
      expect(add(path), path).toThrow(expect.objectContaining({ code: 'INVALID_PATH' }))
    }
    for (const path of ['/a/b', '/a', '/a/b/c']) {
      expect(add(path), path).toThrow(expect.objectContaining({ code: 'PATH_TAKEN' }))
    }
  })

  it('is not made when a file is listed whose content nobody stored', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)
    const content = { ...NOTHING, objectMac: 'ab'.repeat(32), size: 3 }
    writer.addFile('/a.jpg', { content, modified: NOW })

    await expect(writer.commit(HEADER)).rejects.toMatchObject({ code: 'CONTENT_NOT_STORED' })
    expect(await listSnapshots(repository)).toEqual([])
  })

  it('reads back as it was added, whatever the tree', async () => {
    await fc.assert(
      fc.asyncProperty(trees(), fc.boolean(), async (tree, encrypted) => {
        const repository = await aRepository(encrypted ? { passphrase: 'correct horse' } : {})
        await using writer = await aWriter(repository)
        const files = [...tree.files]
        const stored = await storeAll(
          writer,
          files.map(([, bytes]) => bytes),
        )
        files.forEach(([path], at) => {
          writer.addFile(path, { content: stored[at]!, modified: new Date(at * 1000) })
        })
        for (const [path, target] of tree.links) writer.addSymlink(path, target, NOW)
        const { id } = await writer.commit(HEADER)

        const reader = await openSnapshot(repository, id)

        const found = new Map<string, unknown>()
        for await (const entry of reader.walk('/')) {
          if (entry.kind === 'file') found.set(entry.path, await bytesAt(reader, entry.path))
          if (entry.kind === 'symlink') found.set(entry.path, entry.symlinkTarget)
        }
        expect(found).toEqual(new Map<string, unknown>([...files, ...tree.links]))
        for (const [path, bytes] of files) {
          expect(await reader.entry(path)).toMatchObject({ size: bytes.length })
        }
      }),
      { numRuns: 10 },
    )
  }, 30_000)

  it('finds each of many files by its path', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)
    const [content] = await storeAll(writer, [utf8('same')])
    const paths = Array.from({ length: 3000 }, (_, n) => `/album ${n % 7}/${n}.jpg`)
    for (const path of paths) writer.addFile(path, { content: content!, modified: NOW })
    const { id } = await writer.commit(HEADER)

    const reader = await openSnapshot(repository, id)

    for (let at = 0; at < paths.length; at += 97) {
      expect(await reader.entry(paths[at]!)).toMatchObject({ path: paths[at], size: 4 })
    }
    expect(await reader.entry('/album 3/none.jpg')).toBeUndefined()
  })
})

describe('storing contents', () => {
  it('stores the same bytes once', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)
    const photo = noise(50_000)

    const [first, second] = await storeAll(writer, [photo, photo])
    writer.addFile('/a.jpg', { content: first!, modified: NOW })
    writer.addFile('/b.jpg', { content: second!, modified: NOW })
    await writer.commit(HEADER)

    expect(second!.objectMac).toBe(first!.objectMac)
    expect(countOf(repository, ResourceType.CHUNK)).toBe(new Set(chunksOf(repository)).size)
    expect(writer.bytesStored).toBeLessThan(50_000 + 30_000)
  })

  it('adds next to nothing when the same tree is saved again', async () => {
    const repository = await aRepository()
    const contents = Array.from({ length: 50 }, (_, n) => noise(5000, n))
    const save = async () => {
      await using writer = await aWriter(repository)
      const stored = await storeAll(writer, contents)
      stored.forEach((content, at) => {
        writer.addFile(`/2024/${at}.jpg`, { content, modified: NOW })
      })
      return writer.commit(HEADER)
    }

    const first = await save()
    const second = await save()

    expect(first.bytesStored).toBeGreaterThan(250_000)
    expect(second.bytesStored).toBeLessThan(12_000) // a header, a state, and the trailing 8192
  })

  it('reports what cannot be read, each once, and stores the rest', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)
    const bytes = noise(5000)
    const recipe = [
      { id: 1, bytes, fails: 'read' },
      { id: 2, bytes, fails: 'finish' },
      { id: 3, bytes, size: 4999 },
      { id: 4, bytes, fails: 'absent' },
      { id: 5, bytes, size: 5000 },
      { id: 6, bytes, fails: 'open' },
      { id: 7, bytes },
    ]

    const results = await resultsOf(writer, recipe)

    const outcome = ({ id, ...result }: ContentResult) =>
      'stored' in result ? [id, result.stored.size] : [id, result.failure.code]
    expect(results.map(outcome).sort()).toEqual([
      [1, 'DAMAGED'],
      [2, 'DAMAGED'],
      [3, 'CONTENT_SIZE'],
      [4, 'DAMAGED'], // the batch ended before anybody could tell whether it was there
      [5, 5000],
      [6, 'DAMAGED'],
      [7, 'DAMAGED'],
    ])
  })

  it('says so when a batch ends without a content that was asked for', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)

    const results = await resultsOf(writer, [{ id: 4, bytes: noise(1), fails: 'absent' }])

    expect(results).toMatchObject([{ id: 4, failure: { code: 'CONTENT_MISSING' } }])
  })

  it('hands the facts of the source back, and tells how many bytes were read', async () => {
    const repository = await aRepository()
    let bytesRead = 0
    await using writer = await aWriter(repository, { onBytes: (bytes) => (bytesRead += bytes) })

    const [stored] = await storeAll(writer, [noise(12_345)])

    expect(stored!.facts).toEqual({ lengthSeen: 12_345 })
    expect(bytesRead).toBe(12_345)
  })

  it('calls photos and noise random, and text not', async () => {
    const repository = await aRepository()
    await using writer = await aWriter(repository)

    const [photo, text] = await storeAll(writer, [noise(50_000), utf8('la '.repeat(20_000))])

    expect(photo!.entropy).toBeGreaterThan(7.8)
    expect(text!.entropy).toBeLessThan(2)
    expect(writer.bytesStored).toBe(0) // nothing was written yet
  })
})

describe('building on earlier backups', () => {
  it('keeps a file as it was without reading it again', async () => {
    const repository = await aRepository()
    const first = await savedPhoto(repository)
    await using writer = await aWriter(repository)
    writer.carryOver((await first.entry('/photos/a.jpg'))!)
    writer.carryOver((await first.entry('/link'))!)
    const { id } = await writer.commit(HEADER)

    const second = await openSnapshot(repository, id)

    for (const path of ['/photos/a.jpg', '/link']) {
      expect((await second.entry(path))!.record).toEqual((await first.entry(path))!.record)
    }
    expect(equalBytes(await bytesAt(second, '/photos/a.jpg'), noise(30_000))).toBe(true)
    expect(writer.bytesStored).toBeLessThan(12_000)
  })

  it('knows a content by its object when every chunk is there', async () => {
    const repository = await aRepository()
    const first = await savedPhoto(repository)
    const { objectMac } = (await first.entry('/photos/a.jpg'))!
    await using writer = await aWriter(repository)

    expect(await writer.known(objectMac!)).toMatchObject({ objectMac, size: 30_000 })
    expect(await writer.known('00'.repeat(32))).toBeUndefined()
  })

  it('does not know a content whose chunks are about to be swept', async () => {
    const repository = await aRepository()
    const first = await savedPhoto(repository)
    const { objectMac } = (await first.entry('/photos/a.jpg'))!
    const { chunks } = await first.object(objectMac!)
    const { packfile } = repository.index.locate(ResourceType.CHUNK, chunks[0]!.contentMac)!
    const coloured = [{ type: ResourceType.PACKFILE, mac: packfile, when: NOW }]
    const parent = repository.index.latestState
    await repository.publish(
      { parent, timestamp: NOW, locations: [], packfiles: [], coloured },
      'cd'.repeat(32),
    )
    await using writer = await aWriter(repository)

    const known = await writer.known(objectMac!)
    const [again] = await storeAll(writer, [noise(30_000)])
    writer.addFile('/a.jpg', { content: again!, modified: NOW })
    const { id } = await writer.commit(HEADER)

    expect(known).toBeUndefined()
    const read = await bytesAt(await openSnapshot(repository, id), '/a.jpg')
    expect(equalBytes(read, noise(30_000))).toBe(true)
    expect(repository.index.has(ResourceType.CHUNK, chunks[0]!.contentMac)).toBe(true)
  })

  it('needs nothing again that a checkpoint has saved', async () => {
    const store = new MemoryStore()
    const repository = await aRepository({ store })
    const photo = noise(200_000)
    {
      await using interrupted = await aWriter(repository)
      await storeAll(interrupted, [photo])
      await interrupted.checkpoint()
    }

    const reopened = await openRepository(store, { passphrase: async () => '' })
    await using writer = await aWriter(reopened)
    const [content] = await storeAll(writer, [photo])
    writer.addFile('/a.jpg', { content: content!, modified: NOW })
    const { id, bytesStored } = await writer.commit(HEADER)

    expect(await listSnapshots(reopened)).toHaveLength(1)
    const read = await bytesAt(await openSnapshot(reopened, id), '/a.jpg')
    expect(equalBytes(read, photo)).toBe(true)
    expect(bytesStored).toBeLessThan(20_000)
  })
})

const NOTHING: StoredContent = {
  objectMac: '',
  size: 0,
  chunks: 0,
  entropy: 0,
  contentType: 'image/jpeg',
  facts: undefined,
}

async function aRepository({ store = new MemoryStore(), passphrase = '' } = {}) {
  await createRepository(store, {
    now: () => NOW,
    kdfMemoryMiB: 8,
    chunking: { minBytes: 1024, normalBytes: 4096, maxBytes: 16_384 },
    ...(passphrase === '' ? {} : { passphrase }),
  })
  return openRepository(store, { passphrase: async () => passphrase })
}

async function aWriter(
  repository: Repository,
  options: { onBytes?: (bytes: number) => void } = {},
): Promise<SnapshotWriter> {
  return newSnapshot(repository, {
    contentModule: CONTENT_MODULE,
    threads: 0,
    expected: { contents: 100, bytes: 1_000_000 },
    now: () => NOW,
    signal: new AbortController().signal,
    ...options,
  })
}

async function savedPhoto(repository: Repository): Promise<SnapshotReader> {
  await using writer = await aWriter(repository)
  const [content] = await storeAll(writer, [noise(30_000)])
  writer.addFile('/photos/a.jpg', { content: content!, modified: NOW })
  writer.addSymlink('/link', 'photos/a.jpg', NOW)
  const { id } = await writer.commit(HEADER)
  return openSnapshot(repository, id)
}

async function resultsOf(
  writer: SnapshotWriter,
  recipe: { id: number; bytes: Uint8Array; fails?: string; size?: number }[],
): Promise<ContentResult[]> {
  const results: ContentResult[] = []
  const batch = { ids: recipe.map(({ id }) => id), bytes: 0, recipe }
  for await (const result of writer.storeContents([batch])) results.push(result)
  return results
}

async function storeAll(
  writer: SnapshotWriter,
  contents: readonly Uint8Array[],
): Promise<StoredContent[]> {
  const stored: StoredContent[] = []
  const results = await resultsOf(
    writer,
    contents.map((bytes, id) => ({ id, bytes })),
  )
  for (const result of results) {
    if ('failure' in result) throw new Error(result.failure.message)
    stored[result.id] = result.stored
  }
  return stored
}

async function bytesAt(reader: SnapshotReader, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of reader.content((await reader.entry(path))!)) parts.push(part)
  return concatBytes(parts)
}

function countOf(repository: Repository, type: ResourceType): number {
  return [...repository.index.macs(type)].length
}

function chunksOf(repository: Repository): string[] {
  return [...repository.index.macs(ResourceType.CHUNK)].map((mac) => mac.join())
}

/** Bytes that nothing can compress, the same for the same seed. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed * 2_654_435_769 + 12_345
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

/** Trees of files and links, with names that are hard to sort and keep. */
function trees() {
  const name = fc.constantFrom('a', 'a!', 'ab', 'é', '\u{1f4f7}.jpg', '\uff5e', '\udcff', 'x\ny')
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`)
  const file = fc.tuple(
    path,
    fc.nat(20_000).map((length) => noise(length, length)),
  )
  const link = fc.tuple(
    path,
    fc.string({ minLength: 1 }).map((text) => text.replace(/[\ud800-\udfff]/g, '?')),
  )
  return fc
    .tuple(fc.array(file, { maxLength: 12 }), fc.array(link, { maxLength: 4 }))
    .map(([files, links]) => {
      const taken: string[] = []
      const isFree = ([path]: [string, unknown]) => {
        const clash = (other: string) =>
          other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`)
        if (taken.some(clash)) return false
        taken.push(path)
        return true
      }
      return { files: files.filter(isFree), links: links.filter(isFree) }
    })
}
