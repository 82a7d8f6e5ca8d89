import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonLines, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'
import { partName, photoEntries, YEAR_FOLDER, zipOf } from '../support/small-export.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Line = Record<string, unknown>
const ofType = (lines: Line[], type: string) => lines.filter((line) => line.type === type)

let home: ReturnType<typeof temporaryFolder>
let entries: number
let store: string
const run = (...args: string[]) => runTintype(home.path, args)

beforeAll(async () => {
  home = temporaryFolder()
  store = join(home.path, 'store')
  const sample = await sharedSample()
  entries = sample.exports[0].truth.summary.entries
  await run('at', store, 'create', '--plaintext')
  await run('at', store, 'backup', sample.exports[0].folder)
})
afterAll(() => home[Symbol.dispose]())

describe('report', () => {
  it('accounts for every entry twice, and gives no certificate before a full check', async () => {
    const lines = jsonLines(await run('at', store, 'report', '--json')) as Line[]

    const [accounts] = ofType(lines, 'accounts')
    const ends = Object.values(accounts!.ends as Record<string, number>)
    expect(ends.reduce((sum, count) => sum + count, 0)).toBe(entries)
    expect(accounts).toMatchObject({ entries, addUp: true })
    expect(ofType(lines, 'certificate')).toMatchObject([{ redundant: false }])
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      entries,
      verdict: { answer: 'incomplete' },
    })
  })

  it('has a row for every entry', async () => {
    const rows = jsonLines(await run('at', store, 'report', '--ledger')) as Line[]

    expect(rows).toHaveLength(entries)
    for (const row of rows) expect(row).toMatchObject({ type: 'ledger', end: expect.any(String) })
  })

  it('writes a page, and replaces nothing unasked', async () => {
    const file = join(home.path, 'report.html')
    const wrote = await run('at', store, 'report', '--output', file)
    const again = await run('at', store, 'report', '--output', file)

    expect(wrote.code).toBe(0)
    expect(readFileSync(file, 'utf8')).toMatch(
      /^<!doctype html>[\s\S]*Not complete[\s\S]*<\/html>\n$/,
    )
    expect(again.code).toBe(64)
    expect((await run('at', store, 'report', '--output', file, '--overwrite')).code).toBe(0)
  })

  it('writes tables of problems and of entries', async () => {
    const problems = (await run('at', store, 'report', '--format', 'csv')).stdout.split('\r\n')
    const ledger = (await run('at', store, 'report', '--format', 'csv', '--ledger')).stdout

    expect(problems[0]).toBe('code,path,message,resolved')
    expect(ledger.split('\r\n').length).toBe(entries + 2)
  })

  it('says that archives are redundant once a full check has found all of them', async () => {
    using whole = temporaryFolder()
    const store = join(whole.path, 'store')
    const archive = join(whole.path, partName(1))
    const menu = { path: `${YEAR_FOLDER}/menu.pdf`, bytes: Buffer.from('%PDF') }
    const other = join(whole.path, 'takeout-20240315T101500Z-001.zip')
    writeFileSync(archive, zipOf([...photoEntries('a.jpg', 'b.jpg'), menu]))
    const mail = { path: 'Takeout/Mail/all.mbox', bytes: Buffer.from('From') }
    writeFileSync(other, zipOf([...photoEntries('c.jpg'), mail]))
    const here = (...args: string[]) => runTintype(whole.path, args)
    await here('at', store, 'create', '--plaintext')
    await here('at', store, 'backup', archive)
    const before = await here('at', store, 'report')
    await here('at', store, 'check', '--full')
    const after = await here('at', store, 'report')
    await here('at', store, 'backup', other)
    await here('at', store, 'check', '--full')
    const photosOnly = await here('at', store, 'report')

    expect(before.stdout).toMatch(/None for the archives[\s\S]*check --full/)
    expect(after.stdout).toMatch(/provably redundant: all 5 entries/)
    expect(photosOnly.stdout).toMatch(
      /all that belongs to Google Photos is provably saved: 2 entries/,
    )
    expect(photosOnly.stdout).toContain('(Mail 1): keep the archives')
  })
})
