import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NO_PLAKAR, runPlakar, stopPlakar } from '../support/plakar.ts'
import { CHEAP_KDF, jsonLines, runTintype } from '../support/run-program.ts'
import { partName, photoBytes, photoEntries, zipOf } from '../support/small-export.ts'

let home: string
let store: string
let ids: string[]

const tintype = (...words: string[]) => runTintype(home, ['at', store, ...words])
const because = ['--reason', 'audit', '--author', 'Ann']

async function listed(): Promise<string[]> {
  return jsonLines(await tintype('ls', '--json')).map(({ id }) => String(id))
}

async function backup(name: string, album?: string): Promise<void> {
  const folder = join(home, name)
  mkdirSync(folder)
  const albumFolder = `Takeout/Google Photos/${album}`
  const inAlbum = [
    { path: `${albumFolder}/${name}`, bytes: photoBytes(name) },
    { path: `${albumFolder}/metadata.json`, bytes: Buffer.from(JSON.stringify({ title: album })) },
  ]
  const entries = [...photoEntries(name), ...(album === undefined ? [] : inAlbum)]
  writeFileSync(join(folder, partName(1)), zipOf(entries))
  expect(await tintype('backup', folder)).toMatchObject({ code: 0 })
}

/** Made once; every test has a copy. */
const template = mkdtempSync(join(tmpdir(), 'tintype-holds-template-'))

beforeAll(async () => {
  home = template
  store = join(home, 'store')
  await tintype('create', ...CHEAP_KDF)
  await backup('a.jpg', 'Wedding')
  await backup('b.jpg')
  ids = await listed()
})
afterAll(() => rmSync(template, { recursive: true, force: true }))

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tintype-holds-'))
  store = join(home, 'store')
  cpSync(join(template, 'store'), store, { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('a hold', () => {
  it('is listed with what it covers, and goes on record when it ends', async () => {
    const album = ['--album', 'wedding', '--until', '2099-12-31']
    expect(await tintype('hold', 'add', 'w', ...album, ...because)).toMatchObject({ code: 0 })

    const [line] = jsonLines(await tintype('hold', 'ls', '--json'))
    expect(line).toMatchObject({
      ...{ type: 'hold', name: 'w', reason: 'audit', author: 'Ann', inForce: true },
      ...{ covers: { album: 'wedding' }, coversNow: { items: 1, albums: 1 } },
    })

    expect(await tintype('hold', 'rm', 'w', ...because)).toMatchObject({ code: 0 })
    expect(jsonLines(await tintype('hold', 'ls', '--json'))).toEqual([])
    expect(jsonLines(await tintype('hold', 'ls', '--all', '--json'))).toMatchObject([
      { type: 'release', author: 'Ann', was: { name: 'w' } },
    ])
  })

  it('makes rm refuse and prune pass over what it covers, each naming it', async () => {
    await tintype('hold', 'add', 'tax', '--snapshot', ids[1]!, ...because)

    const refused = await tintype('rm', '--apply', ids[1]!)
    const pruned = await tintype('prune', '--apply', '--keep-last', '1')

    expect(refused.code).toBe(77)
    expect(refused.stderr).toContain('"tax" (audit; Ann)')
    expect(pruned.stdout).toContain('held by "tax": audit')
    expect(await listed()).toEqual(ids)
  })

  it('says what is wrong with one that cannot be', async () => {
    const codes = await Promise.all(
      [
        ['hold', 'add', 'x', ...because],
        ['hold', 'add', 'x', '--album', 'Wedding'],
        ['hold', 'add', 'x', '--album', 'Nothing', ...because],
        ['hold', 'add', 'x', '--query', 'bride', ...because],
        ['hold', 'add', 'x', '--query', 'is:favorite', '--until', '2001-01-01', ...because],
        ['hold', 'rm', 'x', ...because],
        ['hold', 'list'],
      ].map(async (words) => (await tintype(...words)).code),
    )

    expect(codes).toEqual([64, 64, 66, 64, 64, 66, 64])
  })
})

describe.skipIf(NO_PLAKAR !== undefined)('a hold, when plakar uses the same store', () => {
  const plakar = (...words: string[]) =>
    runPlakar(plakarHome, ['at', store, ...words], {
      PLAKAR_LOCKLESS: '1',
      PLAKAR_GRACEPERIOD: '0s',
    })

  // Each test has a copy of one store, and plakar must not take one for the other.
  let plakarHome: string
  beforeEach(async () => {
    plakarHome = mkdtempSync(join(tmpdir(), 'tintype-holds-plakar-'))
    await runPlakar(plakarHome, ['-disable-security-check'])
  })
  afterEach(async () => {
    await stopPlakar(plakarHome)
    rmSync(plakarHome, { recursive: true, force: true })
  })

  it('does it no harm: it lists, checks, saves, removes and cleans', async () => {
    await tintype('hold', 'add', 'w', '--album', 'Wedding', ...because)
    await tintype('hold', 'add', 'gone', '--query', 'title:a*', ...because)
    await tintype('hold', 'rm', 'gone', ...because)
    const folder = join(home, 'plain')
    mkdirSync(folder)
    writeFileSync(join(folder, 'x.txt'), 'x')

    const list = await plakar('ls', '-uuid')
    expect(list.stdout).toContain(ids[0])
    for (const words of [
      ['check'],
      ['backup', folder],
      ['rm', '-apply', ids[1]!],
      ['maintenance'],
    ]) {
      expect(await plakar(...words), words.join(' ')).toMatchObject({ code: 0 })
    }

    expect(await tintype('check', '--full')).toMatchObject({ code: 0 })
    expect(jsonLines(await tintype('hold', 'ls', '--json'))).toMatchObject([{ name: 'w' }])
  })

  it('keeps what plakar removed from being cleaned away by us', async () => {
    await tintype('hold', 'add', 'tax', '--snapshot', ids[0]!, ...because)
    expect(await plakar('rm', '-apply', ids[0]!)).toMatchObject({ code: 0 })
    expect(await listed()).toEqual([ids[1]])

    const grace = ['maintenance', '--grace', '0s', '--yes-really']
    for (const _ of ['mark', 'sweep']) expect(await tintype(...grace)).toMatchObject({ code: 0 })

    expect(await tintype('rm', '--undo', ids[0]!)).toMatchObject({ code: 0 })
    expect(await tintype('check', '--full')).toMatchObject({ code: 0 })
    expect(await listed()).toEqual(ids)
  })
})
