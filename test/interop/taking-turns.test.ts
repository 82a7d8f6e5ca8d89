/**
 * plakar, we, plakar again, on the same source in the same store: by our own importer, and by one
 * that looks to plakar like its own, so that its next backup builds upon what we wrote. Then both
 * remove snapshots, and plakar gives the space back at once, twice. Nothing that is listed changes.
 *
 * What an incremental backup of plakar finds equal to its parent it does not store again, but names it
 * by a MAC of what it would have stored: had we written it differently by one bit, the entry would
 * be missing, and plakar's maintenance would refuse to run from then on.
 * @module
 */
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { CopiedContents } from '../../src/kloset/transfer/copied-contents.ts'
import { copySnapshot } from '../../src/kloset/transfer/copy-snapshot.ts'
import { newSnapshot } from '../../src/kloset/writing/snapshot-writer.ts'
import { quietly } from '../../src/util/progress.ts'
import { openFixture } from '../fixtures/kloset/open-fixture.ts'
import { allThatIsSaid, entryMacs } from '../support/all-that-is-said.ts'
import { fileTree } from '../support/file-tree.ts'
import { NO_PLAKAR, runPlakar } from '../support/plakar.ts'
import { CHEAP_KDF } from '../support/run-program.ts'
import { partName, photoEntries, zipOf } from '../support/small-export.ts'
import { AT_ONCE, expectFullySound, TwoPrograms, withRepository } from '../support/two-programs.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

let programs: TwoPrograms
let store: string
let source: string
/** All that each snapshot ever said. */
const told = new Map<string, Record<string, string>>()

beforeAll(async () => {
  if (NO_PLAKAR !== undefined) return
  programs = await TwoPrograms.start()
  store = join(programs.folder, 'store')
  source = aSource(join(programs.folder, 'source'))
  await programs.tintype(store, ['create', ...CHEAP_KDF])
})
afterAll(async () => {
  await programs?.[Symbol.asyncDispose]()
})

/** What plakar takes for one source, and we, because of the archive in it, for an export. */
function aSource(folder: string): string {
  mkdirSync(join(folder, 'Ünïcode 🌊/empty'), { recursive: true })
  writeFileSync(join(folder, partName(1)), zipOf(photoEntries('IMG_1001.jpg', 'IMG_1002.jpg')))
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(1_300_000, 'hardly any two alike 1'))
  writeFileSync(join(folder, 'nothing.txt'), '')
  symlinkSync('../large.bin', join(folder, 'Ünïcode 🌊/link'))
  linkSync(join(folder, 'large.bin'), join(folder, 'second name.bin'))
  for (let file = 0; file < 100; file++) writeFileSync(join(folder, `f${file}`), `content ${file}`)
  return folder
}

/** Whatever `work` adds to the list. */
async function added(work: () => Promise<unknown>, at = store): Promise<string> {
  const before = await programs.ids(at)
  await work()
  const after = await programs.ids(at)
  const more = after.filter((id) => !before.includes(id))
  expect(more).toHaveLength(1)
  return more[0]!
}

const backUpWithPlakar = (home = programs.warm, at = store) =>
  added(() => programs.plakar(at, ['backup', source], { home }), at)

/** Every listed snapshot says what it always said; plakar cleans; it still does. */
async function expectNothingLost(at = store): Promise<void> {
  const cold = await programs.cold()
  await expectUnchanged(at)
  await programs.cleanWithPlakar(at)
  await programs.plakar(at, ['maintenance'], { home: cold, env: AT_ONCE })
  await expectUnchanged(at)
  await programs.expectSound(at, cold)
}

async function expectUnchanged(at: string): Promise<void> {
  await withRepository(at, async (repository) => {
    for (const id of repository.index.snapshots()) {
      const says = await allThatIsSaid(repository, id)
      const key = `${at} ${id}`
      expect(says).toEqual(told.get(key) ?? says)
      told.set(key, says)
    }
  })
}

/** By its path alone, through the tree: this is how plakar misses an entry that is not there. */
async function expectEachPathFound(id: string, home = programs.warm, at = store): Promise<void> {
  for (const name of ['f7', 'f99']) {
    const content = `content ${name.slice(1)}`
    const found = await programs.plakar(at, ['cat', `${id}:${join(source, name)}`], { home })
    expect(found).toBe(content)
  }
}

describe.skipIf(NO_PLAKAR !== undefined)('plakar, our importer, and plakar again', () => {
  const plakars: string[] = []
  const ours: string[] = []

  it('save the same source in turns, and plakar builds upon its own snapshot', async () => {
    plakars.push(await backUpWithPlakar())
    ours.push(await added(() => programs.tintype(store, ['backup', source])))
    writeFileSync(join(source, 'later.txt'), 'came later')
    plakars.push(await backUpWithPlakar())
    writeFileSync(join(source, partName(2)), zipOf(photoEntries('IMG_1003.jpg')))
    ours.push(await added(() => programs.tintype(store, ['backup', source])))
    plakars.push(await backUpWithPlakar(await programs.cold()))

    const [first, last] = [plakars.at(0)!, plakars.at(-1)!]
    expect(await importerOf(ours[0]!)).not.toMatchObject({ type: 'fs' })
    await expectSameEntries(first, last, ['f1', 'large.bin', 'Ünïcode 🌊/link'])
    for (const id of plakars) await expectEachPathFound(id)
    await expectNothingLost()
  }, 120_000)

  it('no longer list what either of them removed, and the rest outlives its deletion', async () => {
    const [kept, ...gone] = [plakars.at(-1)!, plakars[0]!, ours[0]!]
    await programs.tintype(store, ['rm', '--apply', gone[0]!])
    await programs.plakar(store, ['rm', '-apply', gone[1]!])

    for (const home of [programs.warm, await programs.cold()]) {
      const listed = await programs.plakarIds(store, home)
      expect(listed).toContain(kept)
      for (const id of gone) expect(listed).not.toContain(id)
    }
    expect(await programs.ids(store)).toEqual(await programs.plakarIds(store))
    await expectNothingLost()
  }, 120_000)

  it('go on after that: what plakar deleted we do not build upon', async () => {
    await programs.plakar(store, ['rm', '-apply', ours[1]!])
    await programs.cleanWithPlakar(store)

    const again = await added(() => programs.tintype(store, ['backup', source]))

    const photos = Object.keys(await saidBy(again)).filter((path) => /^\/photos\/.*jpg$/.test(path))
    expect(photos).toHaveLength(3)
    await expectNothingLost()
  }, 120_000)

  it('prune by our policy what both of them saved', async () => {
    await programs.tintype(store, ['prune', '--apply', '--keep-last', '1', '--type', 'fs'])

    const left = await programs.plakarIds(store)
    expect(left.filter((id) => plakars.includes(id))).toEqual([plakars.at(-1)])
    await expectNothingLost()
    const out = join(programs.folder, 'restored')
    await programs.tintype(store, ['restore', '--to', out, plakars.at(-1)!])
    expect(fileTree(join(out, source))).toEqual(fileTree(source))
  }, 120_000)
})

describe.skipIf(NO_PLAKAR !== undefined)('a snapshot that plakar takes for its own', () => {
  let other: string
  let copy: string
  /** What plakar saved last. */
  let newest: string

  beforeAll(async () => {
    other = join(programs.folder, 'other')
    const peer = join(programs.folder, 'peer')
    await programs.plakar(peer, ['create', '-plaintext'])
    await programs.tintype(other, ['create', ...CHEAP_KDF, '--hashing', 'SHA256'])
    copy = await backUpWithPlakar(programs.warm, peer)
    await copyInto(other, peer, copy)
  })

  it('because we copied it, is a parent to build upon, with a warm cache and with none', async () => {
    const unchanged = ['f1', 'f2', 'large.bin', 'nothing.txt', 'Ünïcode 🌊/link']
    const same = await backUpWithPlakar(programs.warm, other)
    writeFileSync(join(source, 'f3'), 'changed')
    rmSync(join(source, 'f4'))
    const next = await backUpWithPlakar(programs.warm, other)
    const cold = await programs.cold()
    const last = await backUpWithPlakar(cold, other)

    expect(await importerOf(copy, other)).toEqual(await importerOf(last, other))
    for (const id of [same, next, last]) {
      await expectSameEntries(copy, id, unchanged, other)
      await expectEachPathFound(id, cold, other)
    }
    await expectNothingLost(other)
  }, 120_000)

  it('because we gave it another tag, or doubled it, is as well', async () => {
    const tagged = await added(() => programs.tintype(other, ['dup', copy]), other)
    const third = await backUpWithPlakar(programs.warm, other)
    await programs.tintype(other, ['tag', '--add', 'chosen', third])
    const fourth = await backUpWithPlakar(await programs.cold(), other)

    newest = fourth
    await expectSameEntries(tagged, fourth, ['f1', 'large.bin'], other)
    await expectEachPathFound(fourth, programs.warm, other)
    await expectNothingLost(other)
  }, 120_000)

  it('keeps the values of its attributes, which plakar does not count', async () => {
    const fixture = await openFixture('fs-plain')
    const [id] = fixture.index.snapshots() as [string]
    await withRepository(other, (repository) => copySnapshot(fixture, repository, id, quickly()))
    const attributes = Object.keys(await saidBy(id, other)).filter((key) => / user\./.test(key))

    expect(attributes.length).toBeGreaterThan(0)
    await expectNothingLost(other)
  }, 120_000)

  it('would block its maintenance if we had written an entry differently', async () => {
    const wrong = join(programs.folder, 'wrong')
    await programs.tintype(wrong, ['create', '--plaintext'])
    await copyDifferently(wrong, other, newest)

    await backUpWithPlakar(programs.warm, wrong)

    const cleaning = await runPlakar(programs.warm, ['at', wrong, 'maintenance'], AT_ONCE)
    expect(cleaning.code).not.toBe(0)
    await expect(expectFullySound(wrong)).rejects.toThrow() // nor do we call that sound
  }, 120_000)
})

/** The same tree, of entries that say one thing more than plakar would. */
async function copyDifferently(to: string, from: string, id: string): Promise<void> {
  await withRepository(from, (origin) =>
    withRepository(to, async (repository) => {
      const reader = await openSnapshot(origin, id)
      await using writer = await newSnapshot(repository, {
        ...{ contentModule: 'data:text/javascript,', threads: 0, now: () => new Date() },
        ...{ expected: { contents: 200, bytes: 4e6 }, signal: new AbortController().signal },
      })
      for await (const { path, kind, record } of reader.walk('/')) {
        const bytes = kind === 'file' ? await reader.readFile(path, 4e6) : undefined
        const content = bytes && (await writer.storeBytes(bytes, record.contentType))
        writer.addEntry({ ...record, tags: ['of ours'] }, content)
      }
      await writer.commit(reader.header)
    }),
  )
}

async function importerOf(id: string, at = store) {
  return withRepository(at, async (repository) => {
    return (await openSnapshot(repository, id)).header.sources[0]!.importer
  })
}

function saidBy(id: string, at = store): Promise<Record<string, string>> {
  return withRepository(at, (repository) => allThatIsSaid(repository, id))
}

/** The trees of two snapshots name the same entries for these paths of the source. */
async function expectSameEntries(a: string, b: string, names: readonly string[], at = store) {
  await withRepository(at, async (repository) => {
    const [before, after] = [await entryMacs(repository, a), await entryMacs(repository, b)]
    for (const name of names) {
      expect(after.get(join(source, name)), name).toMatch(/^[0-9a-f]{64}$/)
      expect(after.get(join(source, name)), name).toBe(before.get(join(source, name)))
    }
  })
}

const quickly = () => ({
  ...{ threads: 0, contents: new CopiedContents(), readBack: false, now: () => new Date() },
  ...{ progress: quietly, signal: new AbortController().signal },
})

async function copyInto(to: string, from: string, id: string): Promise<void> {
  await withRepository(from, (origin) =>
    withRepository(to, async (repository) => {
      await copySnapshot(origin, repository, id, quickly())
    }),
  )
}
