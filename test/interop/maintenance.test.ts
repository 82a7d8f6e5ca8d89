/**
 * Both programs clean the same store, and each goes on with what the other left, with a cache that
 * knows the store as it was before (warm) and with none (cold).
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MaintenanceOptions, maintain } from '../../src/kloset/maintenance/maintain.ts'
import { openRepository, type Repository } from '../../src/kloset/repository.ts'
import { publishHold, releaseHold } from '../../src/kloset/state/hold-entries.ts'
import { acquireLock, release } from '../../src/kloset/state/locks.ts'
import { randomMac } from '../../src/kloset/state/random-mac.ts'
import { removeSnapshots } from '../../src/kloset/state/remove-snapshots.ts'
import { checkRepositoryAt } from '../../src/operations/check-repository.ts'
import { undoRemoval } from '../../src/operations/undo-removal.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { utf8 } from '../../src/util/bytes.ts'
import { systemClock } from '../../src/util/clock.ts'
import { quietly } from '../../src/util/progress.ts'
import { fileTree } from '../support/file-tree.ts'
import { NO_PLAKAR, runPlakar, stopPlakar } from '../support/plakar.ts'
import { CHEAP_KDF, PASSPHRASE, runTintype } from '../support/run-program.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

/** plakar leaves its own lock behind for minutes unless it takes none. */
const UNLOCKED = { PLAKAR_LOCKLESS: '1' }
const AT_ONCE = { ...UNLOCKED, PLAKAR_GRACEPERIOD: '0s' }

let folder: string
/** Homes of plakar: each has caches of its own. */
const homes: string[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tintype-maintenance-'))
})
afterAll(async () => {
  for (const home of homes) await stopPlakar(home)
  rmSync(folder, { recursive: true, force: true })
})

async function newHome(): Promise<string> {
  const home = mkdtempSync(join(folder, 'home-'))
  homes.push(home)
  await runPlakar(home, ['-disable-security-check'])
  return home
}

describe.skipIf(NO_PLAKAR !== undefined).each([
  { kind: 'encrypted', options: CHEAP_KDF },
  { kind: 'plaintext', options: ['--plaintext'] },
])('a store that both clean, $kind', ({ kind, options }) => {
  let store: string
  let source: string
  /** A home whose caches know every state there ever was. */
  let warm: string
  let cold: string
  const ids: string[] = []

  const open = () => openRepository(new FolderStore(store), { passphrase: async () => PASSPHRASE })

  async function ours<T>(work: (repository: Repository) => Promise<T>): Promise<T> {
    await using repository = await open()
    return await work(repository)
  }

  const maintenance = (more: Partial<MaintenanceOptions> = {}) =>
    ours((repository) =>
      maintain(repository, {
        ...{ clock: systemClock, progress: quietly, signal: new AbortController().signal },
        ...{ graceMs: 0, dryRun: false, repackBelow: 0, compactFrom: 2, yesReally: true },
        ...more,
      }),
    )

  async function plakar(home: string, args: string[], env: Record<string, string> = UNLOCKED) {
    const ran = await runPlakar(home, ['at', store, ...args], env)
    expect(ran, `plakar ${args.join(' ')}: ${ran.stderr}`).toMatchObject({ code: 0 })
    return ran.stdout
  }

  async function saveWithPlakar(version: number): Promise<void> {
    writeFileSync(join(source, 'changing.txt'), `version ${version} `.repeat(50_000))
    writeFileSync(join(source, `only-in-${version}.bin`), `${version}`.repeat(300_000))
    await plakar(warm, ['backup', source])
    rmSync(join(source, `only-in-${version}.bin`))
    const all = await ours(async ({ index }) => index.snapshots())
    ids.push(all.find((id) => !ids.includes(id))!)
  }

  async function expectAllSound(): Promise<void> {
    const { problems } = await ours((repository) =>
      checkRepositoryAt(repository, {
        ...{ level: 'full', progress: quietly, signal: new AbortController().signal },
        now: () => new Date(),
      }),
    )
    expect(problems).toEqual([])
    for (const home of [warm, cold]) {
      const listed = await plakar(home, ['ls', '-uuid'])
      const known = await ours(async ({ index }) => index.snapshots())
      expect(known.length).toBeGreaterThan(0)
      for (const id of ids) expect(listed.includes(id), id).toBe(known.includes(id))
      await plakar(home, ['check'])
    }
  }

  beforeAll(async () => {
    source = join(folder, `source-${kind}`)
    store = join(folder, `store-${kind}`)
    mkdirSync(join(source, 'empty'), { recursive: true })
    for (let file = 0; file < 60; file++) writeFileSync(join(source, `f${file}`), `file ${file}`)
    try {
      execFileSync('setfattr', ['-n', 'user.note', '-v', 'x'.repeat(50), join(source, 'f1')])
    } catch {
      process.stdout.write('without extended attributes: setfattr cannot set one here\n')
    }
    ;[warm, cold] = [await newHome(), await newHome()]
    await runTintype(folder, ['at', store, 'create', ...options])
    for (const version of [1, 2, 3, 4]) await saveWithPlakar(version)
  }, 120_000)

  it('keeps holds that plakar passes over, warm and cold', async () => {
    const hold = await ours((repository) =>
      publishHold(repository, utf8('{"name":"test"}'), () => new Date()),
    )
    await expectAllSound()
    await saveWithPlakar(5)
    await plakar(await newHome(), ['maintenance'], AT_ONCE)

    await ours((repository) => releaseHold(repository, hold, () => new Date()))

    await expectAllSound()
    expect(await ours(async ({ index }) => index.holds())).toEqual([])
  }, 120_000)

  it('lists once, for both, what was removed, announced to be deleted, and taken back', async () => {
    await ours((repository) => removeSnapshots(repository, [ids[3]!], () => new Date()))
    expect((await maintenance({ compactFrom: false })).coloured.length).toBeGreaterThan(0)
    await expectAllSound()

    const { signal } = new AbortController()
    await ours((repository) => undoRemoval(repository, [ids[3]!], { progress: quietly, signal }))
    const homes = [warm, cold, await newHome()]

    await expectAllSound()
    for (const home of homes) {
      const listed = await plakar(home, ['ls', '-uuid'])
      expect(listed.split(ids[3]!)).toHaveLength(2)
      await plakar(home, ['check', ids[3]!])
    }
  }, 120_000)

  it('is the same to both after each removed a snapshot', async () => {
    await ours((repository) => removeSnapshots(repository, [ids[0]!], () => new Date()))
    await plakar(warm, ['rm', '-apply', ids[1]!])

    expect(await ours(async ({ index }) => index.snapshots())).toHaveLength(3)
    await expectAllSound()
  }, 120_000)

  it('is sound to both after our maintenance colours, repacks and merges', async () => {
    const first = await maintenance({ repackBelow: 1.01 })
    expect(first.repacked.into.length).toBeGreaterThan(0)
    expect(first.states?.merged).toBeGreaterThan(2)
    cold = await newHome()

    await expectAllSound()
  }, 120_000)

  it('is sound to both after our maintenance swept', async () => {
    const second = await maintenance()
    expect(second.swept.length).toBeGreaterThan(0)
    cold = await newHome()

    await expectAllSound()
  }, 120_000)

  it('takes backups of plakar, warm and cold, and its maintenance, after ours', async () => {
    await saveWithPlakar(6)
    await plakar(cold, ['backup', source])
    const all = await ours(async ({ index }) => index.snapshots())
    ids.push(...all.filter((id) => !ids.includes(id)))
    await plakar(warm, ['rm', '-apply', ids[2]!])
    for (const home of [warm, cold, warm, cold]) await plakar(home, ['maintenance'], AT_ONCE)

    await expectAllSound()
  }, 120_000)

  it('goes on to be cleaned by both, as often as you like', async () => {
    for (const version of [7, 8]) {
      await saveWithPlakar(version)
      await ours((repository) => removeSnapshots(repository, [ids.at(-2)!], () => new Date()))
      for (const home of [warm, cold]) {
        await maintenance()
        await plakar(home, ['maintenance'], AT_ONCE)
      }
    }

    await expectAllSound()
  }, 120_000)

  it('still gives back every file, to both', async () => {
    const last = ids.at(-1)!
    const [theirs, own] = [join(folder, `theirs-${kind}`), join(folder, `own-${kind}`)]

    await plakar(cold, ['restore', '-to', theirs, last])
    const ran = await runTintype(folder, ['at', store, 'restore', '--to', own, last])

    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    expect(fileTree(join(own, source))).toMatchObject(fileTree(source))
    expect(fileTree(theirs)).toEqual(fileTree(join(own, source)))
  }, 120_000)

  it('keeps plakar out while we clean, and us while plakar saves', async () => {
    const id = randomMac()
    await ours((repository) => acquireLock(repository, id, { exclusive: true, clock: systemClock }))

    const refused = await runPlakar(warm, ['at', store, 'backup', source])

    expect(refused.code).not.toBe(0)
    await ours((repository) => release(repository, id))
    await ours((repository) =>
      acquireLock(repository, id, { exclusive: false, clock: systemClock }),
    )
    const cleaning = await runPlakar(warm, ['at', store, 'maintenance'])
    expect(cleaning.code).not.toBe(0)
    await expect(maintenance()).rejects.toMatchObject({ code: 'REPOSITORY_BUSY' })
    await ours((repository) => release(repository, id))
    expect(readdirSync(join(store, 'locks'))).toEqual([])
  }, 120_000)

  it('is rescued by us where a plakar that cleaned before takes moved packfiles for garbage', async () => {
    await plakar(warm, ['maintenance']) // remembers where everything is
    await maintenance({ repackBelow: 1.01 })
    await plakar(warm, ['maintenance']) // colours the new packfiles
    expect((await runPlakar(warm, ['at', store, 'check'], UNLOCKED)).code).not.toBe(0)

    const { rescued } = await maintenance()

    expect(rescued.length).toBeGreaterThan(0)
    await expectAllSound()
  }, 120_000)
})
