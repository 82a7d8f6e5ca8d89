import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHEAP_KDF, jsonLines, runTintype } from '../support/run-program.ts'
import { partName, photoEntries, zipOf } from '../support/small-export.ts'

let home: string
let ids: string[]

const tintype = (...words: string[]) => runTintype(home, ['at', join(home, 'store'), ...words])

/** Ids of the snapshots, newest first. */
async function listed(...options: string[]): Promise<unknown[]> {
  const ran = await tintype('ls', '--json', ...options)
  return jsonLines(ran).map(({ id }) => id)
}

async function backup(name: string): Promise<void> {
  const folder = join(home, name)
  mkdirSync(folder)
  writeFileSync(join(folder, partName(1)), zipOf(photoEntries(name)))
  expect(await tintype('backup', folder)).toMatchObject({ code: 0 })
}

/** Made once; every test has a copy. */
const template = mkdtempSync(join(tmpdir(), 'tintype-retention-template-'))

beforeAll(async () => {
  home = template
  await tintype('create', ...CHEAP_KDF)
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await backup(name)
  ids = (await listed()).map(String)
})
afterAll(() => rmSync(template, { recursive: true, force: true }))

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tintype-retention-'))
  cpSync(join(template, 'store'), join(home, 'store'), { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('ls with a query', () => {
  it('lists what the options mean', async () => {
    expect(await listed('--latest')).toEqual([ids[0]])
    expect(await listed('--since', '1h', '--per-year', '2')).toEqual(ids.slice(0, 2))
    expect(await listed('--before', '2001-01-01')).toEqual([])
    expect(await listed('--type', 'googlephotos', '--root', '/', '--tag', '!x')).toEqual(ids)
  })

  it('says what it cannot understand', async () => {
    const ran = await tintype('ls', '--since', 'yesterday')

    expect(ran.code).toBe(64)
    expect(ran.stderr).toContain('yesterday')
    expect(await tintype('ls', '--latest', 'latest')).toMatchObject({ code: 64 })
  })
})

describe('rm', () => {
  it('shows first, does it when told to, and takes it back', async () => {
    const shown = await tintype('rm', ids[2]!.slice(0, 10))
    expect(shown).toMatchObject({ code: 0 })
    expect(shown.stdout).toContain('Nothing was done')
    expect(await listed()).toEqual(ids)

    const done = await tintype('rm', '--apply', ids[2]!.slice(0, 10))
    expect(done.stdout).toContain('Removed 1 of 3 snapshots.')
    expect(await listed()).toEqual(ids.slice(0, 2))

    const back = await tintype('rm', '--undo', ids[2]!.slice(0, 10))
    expect(back.stdout).toContain('is back')
    expect(await listed()).toEqual(ids)
    expect(await tintype('check', '--full')).toMatchObject({ code: 0 })
  })

  it('removes nothing that nobody asked for', async () => {
    expect(await tintype('rm', '--apply')).toMatchObject({ code: 64 })
    expect(await tintype('rm', '--apply', 'ffffffffffff')).toMatchObject({ code: 66 })
    expect(await listed()).toEqual(ids)
  })

  it('leaves the newest when a filter means all', async () => {
    const lines = jsonLines(await tintype('rm', '--apply', '--json', '--since', '1h'))

    expect(lines.at(-1)).toMatchObject({ type: 'result', applied: true, kept: 1, removed: 2 })
    expect(lines[0]).toMatchObject({
      ...{ type: 'decision', snapshot: ids[0], action: 'keep' },
      reasons: [{ kind: 'newest' }],
    })
    expect(await listed()).toEqual([ids[0]])
  })

  it('frees its space by maintenance, and then cannot be taken back', async () => {
    await tintype('rm', '--apply', ids[0]!) // it alone has c.jpg
    const grace = ['maintenance', '--grace', '0s', '--yes-really']
    for (const _ of ['mark', 'sweep']) expect(await tintype(...grace)).toMatchObject({ code: 0 })

    const ran = await tintype('rm', '--undo', ids[0]!)

    expect(ran.code).toBe(66)
    expect(await listed()).toEqual(ids.slice(1))
    expect(await tintype('check', '--full')).toMatchObject({ code: 0 })
  })
})

describe('prune', () => {
  it('explains every decision, and removes what no rule keeps when told to', async () => {
    const shown = await tintype('prune', '--keep-last', '2', '--keep-monthly', '12')
    expect(shown.stdout).toMatch(/keep .*keep-last 2 \(no\. 1\); keep-monthly 12/)
    expect(shown.stdout).toMatch(/remove .*no rule keeps it/)
    expect(await listed()).toEqual(ids)

    const lines = jsonLines(await tintype('prune', '--json', '--apply', '--keep-last', '2'))
    expect(lines.map(({ action, status }) => action ?? status)).toEqual([
      ...['keep', 'keep', 'remove', 'complete'],
    ])
    expect(await listed()).toEqual(ids.slice(0, 2))
  })

  it('wants a rule, and one it can understand', async () => {
    expect(await tintype('prune', '--apply', '--since', '1h')).toMatchObject({ code: 64 })
    expect(await tintype('prune', '--keep-within', 'long')).toMatchObject({ code: 64 })
    expect(await tintype('prune', '--keep-last', '0')).toMatchObject({ code: 64 })
    expect(await listed()).toEqual(ids)
  })
})
