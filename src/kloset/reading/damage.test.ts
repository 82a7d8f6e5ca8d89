import { beforeEach, describe, expect, it } from 'vitest'
import { openFixture } from '../../../test/fixtures/kloset/open-fixture.ts'
import { NotInStoreError, type Store, StoreReadError } from '../../stores/store.ts'
import { utf8 } from '../../util/bytes.ts'
import { quietly } from '../../util/progress.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { NO_MAC } from '../mac-hex.ts'
import { indexMac } from '../records/header.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { BtreeReader, TreeKind } from './btree-reader.ts'
import { type CheckLevel, checkRepository } from './check.ts'
import {
  AmbiguousSnapshotError,
  findSnapshot,
  listSnapshots,
  SnapshotNotFoundError,
} from './snapshot-list.ts'
import {
  FileTooLargeError,
  openSnapshot,
  PathNotFoundError,
  type SnapshotReader,
} from './snapshot-reader.ts'

const BIG = '/data/src/big.bin'

let repository: Repository
let reader: SnapshotReader
beforeEach(async () => {
  repository = await openFixture('fs-plain')
  reader = await openSnapshot(repository, await findSnapshot(repository, 'latest'))
})

function check(level: CheckLevel) {
  return checkRepository(repository, {
    level,
    snapshots: repository.index.snapshots(),
    progress: quietly,
    signal: new AbortController().signal,
  })
}

async function contentOf(path: string): Promise<number> {
  let bytes = 0
  for await (const part of reader.content((await reader.entry(path))!)) bytes += part.length
  return bytes
}

/** Changes one byte of a blob where it is stored. */
async function damage(type: ResourceType, mac: string): Promise<string> {
  const { packfile, offset, length } = repository.index.locate(type, mac)!
  const bytes = await repository.store.get('packfile', packfile)
  bytes[16 + offset + length - 1]! ^= 1
  await repository.store.put('packfile', packfile, [bytes])
  return packfile
}

async function chunkOf(path: string, ordinal: number): Promise<string> {
  const { objectMac } = (await reader.entry(path))!
  return (await reader.object(objectMac!)).chunks[ordinal]!.contentMac
}

describe('a file with a damaged chunk', () => {
  it('is given out up to there, and then refused', async () => {
    await damage(ResourceType.CHUNK, await chunkOf(BIG, 2))
    const parts: number[] = []

    const reading = (async () => {
      const entry = (await reader.entry(BIG))!
      for await (const part of reader.content(entry)) parts.push(part.length)
    })()

    await expect(reading).rejects.toThrow(DamagedRepositoryError)
    expect(parts).toHaveLength(2)
  })

  it('is named by a full check, with its packfile', async () => {
    const packfile = await damage(ResourceType.CHUNK, await chunkOf(BIG, 2))

    const { problems } = await check('full')

    const subjects = problems.map(({ subject }) => subject)
    expect(subjects).toContain(`${reader.id.slice(0, 8)}:${BIG}`)
    expect(subjects).toContain(`packfile ${packfile}`)
    expect(problems.every(({ code }) => /^DAMAGED_(BLOB|FILE)$/.test(code))).toBe(true)
  })

  it('does not show in a quick check, which says what it did not read', async () => {
    await damage(ResourceType.CHUNK, await chunkOf(BIG, 2))

    const { problems, notRead } = await check('quick')

    expect(problems).toEqual([])
    expect(notRead).toContain('not read')
  })
})

describe('a packfile that is gone', () => {
  it('is noticed by a quick check, which names every file that needs it', async () => {
    const { packfile } = repository.index.locate(ResourceType.CHUNK, await chunkOf(BIG, 0))!
    await repository.store.remove('packfile', packfile)

    const { problems } = await check('quick')

    const codes = new Map(problems.map(({ code, subject }) => [subject, code]))
    expect(codes.get(`packfile ${packfile}`)).toBe('PACKFILE_MISSING')
    expect(codes.get(`${reader.id.slice(0, 8)}:${BIG}`)).toMatch(/^DAMAGED_/)
  })

  it('that was cut is noticed by a quick check', async () => {
    const { packfile } = repository.index.locate(ResourceType.CHUNK, await chunkOf(BIG, 0))!
    const bytes = await repository.store.get('packfile', packfile)
    await repository.store.put('packfile', packfile, [bytes.subarray(0, 5000)])

    const { problems } = await check('quick')

    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'PACKFILE_TOO_SHORT', subject: `packfile ${packfile}` }),
    )
  })
})

describe('any altered byte of a packfile', () => {
  it('is noticed by a full check', async () => {
    const packfiles = [...repository.index.packfiles()]
    for (const [n, packfile] of packfiles.entries()) {
      const bytes = await repository.store.get('packfile', packfile)
      for (const at of [9 + n, 20 + n, bytes.length >> 1, bytes.length - 200, bytes.length - 1]) {
        const altered = bytes.slice()
        altered[at]! ^= 4
        await repository.store.put('packfile', packfile, [altered])

        const { problems } = await check('full')

        expect(problems.some(({ subject }) => subject.includes(packfile))).toBe(true)
      }
      await repository.store.put('packfile', packfile, [bytes])
    }
    expect((await check('full')).problems).toEqual([])
  })
})

describe('a damaged listing', () => {
  it('is replaced by the tree, and named by a full check', async () => {
    const source = reader.header.sources[0]!
    const dirpacks = new BtreeReader(repository, TreeKind.INDEX, indexMac(source, 'dirpack')!)
    await damage(ResourceType.OBJECT, (await dirpacks.find('/data/src/many'))!)

    const names: string[] = []
    for await (const { name } of reader.list('/data/src/many')) names.push(name)

    expect(names).toHaveLength(130)
    const { problems } = await check('full')
    expect(problems.map(({ subject }) => subject)).toContain(
      `${reader.id.slice(0, 8)}:/data/src/many`,
    )
  })
})

describe('a damaged entry', () => {
  it('is found through its listing', async () => {
    const tree = new BtreeReader(repository, TreeKind.VFS, reader.header.sources[0]!.vfs.root)
    await damage(ResourceType.VFS_ENTRY, (await tree.find(BIG))!)

    expect(await contentOf(BIG)).toBeGreaterThan(10_000)
    const { problems } = await check('full')
    expect(problems.map(({ subject }) => subject)).toContain(`${reader.id.slice(0, 8)}:${BIG}`)
  })
})

describe('a damaged state', () => {
  it('is named by a quick check', async () => {
    const id = 'dd'.repeat(32)
    await repository.store.put('state', id, [
      utf8('this is no state, but it is long enough to be one'),
    ])

    const { problems } = await check('quick')

    expect(problems).toEqual([
      expect.objectContaining({ code: 'DAMAGED_FILE', subject: `state ${id}` }),
    ])
  })
})

describe('a damaged header', () => {
  it('is an error when snapshots are listed, and a finding of a check', async () => {
    await damage(ResourceType.SNAPSHOT, reader.id)

    await expect(listSnapshots(repository)).rejects.toThrow(DamagedRepositoryError)
    const { problems, snapshots } = await check('quick')
    expect(snapshots).toBe(0)
    expect(problems.map(({ subject }) => subject)).toEqual([`snapshot ${reader.id}`])
  })
})

describe('a disk that does not answer', () => {
  it('is never called damage', async () => {
    failReads(
      repository.store,
      () =>
        new StoreReadError('/disk/packfiles/x', Object.assign(new Error('EIO'), { code: 'EIO' })),
    )

    const { problems } = await check('full')

    expect(problems.length).toBeGreaterThan(0)
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['COULD_NOT_READ']))
  })

  it('ends reading with its own error', async () => {
    const entry = (await reader.entry(BIG))!
    failReads(repository.store, () => new StoreReadError('/disk/x', new Error('EIO')))

    await expect(reader.content(entry).next()).rejects.toThrow(StoreReadError)
  })

  it('is not confused with a packfile that is missing', async () => {
    failReads(repository.store, () => new NotInStoreError('packfile', 'ab'.repeat(32), 'here'))

    const { problems } = await check('full')

    expect(problems.map(({ code }) => code)).not.toContain('COULD_NOT_READ')
  })
})

describe('a check', () => {
  it('of one snapshot reads what that one needs', async () => {
    const two = await openFixture('fs-sha256-nocompression')
    const [one] = two.index.snapshots()

    const report = await checkRepository(two, {
      level: 'full',
      snapshots: [one!],
      progress: quietly,
      signal: new AbortController().signal,
    })

    expect(report).toMatchObject({ problems: [], snapshots: 1 })
    expect(report.notRead).toContain('other snapshots')
  })

  it('ends at once when it is interrupted', async () => {
    const options = {
      level: 'full',
      snapshots: repository.index.snapshots(),
      progress: quietly,
    } as const

    const checking = checkRepository(repository, { ...options, signal: AbortSignal.abort() })

    await expect(checking).rejects.toThrow('aborted')
  })
})

describe('reading', () => {
  it('a small file gives all of it, and refuses one that is larger than expected', async () => {
    const { size } = (await reader.entry('/data/src/hello.txt'))!

    expect(await reader.readFile('/data/src/hello.txt', size)).toHaveLength(size)
    await expect(reader.readFile('/data/src/hello.txt', size - 1)).rejects.toThrow(
      FileTooLargeError,
    )
  })

  it.for(['/data/src', '/nowhere', '/data/src/link', '/data/src/fifo'])(
    'says that there is no file at %s',
    async (path) => {
      await expect(reader.readFile(path, 1000)).rejects.toThrow(PathNotFoundError)
    },
  )

  it.for(['/data/src/hello.txt', '/nowhere', '/data/src/link'])(
    'says that there is no folder at %s',
    async (path) => {
      await expect(reader.list(path).next()).rejects.toThrow(PathNotFoundError)
    },
  )

  it('an empty folder lists nothing', async () => {
    const empty: string[] = []
    for await (const entry of reader.walk('/data/src')) {
      if (entry.kind !== 'directory') continue
      const { done } = await reader.list(entry.path).next()
      if (done) empty.push(entry.path)
    }

    expect(empty.length).toBeGreaterThan(0)
  })

  it('finds a snapshot by the first digits of its id', async () => {
    expect(await findSnapshot(repository, reader.id.slice(0, 6).toUpperCase())).toBe(reader.id)
    await expect(findSnapshot(repository, '00000000')).rejects.toThrow(SnapshotNotFoundError)
    await expect(findSnapshot(repository, '')).rejects.toThrow(SnapshotNotFoundError)
    await expect(openSnapshot(repository, reader.id.slice(0, 6))).rejects.toThrow(
      SnapshotNotFoundError,
    )
  })

  it('asks which snapshot is meant when several begin alike', async () => {
    const twin = `${reader.id.slice(0, 63)}${reader.id.endsWith('0') ? '1' : '0'}`
    const [packfile] = repository.index.packfiles()
    const location = {
      type: ResourceType.SNAPSHOT,
      mac: twin,
      packfile: packfile!,
      offset: 0,
      length: 1,
    }
    await repository.publish(
      { parent: NO_MAC, timestamp: 1n, locations: [location], packfiles: [] },
      'ee'.repeat(32),
    )

    const finding = findSnapshot(repository, reader.id.slice(0, 8))

    await expect(finding).rejects.toThrow(AmbiguousSnapshotError)
    await expect(finding).rejects.toMatchObject({ candidates: [reader.id, twin] })
    expect(await findSnapshot(repository, twin)).toBe(twin)
  })
})

/** From now on the store's packfiles cannot be read. */
function failReads(store: Store, failure: () => Error): void {
  const get = store.get.bind(store)
  store.get = (kind, name, range) =>
    kind === 'packfile' ? Promise.reject(failure()) : get(kind, name, range)
}
