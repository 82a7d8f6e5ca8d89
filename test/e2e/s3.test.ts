/**
 * The whole program with a store in S3: the server is a process of its own, worker threads talk to
 * it for themselves.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileTree } from '../support/file-tree.ts'
import { CHEAP_KDF, jsonLines, type Ran, runTintype } from '../support/run-program.ts'
import { S3Double } from '../support/s3/s3-double.ts'
import { type S3Server, startS3Server } from '../support/s3/server-process.ts'
import { planTrouble } from '../support/s3/trouble.ts'
import { sharedSample } from '../support/shared-sample.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let server: S3Server
beforeAll(async () => {
  server = await startS3Server('--page-size', '5')
})
afterAll(() => server[Symbol.asyncDispose]())

const home = temporaryFolder()
afterAll(() => home[Symbol.dispose]())

const outputs: string[] = []

async function run(args: string[], env: Record<string, string> = server.env): Promise<Ran> {
  const ran = await runTintype(home.path, args, { env })
  outputs.push(ran.stdout, ran.stderr)
  return ran
}

const snapshots = async (store: string) =>
  jsonLines(await run(['at', store, 'ls', '--json'])).map(({ id }) => String(id))

/** Somebody else holds the lock. */
const BUSY = 75

/** SHA-256 of every photo and video in an export. */
async function mediaOf(exportIndex: 0 | 1): Promise<Set<string>> {
  const { truth } = (await sharedSample()).exports[exportIndex]
  return new Set(truth.entries.filter((e) => e.class === 'media').map((e) => e.sha256))
}

function restoredMedia(folder: string): Set<string> {
  const files = Object.entries(fileTree(folder)).filter(([path]) => path.startsWith('photos/'))
  return new Set(files.map(([, content]) => content))
}

describe('a store in a bucket', () => {
  it('is made, backed up to by threads, checked and restored, byte for byte', async () => {
    const store = server.location('whole')
    const { folder } = (await sharedSample()).exports[0]
    const out = join(home.path, 'out')

    const created = await run(['at', store, 'create', ...CHEAP_KDF])
    const saved = await run(['at', store, 'backup', '--threads', '2', folder])
    const checked = await run(['at', store, 'check', '--full'])
    const restored = await run(['at', store, 'restore', '--to', out])

    expect([created.code, saved.code, checked.code, restored.code], saved.stderr).toEqual([
      0, 3, 0, 0,
    ])
    expect(restoredMedia(out)).toEqual(await mediaOf(0))
  })

  it('is not filled again with what it has', async () => {
    const store = server.location('whole')
    const { folder } = (await sharedSample()).exports[0]

    const again = await run(['at', store, 'backup', '--json', folder])

    expect(jsonLines(again).at(-1)).toMatchObject({ type: 'result', added: 0 })
    expect(await snapshots(store)).toHaveLength(2)
  })

  it('can lie beside another one; both are written to and cleaned at once', async () => {
    const stores = [server.location('ann'), server.location('ben')]
    const { exports } = await sharedSample()
    for (const [at, store] of stores.entries()) {
      await run(['at', store, 'create', ...CHEAP_KDF])
      // What the first backup left behind is what there is to clean away.
      await run(['at', store, 'backup', exports[1 - at]!.folder])
      await run(['at', store, 'rm', '--apply', 'latest'])
    }
    let backups = stores.length
    const backUp = async (store: string, folder: string) => {
      let ran: Ran
      do ran = await run(['at', store, 'backup', folder])
      while (ran.code === BUSY)
      backups -= 1
      return ran.code
    }
    const clean = async () => {
      const codes: unknown[] = []
      while (backups > 0) {
        for (const store of stores) {
          codes.push(
            (await run(['at', store, 'maintenance', '--grace', '0s', '--yes-really'])).code,
          )
        }
      }
      return codes
    }

    const [saved, cleaned] = await Promise.all([
      Promise.all(stores.map((store, at) => backUp(store, exports[at]!.folder))),
      clean(),
    ])

    expect(saved).toEqual([3, 3])
    expect(cleaned.filter((code) => code !== 0 && code !== BUSY)).toEqual([])
    for (const [at, store] of stores.entries()) {
      const out = join(home.path, `out-${at}`)
      expect(await snapshots(store)).toHaveLength(1)
      expect((await run(['at', store, 'check', '--full'])).code).toBe(0)
      expect((await run(['at', store, 'restore', '--to', out])).code).toBe(0)
      expect(restoredMedia(out)).toEqual(await mediaOf(at as 0 | 1))
    }
  }, 240_000)

  it('takes two backups at once', async () => {
    const store = server.location('both')
    const { exports } = await sharedSample()
    await run(['at', store, 'create', ...CHEAP_KDF])

    const ran = await Promise.all(exports.map(({ folder }) => run(['at', store, 'backup', folder])))

    // Who comes second builds upon a library that is not the latest any more, and says so.
    const codes = ran.map(({ code }) => code).sort()
    expect([3, BUSY]).toContain(codes[0])
    expect([3, BUSY]).toContain(codes[1])
    expect(codes).toContain(3)
    expect(await snapshots(store)).toHaveLength(codes.filter((code) => code === 3).length)
    expect((await run(['at', store, 'check', '--full'])).code).toBe(0)
  })

  it('says what is wrong: no such bucket, no store, wrong keys, no keys, nobody there', async () => {
    const store = server.location('whole')
    const wrong = { ...server.env, AWS_SECRET_ACCESS_KEY: 'another one' }

    const codes = [
      (await run(['at', store.replace('/photos/', '/no-such-bucket/'), 'ls'])).code,
      (await run(['at', server.location('nothing-here'), 'ls'])).code,
      (await run(['at', store, 'ls'], wrong)).code,
      (await run(['at', store, 'ls'], {})).code,
      (await run(['at', 's3+http://127.0.0.1:1/photos', 'ls'])).code,
      (await run(['at', 's3://127.0.0.1', 'ls'])).code,
      (await run(['at', 's3+http://example.org/photos', 'ls'])).code,
    ]

    expect(codes).toEqual([66, 66, 77, 77, 69, 64, 64])
  })

  it('leaves no key in anything that is printed', () => {
    expect(outputs.join('').length).toBeGreaterThan(1000)
    expect(outputs.join('')).not.toContain(server.env.AWS_SECRET_ACCESS_KEY)
  })
})

describe('with credentials that may not delete', () => {
  it('everything but freeing space works: backup, check, restore', async () => {
    await using growing = await startS3Server('--forbid-delete')
    const store = growing.location('')
    const { exports } = await sharedSample()
    const out = join(home.path, 'out-growing')
    const inGrowing = (args: string[]) => run(['at', store, ...args], growing.env)

    const codes = [
      (await inGrowing(['create', ...CHEAP_KDF])).code,
      (await inGrowing(['backup', exports[0].folder])).code,
      (await inGrowing(['check', '--full'])).code,
      (await inGrowing(['restore', '--to', out])).code,
    ]

    expect(codes).toEqual([0, 3, 0, 0])
    expect(restoredMedia(out)).toEqual(await mediaOf(0))
  })
})

describe('a server on a bad day', () => {
  it('costs time only: what was saved is right, and nothing is called damaged', async () => {
    await using bad = await S3Double.start()
    const struck = planTrouble(bad, 31)
    const store = bad.location('bad')
    const { exports } = await sharedSample()
    const out = join(home.path, 'out-bad')
    const inBad = (args: string[]) => run(['at', store, ...args], bad.env)

    const codes = [
      (await inBad(['create', ...CHEAP_KDF])).code,
      (await inBad(['backup', exports[0].folder])).code,
      (await inBad(['check', '--full'])).code,
      (await inBad(['restore', '--to', out])).code,
    ]

    expect(codes).toEqual([0, 3, 0, 0])
    expect(restoredMedia(out)).toEqual(await mediaOf(0))
    expect(struck()).toBeGreaterThan(5)
  }, 240_000)
})
