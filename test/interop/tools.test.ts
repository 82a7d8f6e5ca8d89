/**
 * What our tools say of a store agrees with what the real plakar says, and the recovery kit's
 * commands do what it promises, in the hands of plakar, too.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileTree } from '../support/file-tree.ts'
import { NO_PLAKAR, PLAKAR, runPlakar, stopPlakar } from '../support/plakar.ts'
import { CHEAP_KDF, jsonLines, PASSPHRASE, runProgram, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

let home: string
let store: string
/** Of the sample library, then of a folder that plakar backed up. */
let ours: string
let theirs: string

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'tintype-tools-'))
  if (NO_PLAKAR !== undefined) return
  await runPlakar(home, ['-disable-security-check'])
  const sample = await sharedSample()
  store = join(home, 'store')
  await runTintype(home, ['at', store, 'create', ...CHEAP_KDF])
  const saved = await runTintype(home, ['--json', 'at', store, 'backup', sample.exports[0].folder])
  ours = String(jsonLines(saved).at(-1)!.snapshot)
  const folder = join(home, 'folder')
  mkdirSync(join(folder, 'deep'), { recursive: true })
  writeFileSync(join(folder, 'deep', 'one.txt'), 'ONE')
  writeFileSync(join(folder, 'two.txt'), 'TWO'.repeat(1_000_000))
  symlinkSync('two.txt', join(folder, 'link'))
  await runPlakar(home, ['at', store, 'backup', folder])
  const all = jsonLines(await runTintype(home, ['at', store, 'ls', '--json']))
  theirs = String(all.find(({ id }) => id !== ours)!.id)
})
afterAll(async () => {
  if (NO_PLAKAR === undefined) await stopPlakar(home)
  rmSync(home, { recursive: true, force: true })
})

const run = (...args: string[]) => runTintype(home, ['at', store, ...args])
/** Lines of a digest, without what plakar writes before them. */
const digestLines = (text: string) =>
  sorted(text).map((line) => line.replace(/^.*?(?=(SHA256|BLAKE3) \()/, ''))

const sorted = (text: string) => text.split('\n').filter(Boolean).sort()

describe.skipIf(NO_PLAKAR !== undefined)('beside plakar', () => {
  it.each(['SHA256', 'BLAKE3'])('digest computes the same %s of every file', async (hashing) => {
    for (const id of [ours, theirs]) {
      const plakar = await runPlakar(home, ['at', store, 'digest', '-hashing', hashing, `${id}:/`])
      const tintype = await run('-q', 'digest', '--hashing', hashing, `${id}:/`)

      const expected = digestLines(plakar.stdout)
      const found = digestLines(tintype.stdout)
      expect(plakar.code, plakar.stderr).toBe(0)
      expect(found.length).toBeGreaterThan(1)
      expect(found.filter((line) => !expected.includes(line))).toEqual([])
      // plakar tells the digest of a file once more for every link to it
      const others = expected.filter((line) => !found.includes(line))
      expect(others.filter((line) => !/\((\/albums\/|.*\/link\))/.test(line))).toEqual([])
    }
  })

  it('locate finds the same places', async () => {
    const plakar = await runPlakar(home, ['at', store, 'locate', '*.txt', 'IMG_2021*'])
    const tintype = await run('locate', '*.txt', 'IMG_2021*')

    expect(sorted(tintype.stdout).length).toBeGreaterThan(3)
    expect(sorted(tintype.stdout)).toEqual(sorted(plakar.stdout))
  })

  it('a drill tries what plakar backed up', async () => {
    const ran = await run('--json', 'drill', theirs)

    expect(ran.code, ran.stderr).toBe(0)
    expect(jsonLines(ran).at(-1)).toMatchObject({ status: 'sound', files: 2, compared: false })
  })

  it('info knows where a snapshot of plakar comes from', async () => {
    const ran = await run('--json', 'info', theirs)

    expect(jsonLines(ran)[0]).toMatchObject({
      importer: { type: 'fs' },
      ...{ symlinks: 1, errors: 0 },
      context: { Client: expect.stringContaining('plakar') },
    })
  })

  it('the commands on the recovery kit bring the library back, without us', async () => {
    const kit = await run('recovery-kit')
    const commands = [...kit.stdout.matchAll(/^ {2}plakar (at .*)$/gm)].map(([, words]) => words!)
    expect(commands).toHaveLength(2)
    const work = join(home, 'work')
    mkdirSync(work)

    for (const words of commands) {
      const ran = await runProgram(PLAKAR!, ['-stdio', ...words.split(' ')], {
        cwd: work,
        env: { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), PLAKAR_PASSPHRASE: PASSPHRASE },
      })
      expect(ran.code, ran.stderr).toBe(0)
    }
    expect(Object.keys(fileTree(join(work, 'photos'))).length).toBeGreaterThan(0)
  })
})
