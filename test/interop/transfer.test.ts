/**
 * Snapshots that were copied: plakar reads what we copied, and we read what plakar copied.
 * @module
 */
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileTree } from '../support/file-tree.ts'
import { NO_PLAKAR, runPlakar, stopPlakar } from '../support/plakar.ts'
import { CHEAP_KDF, jsonLines, PASSPHRASE, type Ran, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

/** Of the other store. */
const PEER = 'quite another passphrase, and a long one'
const PEER_ENV = { TINTYPE_PEER_PASSPHRASE: PEER }

let home: string
/** Made by us, with a library of ours and a folder that plakar backed up. */
let mixed: string
/** Our own snapshot in it. */
let library: string
/** What plakar backed up. */
let source: string

beforeAll(async () => {
  if (NO_PLAKAR !== undefined) return
  home = mkdtempSync(join(tmpdir(), 'tintype-transfer-'))
  await runPlakar(home, ['-disable-security-check'])
  mixed = join(home, 'mixed')
  source = aFolder(join(home, 'source'))
  const { exports } = await sharedSample()
  await sound(runTintype(home, ['at', mixed, 'create', ...CHEAP_KDF]))
  for (const { folder } of exports) await runTintype(home, ['at', mixed, 'backup', folder])
  library = (await ids(mixed))[0]!
  await sound(runPlakar(home, ['at', mixed, 'backup', '-tag', 'folder', source]))
})
afterAll(async () => {
  if (NO_PLAKAR !== undefined) return
  await stopPlakar(home)
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(NO_PLAKAR !== undefined)(
  'snapshots that we copied into a store with another passphrase',
  () => {
    let copy: string

    beforeAll(async () => {
      copy = join(home, 'copy')
      const env = { TINTYPE_PASSPHRASE: PEER }
      await sound(runTintype(home, ['at', copy, 'create', ...CHEAP_KDF], { env }))
      await sound(runTintype(home, ['at', mixed, 'sync', 'to', copy], { env: PEER_ENV }))
    })

    it('have the same ids for plakar, and pass its check', async () => {
      const [theirs, ours] = [await plakarIds(copy, PEER), await ids(mixed)]
      const check = await sound(runPlakar(home, ['at', copy, 'check'], { PLAKAR_PASSPHRASE: PEER }))

      expect(theirs).toEqual(ours)
      expect(check.stdout + check.stderr).toContain('completed without errors')
    })

    it('are restored by plakar to what plakar restores from the original', async () => {
      for (const id of await ids(mixed)) {
        const [original, copied] = [join(home, `o-${id}`), join(home, `c-${id}`)]
        await runPlakar(home, ['at', mixed, 'restore', '-to', original, id])
        const env = { PLAKAR_PASSPHRASE: PEER }
        await runPlakar(home, ['at', copy, 'restore', '-to', copied, id], env)

        expect(fileTree(copied)).toEqual(fileTree(original))
      }
    })

    it('are a parent that a backup of plakar builds upon, and survive its maintenance', async () => {
      const env = { PLAKAR_PASSPHRASE: PEER, PLAKAR_LOCKLESS: '1', PLAKAR_GRACEPERIOD: '0s' }
      writeFileSync(join(source, 'later.txt'), 'came later')

      await sound(runPlakar(home, ['at', copy, 'backup', source], env))
      await sound(runPlakar(home, ['at', copy, 'maintenance'], env))
      await sound(runPlakar(home, ['at', copy, 'maintenance'], env))

      const full = { env: { TINTYPE_PASSPHRASE: PEER } }
      await sound(runTintype(home, ['at', copy, 'check', '--full'], full))
    })

    it('come back the other way, and nothing is copied twice', async () => {
      const env = PEER_ENV

      const back = await sound(
        runTintype(home, ['at', mixed, 'sync', '--json', 'with', copy], { env }),
      )

      const results = jsonLines(back).filter(({ type }) => type === 'result')
      expect(results).toMatchObject([
        { copied: 0, present: 3 },
        { copied: 1, present: 3 },
      ])
      expect((await ids(mixed)).length).toBe(4)
    })

    it('may have been tagged or duplicated by us', async () => {
      const [id] = (await ids(mixed)).filter((each) => each !== library)

      await sound(runTintype(home, ['at', mixed, 'tag', '--add', 'chosen', id!]))
      await sound(runTintype(home, ['at', mixed, 'dup', library]))

      const listed = await runPlakar(home, ['at', mixed, 'ls', '-uuid', '-tag', 'chosen'])
      expect(listed.stdout.trim().split('\n')).toHaveLength(1)
      expect(await plakarIds(mixed, PASSPHRASE)).toEqual(await ids(mixed))
      await sound(runPlakar(home, ['at', mixed, 'check']))
    })
  },
)

describe.skipIf(NO_PLAKAR !== undefined)("plakar's own sync", () => {
  it('copies from a store of ours into one of its own, and on into one of ours', async () => {
    const [theirs, ours] = [join(home, 'theirs'), join(home, 'ours')]
    await runPlakar(home, ['at', theirs, 'create', '-plaintext'])
    await runTintype(home, ['at', ours, 'create', '--plaintext'])
    await knownToPlakar('mixed', mixed, PASSPHRASE)

    const first = await runPlakar(home, ['at', theirs, 'sync', 'from', '@mixed'])
    const second = await runPlakar(home, ['at', theirs, 'sync', 'to', ours])

    expect(first, first.stderr).toMatchObject({ code: 0 })
    expect(second, second.stderr).toMatchObject({ code: 0 })
    expect(await ids(ours)).toEqual(await ids(mixed))
    await sound(runTintype(home, ['at', ours, 'check', '--full']))
  })
})

describe.skipIf(NO_PLAKAR !== undefined).each([
  { kind: 'encrypted', options: CHEAP_KDF },
  { kind: 'plaintext', options: ['--plaintext'] },
])('a .ptar of ours, $kind', ({ kind, options }) => {
  let file: string

  beforeAll(async () => {
    file = join(home, `ours-${kind}.ptar`)
    await sound(runTintype(home, ['at', mixed, 'ptar', '-o', file, ...options], { env: PEER_ENV }))
  })

  it('is listed, checked and restored by plakar', async () => {
    const env = { PLAKAR_PASSPHRASE: PEER }
    const [id] = await ids(mixed)
    const [theirs, ours] = [join(home, `p-${kind}`), join(home, `t-${kind}`)]

    expect(await plakarIds(file, PEER)).toEqual(await ids(mixed))
    await sound(runPlakar(home, ['at', file, 'check'], env))
    await runPlakar(home, ['at', file, 'restore', '-to', theirs, id!], env)
    await runPlakar(home, ['at', mixed, 'restore', '-to', ours, id!])
    expect(fileTree(theirs)).toEqual(fileTree(ours))
    expect(Object.keys(fileTree(ours)).length).toBeGreaterThan(50)
  })

  it('is read by us', async () => {
    const env = { TINTYPE_PASSPHRASE: PEER }

    await sound(runTintype(home, ['at', file, 'check', '--full'], { env }))
    const items = await sound(runTintype(home, ['at', file, 'items', '--json', library], { env }))
    const original = await sound(runTintype(home, ['at', mixed, 'items', '--json', library]))

    expect(items.stdout).toBe(original.stdout)
  })

  it('is synced by plakar into a store of its own', async () => {
    const theirs = join(home, `from-ptar-${kind}`)
    await runPlakar(home, ['at', theirs, 'create', '-plaintext'])
    await knownToPlakar(`ptar-${kind}`, file, PEER)

    await sound(runPlakar(home, ['at', theirs, 'sync', 'from', `@ptar-${kind}`]))

    expect(await plakarIds(theirs, PEER)).toEqual(await ids(mixed))
  })
})

describe.skipIf(NO_PLAKAR !== undefined)('a .ptar that plakar made', () => {
  it('is read by every reading command of ours, and copied into a store', async () => {
    const file = join(home, 'theirs.ptar')
    const env = { PLAKAR_PASSPHRASE: PASSPHRASE }
    await sound(runPlakar(home, ['ptar', '-o', file, source], env))
    const store = join(home, 'from-theirs')
    await runTintype(home, ['at', store, 'create', '--plaintext'])

    for (const command of [['ls'], ['ls', 'latest:/'], ['info'], ['check', '--full']]) {
      await sound(runTintype(home, ['at', file, ...command]))
    }
    await sound(runTintype(home, ['at', file, 'sync', 'to', store]))
    await sound(runTintype(home, ['at', store, 'restore', '--to', join(home, 'r')]))

    expect(fileTree(join(home, 'r', source))).toEqual(fileTree(source))
  })
})

/** plakar asks for the passphrase of a peer at a terminal, unless its configuration has it. */
async function knownToPlakar(name: string, location: string, passphrase: string): Promise<void> {
  await sound(runPlakar(home, ['store', 'add', name, location, `passphrase=${passphrase}`]))
}

async function sound(running: Promise<Ran>): Promise<Ran> {
  const ran = await running
  expect(ran, ran.stderr + ran.stdout).toMatchObject({ code: 0 })
  return ran
}

async function ids(store: string): Promise<string[]> {
  const lines = jsonLines(await runTintype(home, ['at', store, 'ls', '--json']))
  return lines.map(({ id }) => String(id)).sort()
}

async function plakarIds(store: string, passphrase: string): Promise<string[]> {
  const env = { PLAKAR_PASSPHRASE: passphrase }
  const { stdout } = await runPlakar(home, ['at', store, 'ls', '-uuid'], env)
  return (stdout.match(/\b[0-9a-f]{64}\b/g) ?? []).sort()
}

/** Files of all kinds. */
function aFolder(folder: string): string {
  mkdirSync(join(folder, 'Ünïcode 🌊/empty'), { recursive: true })
  writeFileSync(
    join(folder, 'large.bin'),
    Buffer.alloc(3_000_000, 'not quite the same everywhere 1'),
  )
  writeFileSync(join(folder, 'Ünïcode 🌊/nothing.txt'), '')
  symlinkSync('../large.bin', join(folder, 'Ünïcode 🌊/link'))
  linkSync(join(folder, 'large.bin'), join(folder, 'second name.bin'))
  writeFileSync(join(folder, 'program'), 'x')
  chmodSync(join(folder, 'program'), 0o4755)
  for (let file = 0; file < 60; file++) writeFileSync(join(folder, `f${file}`), `content ${file}`)
  return folder
}
