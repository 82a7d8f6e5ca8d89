import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { NO_RCLONE, rcloneEnvironment } from '../../../test/support/rclone/rclone-world.ts'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import { collect, describeStore } from '../store.conformance.ts'
import { StoreExistsError, StoreReadError } from '../store.ts'
import { RcloneStore } from './rclone-store.ts'

if (NO_RCLONE !== undefined) process.stdout.write(`skipped, ${NO_RCLONE}\n`)

const NAME = 'ab'.repeat(32)
const home = mkdtempSync(join(tmpdir(), 'rclone-store-'))
afterAll(() => rmSync(home, { recursive: true }))
const env = NO_RCLONE === undefined ? rcloneEnvironment(home) : {}
const remote = join(home, 'remote')
let places = 0

/** One rclone for all tests of this file, as worker threads share that of the first. */
const first = new RcloneStore('folder:', { env })
afterAll(() => first[Symbol.asyncDispose]())

async function sharing(): Promise<{ env: Record<string, string | undefined> }> {
  await first.list('lock').next()
  return { env: { ...first.threadOpener.settings.env } }
}

async function aVacantStore(now?: () => Date): Promise<RcloneStore & { path: string }> {
  places += 1
  const path = join(remote, `place ${places}`)
  const store = new RcloneStore(`folder:place ${places}`, await sharing(), now)
  return Object.assign(store, { path })
}

async function aStore(now?: () => Date): Promise<RcloneStore & { path: string }> {
  const store = await aVacantStore(now)
  await store.create(utf8('CONFIG'))
  return store
}

describe.skipIf(NO_RCLONE !== undefined)('rclone', () => {
  describeStore('rclone', aVacantStore)
  describeStore('rclone, encrypted by rclone', async () => {
    places += 1
    return new RcloneStore(`locked:place ${places}`, await sharing())
  })

  describe('a store on a remote of rclone', () => {
    it('is laid out as in a folder', async () => {
      await using store = await aStore()

      await store.put('packfile', NAME, [utf8('x')])
      await store.put('lock', NAME, [utf8('x')])

      expect((await readdir(store.path)).toSorted()).toEqual([
        'CONFIG',
        'locks',
        'packfiles',
        'states',
      ])
      expect(await readFile(join(store.path, `packfiles/ab/${NAME}`), 'utf8')).toBe('x')
      expect(await readFile(join(store.path, `locks/${NAME}`), 'utf8')).toBe('x')
    })

    it('may lie at an absolute path', async () => {
      places += 1
      const { env } = await sharing()
      await using store = new RcloneStore(`disk:${remote}/place ${places}`, { env })

      await store.create(utf8('CONFIG'))

      expect(await readFile(join(remote, `place ${places}/CONFIG`), 'utf8')).toBe('CONFIG')
      expect(store.location).toBe(`rclone:disk:${remote}/place ${places}`)
    })

    it('is not made where other files are', async () => {
      await using store = await aVacantStore()
      await mkdir(store.path)
      await writeFile(join(store.path, 'holiday.jpg'), 'x')

      await expect(store.create(utf8('CONFIG'))).rejects.toThrow(StoreExistsError)

      expect(await readdir(store.path)).toEqual(['holiday.jpg'])
    })

    it('passes over files that are not its own', async () => {
      await using store = await aStore()
      await store.put('packfile', NAME, [utf8('x')])
      const at = (path: string) => join(store.path, path)
      await writeFile(at('packfiles/tmp.123'), 'growing')
      await writeFile(at(`packfiles/ab/${NAME}.frozen`), 'foreign')
      await mkdir(at('packfiles/00'))
      await writeFile(at(`packfiles/00/${NAME}`), 'in the wrong bucket')

      expect(await collect(store.list('packfile'))).toEqual([NAME])
    })

    it('does not look empty when a whole folder of it is gone', async () => {
      await using store = await aStore()
      await rmSync(join(store.path, 'states'), { recursive: true })

      await expect(collect(store.list('state'))).rejects.toThrow(StoreReadError)
    })

    it('is tidied of what dead runs left, but not of what is being written', async () => {
      const now = new Date('2024-05-01T12:00:00Z')
      await using store = await aStore(() => now)
      const at = (path: string) => join(store.path, path)
      for (const name of ['tmp.1', 'tmp.2', 'tmp.mine']) {
        await writeFile(at(name), 'half')
        await utimes(at(name), now, new Date('2024-05-01T10:59:59Z'))
      }
      await utimes(at('tmp.2'), now, new Date('2024-05-01T11:00:01Z'))

      await store.put('lock', NAME, [utf8('x')])

      const left = await readdir(store.path)
      expect(left.filter((name) => name.startsWith('tmp')).toSorted()).toEqual([
        'tmp.2',
        'tmp.mine',
      ])
    })

    it('takes a lock that is refreshed with another of the same size', async () => {
      await using store = await aStore()
      await store.put('lock', NAME, [utf8('at noon')])
      const { mtime } = { mtime: new Date('2024-05-01T12:00:00Z') }
      await utimes(join(store.path, `locks/${NAME}`), mtime, mtime)

      await store.put('lock', NAME, [utf8('at one.')])

      expect(fromUtf8(await store.get('lock', NAME))).toBe('at one.')
    })

    it('keeps packfiles of 32 MiB, and empty files', async () => {
      await using store = await aStore()
      const part = Uint8Array.from({ length: 1 << 20 }, (_, at) => (at * 7 + (at >> 8)) & 0xff)

      await store.put(
        'packfile',
        NAME,
        Array.from({ length: 32 }, () => part),
      )
      await store.put('state', NAME, [])

      expect(await store.size('packfile', NAME)).toBe(32 << 20)
      const range = { offset: (20 << 20) + 5, length: 70_000 }
      expect(await store.get('packfile', NAME, range)).toEqual(part.slice(5, 70_005))
      expect(await store.get('state', NAME)).toHaveLength(0)
    })

    it('lends its rclone to other threads, and goes on with another when that one is gone', async () => {
      const lender = await aStore()
      const own = new RcloneStore(lender.location.slice('rclone:'.length), { env })
      await own.getConfig()
      const { location, settings } = own.threadOpener
      await using borrower = new RcloneStore(location.slice('rclone:'.length), settings)
      expect(fromUtf8(await borrower.getConfig())).toBe('CONFIG')

      await own[Symbol.asyncDispose]()

      await borrower.getConfig().catch(() => {}) // finds out
      expect(fromUtf8(await borrower.getConfig())).toBe('CONFIG')
    })
  })
})
