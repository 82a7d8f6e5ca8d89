/**
 * Whatever is fed to the program: one clear sentence, the exit code of the contract, everything
 * else is imported, and nothing is written outside the store.
 * @module
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { openRepository, type Repository } from '../../src/kloset/repository.ts'
import { acquireLock } from '../../src/kloset/state/locks.ts'
import { readReport } from '../../src/operations/read-catalogue.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { concatBytes } from '../../src/util/bytes.ts'
import { systemClock } from '../../src/util/clock.ts'
import { fileTree, sha256 } from '../support/file-tree.ts'
import { CHEAP_KDF, jsonLines, PASSPHRASE, runTintype } from '../support/run-program.ts'
import { partName, photoBytes, photoEntries, zipOf } from '../support/small-export.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { BAD_EXPORTS, type BadExport, BRACKETS, inYear, tgzBomb } from './bad-exports.ts'

let template = ''
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'tintype-template-'))
  const store = join(template, 'store')
  const created = await runTintype(template, ['at', store, 'create', ...CHEAP_KDF])
  expect(created.code, created.stderr).toBe(0)
})
afterAll(() => rmSync(template, { recursive: true }))

/** An empty store, and beside it the folder `export` with the given files. */
async function aHome(files: BadExport['files'] = () => ({})) {
  const { path, [Symbol.dispose]: dispose } = temporaryFolder()
  const store = join(path, 'store')
  const source = join(path, 'export')
  cpSync(join(template, 'store'), store, { recursive: true })
  mkdirSync(source)
  for (const [name, bytes] of Object.entries(await files())) {
    writeFileSync(join(source, name), bytes)
  }
  const run = (args: string[], env = {}) =>
    runTintype(path, ['at', store, ...args], { cwd: source, env })
  return { path, store, source, run, [Symbol.dispose]: dispose }
}
type Home = Awaited<ReturnType<typeof aHome>>

/** All there is but for the store and the program's own folders. */
function surroundings(home: Home): Record<string, string> {
  return without(/^(store|cache|config)\//, fileTree(home.path))
}

function without(own: RegExp, tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !own.test(name)))
}

function open({ store }: Home): Promise<Repository> {
  return openRepository(new FolderStore(store), { passphrase: async () => PASSPHRASE })
}

/** What the only snapshot holds, read back to the last byte; undefined when there is none. */
async function savedIn(home: Home) {
  await using repository = await open(home)
  const [id] = repository.index.snapshots()
  if (id === undefined) return undefined
  const reader = await openSnapshot(repository, id)
  const files = new Map<string, Uint8Array>()
  for await (const entry of reader.walk('/')) {
    if (entry.kind !== 'file') continue
    const parts: Uint8Array[] = []
    for await (const part of reader.content(entry)) parts.push(part)
    files.set(entry.path, concatBytes(parts))
  }
  const { problems } = await readReport(repository, id)
  return { files, problems: problems.map(({ code, path }) => `${code} ${path}`) }
}

describe.concurrent('a backup of', () => {
  it.each(BAD_EXPORTS)('$what says so, and saves the rest', async (bad) => {
    using home = await aHome(bad.files)
    const before = surroundings(home)

    const ran = await home.run(['backup', home.source])

    expect(ran.code, ran.stderr).toBe(bad.code)
    for (const words of bad.says) expect(ran.stdout).toContain(words)
    expect(surroundings(home)).toEqual(before)
    const saved = await savedIn(home)
    const photos = [...(saved?.files ?? [])].filter(([path]) => path.startsWith('/photos/'))
    const wanted = bad.saved.map((name) => sha256(photoBytes(name)))
    expect(photos.map(([, bytes]) => sha256(bytes)).sort()).toEqual(wanted.sort())
    expect(saved?.problems ?? []).toEqual(bad.problems)
  })

  it('a sidecar that is not understood keeps it byte for byte', async () => {
    const photo = { path: inYear('a.jpg'), bytes: photoBytes('a.jpg') }
    const sidecar = { path: inYear('a.jpg.json'), bytes: BRACKETS }
    using home = await aHome(() => ({ [partName(1)]: zipOf([photo, sidecar]) }))

    await home.run(['backup', home.source])

    const { files } = (await savedIn(home))!
    const kept = [...files].find(([path]) => path.endsWith('/a.jpg.json'))
    expect(Buffer.compare(kept![1], BRACKETS)).toBe(0)
  })

  it.sequential('a bomb takes little memory', async () => {
    using home = await aHome(tgzBomb)
    const measured = 'process.on("exit", () => process._rawDebug(process.resourceUsage().maxRSS))'

    const ran = await home.run(['inspect', '--json', home.source], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(measured)}`,
    })

    expect(jsonLines(ran).at(-1)).toMatchObject({ type: 'summary', rejected: 1, media: 1 })
    expect(Number(ran.stderr)).toBeLessThan(400 * 1024)
  })
})

describe.concurrent('machine output', () => {
  it.each([
    { what: 'everything was saved', files: { [partName(1)]: zipOf(photoEntries('a.jpg')) } },
    { what: 'something is missing', files: { [partName(2)]: zipOf(photoEntries('a.jpg')) } },
    { what: 'nothing was saved', files: { [partName(1)]: Buffer.from('<html>') } },
  ])('has a result in its last line, and nothing but JSON: $what', async ({ files, what }) => {
    using home = await aHome(() => files)

    const ran = await home.run(['backup', '--json', home.source])

    const lines = jsonLines(ran)
    const ends = {
      'everything was saved': [0, 'complete'],
      'something is missing': [3, 'incomplete'],
      'nothing was saved': [1, 'failed'],
    }[what]
    expect([ran.code, lines.at(-1)!.status]).toEqual(ends)
    expect(lines.slice(0, -1).map(({ type, code }) => [type, code])).toEqual(
      what === 'nothing was saved' ? [['problem', 'NOT_AN_ARCHIVE']] : [],
    )
  })
})

/** A command that cannot do what it was asked to. */
interface Refusal {
  what: string
  args: (home: Home) => string[]
  before?: (home: Home) => Promise<void>
  env?: Record<string, string>
  code: number
  errorCode: string
  /** What happened to which thing, and what to do. */
  says: string[]
}

const REFUSALS: Refusal[] = [
  {
    what: 'a path that does not exist',
    args: ({ source }) => ['backup', join(source, 'nowhere')],
    code: 66,
    errorCode: 'SOURCE_NOT_FOUND',
    says: ['there is no file or folder', 'nowhere', 'Check the spelling'],
  },
  {
    what: 'an empty folder',
    args: ({ source }) => ['backup', source],
    code: 66,
    errorCode: 'NOTHING_TO_IMPORT',
    says: ['no Google Takeout archive', 'export', 'Name the takeout-'],
  },
  {
    what: 'a wrong passphrase',
    args: () => ['ls'],
    env: { TINTYPE_PASSPHRASE: 'not this one' },
    code: 77,
    errorCode: 'WRONG_PASSPHRASE',
    says: ['the passphrase does not open', 'store', 'Try again'],
  },
  {
    what: 'no passphrase at all',
    args: () => ['ls', '--passphrase-file', 'nowhere'],
    code: 66,
    errorCode: 'PASSPHRASE_FILE_UNREADABLE',
    says: ['nowhere'],
  },
  {
    what: 'a store that is none',
    args: () => ['ls'],
    before: async ({ store }) => rmSync(join(store, 'CONFIG')),
    code: 66,
    errorCode: 'NOT_A_STORE',
    says: ['is not a repository', 'Check the path, or make a repository'],
  },
  {
    what: 'a store that somebody else maintains',
    before: async (home) => {
      await using repository = await open(home)
      await acquireLock(repository, 'ab'.repeat(32), { exclusive: true, clock: systemClock })
      writeFileSync(join(home.source, partName(1)), zipOf(photoEntries('a.jpg')))
    },
    args: ({ source }) => ['backup', source],
    code: 75,
    errorCode: 'REPOSITORY_BUSY',
    says: ['is in use: maintenance on', 'Wait until it is done and try again'],
  },
  {
    what: 'an option that does not exist',
    args: ({ source }) => ['backup', '--thread', source],
    code: 64,
    errorCode: 'USAGE',
    says: ['unknown option --thread', 'Did you mean --threads?'],
  },
  {
    what: 'a command that does not exist',
    args: () => ['bakcup'],
    code: 64,
    errorCode: 'USAGE',
    says: ['unknown command "bakcup"', 'Did you mean "backup"?'],
  },
]

describe.concurrent('what cannot be done is said in one sentence, with what to do next', () => {
  it.each(REFUSALS)('$what', async ({ args, before, env, code, errorCode, says }) => {
    using home = await aHome()
    await before?.(home)
    const there = without(/^cache\//, fileTree(home.path))

    const ran = await home.run(['--json', ...args(home)], env)

    expect(ran.code, ran.stderr).toBe(code)
    expect(jsonLines(ran)[0]).toMatchObject({ type: 'error', code: errorCode })
    for (const words of says) expect(ran.stderr).toContain(words)
    expect(ran.stderr.trim().split('\n')).toHaveLength(2)
    expect(without(/^cache\//, fileTree(home.path))).toEqual(there)
  })
})
