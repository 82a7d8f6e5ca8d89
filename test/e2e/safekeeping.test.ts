/**
 * The commands around a store that is kept: drill, recovery kit, diff, digest, passphrases.
 * @module
 */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHEAP_KDF, jsonLines, PASSPHRASE, type Ran, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const result = (ran: Ran) => jsonLines(ran).at(-1)!

/** A store with both exports of the sample library, one snapshot each; tests only read it. */
let folder: ReturnType<typeof temporaryFolder>
let home = ''
let store = ''
let snapshots: string[] = []

beforeAll(async () => {
  folder = temporaryFolder()
  home = folder.path
  store = join(home, 'store')
  const { exports } = await sharedSample('zip')
  await runTintype(home, ['at', store, 'create', ...CHEAP_KDF])
  for (const each of exports) {
    const saved = await runTintype(home, ['--json', 'at', store, 'backup', each.folder])
    snapshots.push(String(result(saved).snapshot))
  }
})
afterAll(() => {
  snapshots = []
  folder[Symbol.dispose]()
})

const run = (...args: string[]) => runTintype(home, ['at', store, ...args])

describe('diff', () => {
  it('says what the second export brought', async () => {
    const ran = await run('--json', 'diff', snapshots[0]!, snapshots[1]!)

    expect(ran.code, ran.stderr).toBe(0)
    const lines = jsonLines(ran)
    expect(result(ran)).toMatchObject({ type: 'result', equal: false })
    const counts = result(ran) as unknown as { library: { items: { added: number } } }
    expect(counts.library.items.added).toBeGreaterThan(0)
    const added = lines.filter(
      ({ change, path }) => change === 'added' && /^\/photos\/.*\./.test(String(path)),
    )
    expect(added.length).toBeGreaterThanOrEqual(counts.library.items.added)
  })

  it('says that a snapshot is equal to itself, and gives scripts their exit code', async () => {
    const same = await run('diff', '--exit-code', snapshots[0]!, snapshots[0]!)
    const other = await run('diff', '--exit-code', '--summary', snapshots[0]!)

    expect(same).toMatchObject({ code: 0, stdout: expect.stringMatching(/^No difference/) })
    expect(other.code).toBe(1)
    expect(other.stdout).toMatch(/Photos and videos: \d+ new/)
  })
})

describe('digest', () => {
  it('gives the SHA-256 that the catalogue has for every photo', async () => {
    const ran = await run('--json', 'digest', 'latest:/photos')
    const items = jsonLines(await run('--json', 'items')) as unknown as {
      files: { path: string; sha256: string }[]
    }[]

    expect(ran.code, ran.stderr).toBe(0)
    const digests = jsonLines(ran).filter(({ type }) => type === 'digest')
    const expected = items.flatMap(({ files }) => files.map(({ path, sha256 }) => [path, sha256]))
    expect(digests.map(({ path, digest }) => [path, digest]).sort()).toEqual(expected.sort())
  })

  it('prints what shasum prints', async () => {
    const read = await run('cat', '/README.txt')
    const ran = await run('digest', '/README.txt')

    const sha256 = createHash('sha256').update(read.stdout).digest('hex')
    expect(ran.stdout).toBe(`SHA256 (/README.txt) = ${sha256}\n`)
  })
})

describe('drill', () => {
  it('goes well on a sound store, is silent when asked to be, and is remembered', async () => {
    const ran = await run('--json', 'drill', '--items', '20', '--seed', 'x')
    const silent = await run('--quiet', 'drill')

    expect(ran.code, ran.stderr).toBe(0)
    expect(result(ran)).toMatchObject({ status: 'sound', items: 20, compared: true, seed: 'x' })
    expect(silent).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const [note = ''] = readdirSync(join(home, 'config', 'known-stores'))
    const known = JSON.parse(readFileSync(join(home, 'config', 'known-stores', note), 'utf8'))
    expect(known).toMatchObject({ places: [{ location: store }], lastDrill: { status: 'sound' } })
  })

  it('ends with 65 and speaks up when packfiles are damaged, also when it is quiet', async () => {
    const damaged = join(home, 'damaged')
    cpSync(store, damaged, { recursive: true })
    for (const pack of filesBelow(join(damaged, 'packfiles'))) {
      const bytes = readFileSync(pack)
      for (let at = 4000; at < bytes.length - 4000; at += 4000) bytes[at]! ^= 1
      rmSync(pack) // packfiles are read-only
      writeFileSync(pack, bytes)
    }

    const ran = await runTintype(home, ['-q', 'at', damaged, 'drill', '--percent', '100'])

    expect(ran.code, ran.stdout + ran.stderr).toBe(65)
    expect(ran.stdout + ran.stderr).not.toBe('')
  })

  it('refuses two sizes at once', async () => {
    expect((await run('drill', '--items', '2', '--percent', '3')).code).toBe(64)
  })
})

describe('recovery-kit', () => {
  it('brings a lost CONFIG back, and with it the library', async () => {
    const copy = join(home, 'without-config')
    cpSync(store, copy, { recursive: true })
    const kit = join(home, 'kit.txt')
    expect((await run('recovery-kit', '--to', kit, '--hint', 'the poem')).code).toBe(0)
    rmSync(join(copy, 'CONFIG'))
    expect((await runTintype(home, ['at', copy, 'ls'])).code).toBe(66)

    const text = readFileSync(kit, 'utf8')
    const base64 = text.match(/^ {2}[A-Za-z0-9+/=]{16,64}$/gm)!.join('')
    writeFileSync(join(copy, 'CONFIG'), Buffer.from(base64, 'base64'))

    expect((await runTintype(home, ['at', copy, 'check', '--full'])).code).toBe(0)
    expect(text).toContain(createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex'))
  })

  it('holds no passphrase, is no page of its own twice, and knows HTML by its name', async () => {
    const kit = join(home, 'kit.html')

    const first = await run('recovery-kit', '--to', kit)
    const second = await run('recovery-kit', '--to', kit)
    const third = await run('--json', 'recovery-kit', '--to', kit, '--overwrite')

    expect([first.code, second.code, third.code]).toEqual([0, 64, 0])
    expect(result(third)).toMatchObject({ status: 'complete', format: 'html' })
    const html = readFileSync(kit, 'utf8')
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).toContain(store)
    expect(html).not.toContain(PASSPHRASE)
  })
})

describe('a copy in another store', () => {
  it('stands on the recovery kit after a sync, which has a passphrase of its own', async () => {
    const copy = join(home, 'copy')
    const own = { TINTYPE_PASSPHRASE: 'a passphrase of the copy alone' }
    await runTintype(home, ['at', copy, 'create', ...CHEAP_KDF], { env: own })

    const synced = await runTintype(home, ['at', store, 'sync', 'to', copy], {
      env: { TINTYPE_PEER_PASSPHRASE: own.TINTYPE_PASSPHRASE },
    })
    const kit = await run('recovery-kit')
    const line = await run('--json', 'recovery-kit')

    expect(synced.code, synced.stderr).toBe(0)
    expect(kit.stdout).toMatch(new RegExp(`A copy +${copy} \\(synced \\d{4}-\\d\\d-\\d\\d; store `))
    expect(jsonLines(line)[0]).toMatchObject({ copies: [{ location: copy }] })
  })

  it('is not opened with the passphrase of the first one', async () => {
    const ran = await run('sync', 'to', join(home, 'copy'))

    expect(ran.code).toBe(77)
    expect(ran.stderr).toMatch(/--peer-passphrase-file/)
  })
})

describe('a passphrase command', () => {
  it('opens the store, and is told to no child process', async () => {
    const script = join(home, 'pw.mjs')
    writeFileSync(
      script,
      `if (process.env.TINTYPE_PASSPHRASE || process.env.TINTYPE_PEER_PASSPHRASE) process.exit(9)
      console.log(${JSON.stringify(PASSPHRASE)})`,
    )
    const command = `'${process.execPath}' '${script}'`

    const ran = await runTintype(home, ['--passphrase-command', command, 'at', store, 'ls'], {
      env: { TINTYPE_PASSPHRASE: 'not this one', TINTYPE_PEER_PASSPHRASE: 'nor this one' },
    })

    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stdout.trim().split('\n')).toHaveLength(2)
  })

  it('that fails ends the run with 69 and says how', async () => {
    const command = `'${process.execPath}' -e 'process.exit(4)'`

    const ran = await runTintype(home, ['--passphrase-command', command, 'at', store, 'ls'])

    expect(ran.code).toBe(69)
    expect(ran.stderr).toMatch(/exit code 4/)
  })
})

function filesBelow(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
