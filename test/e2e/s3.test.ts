/**
 * The whole program with a store in S3: the server is a process of its own, worker threads talk to
 * it for themselves.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileTree } from '../support/file-tree.ts'
import { CHEAP_KDF, jsonLines, type Ran, runTintype } from '../support/run-program.ts'
import { type S3Server, startS3Server } from '../support/s3/server-process.ts'
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

/** SHA-256 of every photo and video in the first export. */
async function firstMedia(): Promise<Set<string>> {
  const { truth } = (await sharedSample()).exports[0]
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
    expect(restoredMedia(out)).toEqual(await firstMedia())
  })

  it('is not filled again with what it has', async () => {
    const store = server.location('whole')
    const { folder } = (await sharedSample()).exports[0]

    const again = await run(['at', store, 'backup', '--json', folder])

    expect(jsonLines(again).at(-1)).toMatchObject({ type: 'result', added: 0 })
    expect(await snapshots(store)).toHaveLength(2)
  })

  it('can lie beside another one, and both be written to at once', async () => {
    const stores = [server.location('ann'), server.location('ben')]
    const { exports } = await sharedSample()
    for (const store of stores) await run(['at', store, 'create', ...CHEAP_KDF])

    await Promise.all(stores.map((store, at) => run(['at', store, 'backup', exports[at]!.folder])))

    for (const store of stores) {
      const checked = await run(['at', store, 'check', '--full'])
      expect(checked.code, checked.stdout + checked.stderr).toBe(0)
      expect(await snapshots(store)).toHaveLength(1)
    }
  })

  it('takes two backups at once', async () => {
    const store = server.location('both')
    const { exports } = await sharedSample()
    await run(['at', store, 'create', ...CHEAP_KDF])

    const ran = await Promise.all(exports.map(({ folder }) => run(['at', store, 'backup', folder])))

    // Who comes second builds upon a library that is not the latest any more, and says so.
    const codes = ran.map(({ code }) => code).sort()
    expect([3, 75]).toContain(codes[0])
    expect([3, 75]).toContain(codes[1])
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
    expect(restoredMedia(out)).toEqual(await firstMedia())
  })
})
