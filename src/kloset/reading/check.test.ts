import { beforeEach, describe, expect, it } from 'vitest'
import {
  FIXTURE_PASSPHRASE,
  type FixtureName,
  fixtureStore,
  openFixture,
} from '../../../test/fixtures/kloset/open-fixture.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { type Store, StoreReadError } from '../../stores/store.ts'
import { utf8 } from '../../util/bytes.ts'
import { quietly } from '../../util/progress.ts'
import { openRepository, type Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { type CheckOptions, checkRepository, type SampleSize } from './check.ts'
import { openSnapshot } from './snapshot-reader.ts'

const NAME = 'dd'.repeat(32)
const BIG = '/data/src/big.bin'

let repository: Repository
let store: Store
beforeEach(async () => {
  repository = await openFixture('fs-plain')
  store = repository.store
})

function check(options: Partial<CheckOptions> = {}, of = repository) {
  return checkRepository(of, {
    ...{ level: 'full', snapshots: of.index.snapshots(), now: () => new Date(5000) },
    ...{ progress: quietly, signal: new AbortController().signal },
    ...options,
  })
}

/** Lets `alter` change what each read of a packfile gives, or throw. */
function onRead(alter: (bytes: Uint8Array, name: string, times: number) => void): void {
  const times = new Map<string, number>()
  const get = store.get.bind(store)
  store.get = async (kind, name, range) => {
    const bytes = await get(kind, name, range)
    if (kind !== 'packfile') return bytes
    const key = `${name} ${range?.offset} ${range?.length}`
    times.set(key, (times.get(key) ?? 0) + 1)
    alter(bytes, name, times.get(key)!)
    return bytes
  }
}

function codesOf(problems: readonly { code: string }[]): string[] {
  return [...new Set(problems.map(({ code }) => code))].sort()
}

async function chunksOf(path: string): Promise<string[]> {
  const reader = await openSnapshot(repository, repository.index.snapshots()[0]!)
  const { objectMac } = (await reader.entry(path))!
  return (await reader.object(objectMac!)).chunks.map(({ contentMac }) => contentMac)
}

describe('a full check', () => {
  it.for(['fs-plain', 'fs-encrypted', 'fs-sha256-nocompression', 'plain.ptar', 'encrypted.ptar'])(
    'of %s finds it sound, with nothing left over',
    async (name) => {
      const fixture = await openFixture(name as FixtureName)

      const report = await check({}, fixture)

      expect(report).toMatchObject({ problems: [], notes: [], notRead: '' })
      expect(report.packfilesRead).toBe(report.packfiles)
      expect(report.files).toBeGreaterThan(0)
      expect(report.bytes).toBeGreaterThan(0)
    },
  )

  it('reads the contents of files once', async () => {
    const reads = new Map<string, number>()
    const chunks = await chunksOf(BIG)
    const places = chunks.map((mac) => repository.index.locate(ResourceType.CHUNK, mac)!)
    const get = store.get.bind(store)
    store.get = (kind, name, range) => {
      for (const { packfile, offset, length } of kind === 'packfile' ? places : []) {
        const [from, to] = [range?.offset ?? 0, (range?.offset ?? 0) + (range?.length ?? 0)]
        if (name !== packfile || from > 16 + offset || to < 16 + offset + length) continue
        reads.set(`${offset}`, (reads.get(`${offset}`) ?? 0) + 1)
      }
      return get(kind, name, range)
    }

    expect((await check()).problems).toEqual([])

    expect(chunks.length).toBeGreaterThan(3)
    expect([...reads.values()]).toEqual(places.map(() => 1))
  })

  it('believes the store when the network altered something on its way', async () => {
    const altered = new Set<string>()
    onRead((bytes, name) => {
      if (bytes.length < 4000 || altered.has(name)) return
      altered.add(name)
      bytes[bytes.length >> 1]! ^= 1
    })

    const { problems, notes } = await check()

    expect(problems).toEqual([])
    expect(codesOf(notes)).toEqual(['UNSTEADY_READ'])
  })

  it('asks again when the store does not answer', async () => {
    onRead((_bytes, _name, times) => {
      if (times === 1) throw new StoreReadError('/disk/x', new Error('EIO'))
    })

    expect((await check()).problems).toEqual([])
  })

  it('calls what never answers unread, not damaged', async () => {
    onRead(() => {
      throw Object.assign(new Error('the service is busy'), { code: 'STORE_UNREACHABLE' })
    })

    expect(codesOf((await check()).problems)).toEqual(['COULD_NOT_READ'])
  })

  it('finds packfiles that are sound but exchanged', async () => {
    const [one, other] = [...repository.index.packfiles()]
    const bytes = await Promise.all([one!, other!].map((name) => store.get('packfile', name)))
    await store.put('packfile', one!, [bytes[1]!])
    await store.put('packfile', other!, [bytes[0]!])

    expect(codesOf((await check()).problems)).toContain('PACKFILE_MISMATCH')
  })
})

describe('every check', () => {
  it('notes packfiles that no state names, and finds nothing wrong with them', async () => {
    const [packfile] = repository.index.packfiles()
    await store.put('packfile', NAME, [await store.get('packfile', packfile!)])

    for (const level of ['quick', 'sample', 'full'] as const) {
      const { problems, notes } = await check({ level })

      expect(problems).toEqual([])
      expect(notes).toMatchObject([{ code: 'ORPHAN_PACKFILE', subject: `packfile ${NAME}` }])
    }
  })

  it('reports a lock that nobody can read', async () => {
    await store.put('lock', NAME, [utf8('not a lock, but long enough to be taken for one')])

    for (const level of ['quick', 'full'] as const) {
      const { problems } = await check({ level })

      expect(problems).toMatchObject([{ code: 'UNREADABLE_LOCK', subject: `lock ${NAME}` }])
    }
  })

  it('names what a repair has set aside', async () => {
    await store.put('quarantine', NAME, [utf8('{}\nold bytes')])

    const { problems, notes } = await check()

    expect(problems).toEqual([])
    expect(codesOf(notes)).toEqual(['IN_QUARANTINE'])
  })
})

describe('a sample', () => {
  /** As a person with a cache folder would check, week after week. */
  async function weekly(cacheDir: string, sample: SampleSize, week: number) {
    await using opened = await openRepository(await fixtureStore('fs-plain'), {
      passphrase: async () => FIXTURE_PASSPHRASE,
      cacheDir,
    })
    const read = new Set<string>()
    const get = opened.store.get.bind(opened.store)
    opened.store.get = (kind, name, range) => {
      if (kind === 'packfile' && range?.offset === 0) read.add(name) // its header: it is read whole
      return get(kind, name, range)
    }
    const report = await check({ level: 'sample', sample, now: () => new Date(week) }, opened)
    expect(report.problems).toEqual([])
    expect(report.packfilesRead).toBe(read.size)
    return read
  }

  it('begins with what was not read for longest, so that all is read in time', async () => {
    using folder = temporaryFolder()
    const everything = [...repository.index.packfiles()].sort()
    const seen = new Set<string>()
    const counts = new Map<string, number>()
    for (let week = 1; week <= 12; week++) {
      for (const name of await weekly(folder.path, { count: 1 }, week)) {
        seen.add(name)
        counts.set(name, (counts.get(name) ?? 0) + 1)
      }
    }

    expect([...seen].sort()).toEqual(everything)
  })

  it('of everything reads everything, and one of a share at least that', async () => {
    using folder = temporaryFolder()
    const all = [...repository.index.packfiles()].length

    expect((await weekly(folder.path, { share: 1 }, 1)).size).toBe(all)
    expect((await weekly(folder.path, { count: 1000 }, 2)).size).toBe(all)
    expect((await weekly(folder.path, { bytes: 1 }, 3)).size).toBeGreaterThan(0)
    expect((await weekly(folder.path, { bytes: 1 }, 3)).size).toBeLessThan(all)
  })

  it('names the files that need what is damaged', async () => {
    const [mac] = await chunksOf(BIG)
    const { packfile, offset } = repository.index.locate(ResourceType.CHUNK, mac!)!
    const bytes = await store.get('packfile', packfile)
    bytes[16 + offset + 3]! ^= 1
    await store.put('packfile', packfile, [bytes])

    const { problems, notRead } = await check({ level: 'sample', sample: { share: 1 } })

    const subjects = problems.map(({ subject }) => subject)
    expect(subjects.some((subject) => subject.endsWith(`:${BIG}`))).toBe(true)
    expect(subjects.some((subject) => subject.startsWith(`packfile ${packfile}`))).toBe(true)
    expect(notRead).toContain('sample')
  })
})

describe('what a check proved', () => {
  it('is remembered of snapshots when everything of them was read', async () => {
    using folder = temporaryFolder()
    const options = { passphrase: async () => FIXTURE_PASSPHRASE, cacheDir: folder.path }
    const fixture = await fixtureStore('fs-plain')
    const opened = await openRepository(fixture, options)
    const [id] = opened.index.snapshots()

    await check({ level: 'quick' }, opened)
    expect(await opened.local?.memory.snapshotVerifiedAt(id!)).toBeUndefined()
    await check({}, opened)

    const again = await openRepository(fixture, options)
    expect(await again.local?.memory.snapshotVerifiedAt(id!)).toBe(5000)
  })
})

describe('what vanished from a store', () => {
  it('is reported until somebody accepts it', async () => {
    using folder = temporaryFolder()
    const options = { passphrase: async () => FIXTURE_PASSPHRASE, cacheDir: folder.path }
    const fixture = await fixtureStore('fs-plain')
    const before = await openRepository(fixture, options)
    for (const id of before.index.stateIds()) await fixture.remove('state', id)

    const after = await openRepository(fixture, options)

    const { problems } = await check({ level: 'quick' }, after)
    expect(codesOf(problems)).toEqual(['SNAPSHOT_VANISHED', 'STATE_VANISHED'])
    await after.local?.accept()
    const accepted = await openRepository(fixture, options)
    expect((await check({ level: 'quick' }, accepted)).problems).toEqual([])
  })
})
