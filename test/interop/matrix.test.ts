/**
 * Every reading command of plakar on a store of ours, each with a cache that knew the store before
 * our last backup (warm) and with none (cold). What else is exchanged is tried in the files beside
 * this one: README.md has the table.
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileTree, sha256 } from '../support/file-tree.ts'
import { NO_PLAKAR, runPlakar } from '../support/plakar.ts'
import { startPlakarMount } from '../support/plakar-server/start-server.ts'
import { CHEAP_KDF, jsonLines, PASSPHRASE } from '../support/run-program.ts'
import { photoEntries, type SmallEntry, YEAR_FOLDER, zipOf } from '../support/small-export.ts'
import { expectFullySound, TwoPrograms } from '../support/two-programs.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

let programs: TwoPrograms
let store: string
/** Oldest first. */
let ids: string[]

beforeAll(async () => {
  if (NO_PLAKAR !== undefined) return
  programs = await TwoPrograms.start()
  store = join(programs.folder, 'ours')
  await programs.tintype(store, ['create', ...CHEAP_KDF])
  ids = []
  for (const day of [1, 2]) {
    // The warm cache knows all but the last backup.
    if (ids.length > 0) await programs.plakar(store, ['check'])
    const part = join(programs.folder, `takeout-2024011${day}T101500Z-001.zip`)
    writeFileSync(part, zipOf(anExport(day)))
    const saved = await programs.tintype(store, ['backup', '--json', part])
    ids.push(String(jsonLines(saved).at(-1)!.snapshot))
  }
})
afterAll(async () => {
  await programs?.[Symbol.asyncDispose]()
})

describe.skipIf(NO_PLAKAR !== undefined).each(['warm', 'cold'])(
  'a store of ours, for a plakar whose cache is %s',
  (temperature) => {
    let home: string
    let work: string
    const plakar = (...args: string[]) => programs.plakar(store, args, { home })

    beforeAll(async () => {
      home = temperature === 'warm' ? programs.warm : await programs.cold()
      work = mkdtempSync(join(programs.folder, 'work-'))
    })
    afterAll(() => rmSync(work, { recursive: true, force: true }))

    it('ls: has our snapshots, and in each of them our paths', async () => {
      expect(await programs.plakarIds(store, home)).toEqual(ids.toSorted())
      for (const id of ids) {
        const listed = await plakar('ls', '-recursive', `${id}:/`)

        const paths = listed
          .split('\n')
          .flatMap((line) => /(?<= )\/?(photos|albums|metadata).*/.exec(line)?.[0] ?? [])
        const ours = jsonLines(await programs.tintype(store, ['ls', '-R', '--json', `${id}:/`]))
        expect(paths.length).toBeGreaterThan(50)
        expect(paths.length + 1).toBe(ours.length) // /README.txt
      }
    })

    it('check: is sound', async () => {
      expect(await plakar('check')).not.toContain('✘')
    })

    it('restore: comes back as from us', async () => {
      const [theirs, ours] = [join(work, 'theirs'), join(work, 'ours')]

      await plakar('restore', '-to', theirs, ids.at(-1)!)
      await programs.tintype(store, ['restore', '--to', ours, ids.at(-1)!])

      expect(fileTree(theirs)).toEqual(fileTree(ours))
      expect(Object.values(fileTree(ours)).filter((said) => said.startsWith('->'))).toHaveLength(5)
    })

    it('cat: has the bytes that we give', async () => {
      for (const path of ['/README.txt', '/metadata/library.ndjson', '/metadata/albums.ndjson']) {
        const ours = await programs.tintype(store, ['cat', `${ids.at(-1)}:${path}`])
        expect(ours.stdout.length).toBeGreaterThan(100)
        expect(await plakar('cat', `${ids.at(-1)}:${path}`)).toBe(ours.stdout)
      }
    })

    it('diff: sees what our second backup added, and nothing between a snapshot and itself', async () => {
      const [first, second] = ids as [string, string]
      const path = '/metadata/library.ndjson'

      const between = await plakar('diff', `${first}:${path}`, `${second}:${path}`)
      const same = await plakar('diff', `${second}:${path}`, `${second}:${path}`)

      const lines = async (id: string) =>
        (await programs.tintype(store, ['cat', `${id}:${path}`])).stdout.split('\n')
      const before = new Set(await lines(first))
      const added = (await lines(second)).filter((line) => !before.has(line))
      expect(added.length).toBeGreaterThan(0)
      expect(between.split('\n').filter((line) => /^\+[^+]/.test(line))).toEqual(
        added.map((line) => `+${line}`),
      )
      expect(same).toBe('')
    })

    it('sync: is copied into a store that plakar made, and back into one that we made', async () => {
      const [theirs, back] = [join(work, 'copy'), join(work, 'back')]
      await programs.plakar(theirs, ['create', '-plaintext'], { home })
      await programs.tintype(back, ['create', '--plaintext'])
      await knownToPlakar(home, temperature)

      await programs.plakar(theirs, ['sync', 'from', `@${temperature}`], { home })
      await programs.plakar(theirs, ['sync', 'to', back], { home })

      for (const copy of [theirs, back]) {
        expect(await programs.ids(copy)).toEqual(ids.toSorted())
        await expectFullySound(copy)
      }
    })

    it('ptar: goes into a file that we read', async () => {
      const file = join(work, 'theirs.ptar')
      await knownToPlakar(home, `${temperature}-ptar`)

      await programs.plakar(
        store,
        ['ptar', '-plaintext', '-o', file, '-k', `@${temperature}-ptar`],
        { home },
      )

      expect(await programs.ids(file)).toEqual(ids.toSorted())
      await expectFullySound(file)
      const [path, id] = ['/metadata/library.ndjson', ids.at(-1)]
      const [copied, original] = await Promise.all(
        [file, store].map((at) => programs.tintype(at, ['cat', `${id}:${path}`])),
      )
      expect(copied!.stdout).toBe(original!.stdout)
    })

    it('mount: every file is served with its bytes', async () => {
      await using mounted = await startPlakarMount(home, store)
      const id = ids.at(-1)!
      const expected = fileTree(join(work, 'ours'))

      let read = 0
      for (const [path, hash] of Object.entries(expected)) {
        if (hash.startsWith('->')) continue
        const url = `${mounted.url}/${id}/${path.split('/').map(encodeURIComponent).join('/')}`
        const answer = await fetch(url)
        expect(answer.status, path).toBe(200)
        expect(sha256(new Uint8Array(await answer.arrayBuffer())), path).toBe(hash)
        read += 1
      }
      expect(read).toBeGreaterThan(50)
    })
  },
)

/** Photos, some of them in an album as well; the second export has more. */
function anExport(day: number): SmallEntry[] {
  const names = Array.from({ length: 20 * day }, (_, n) => `IMG_${1000 + n}.jpg`)
  const album = 'Takeout/Google Photos/Summer'
  const title = Buffer.from(JSON.stringify({ title: 'Summer' }))
  const inAlbum = photoEntries(...names.slice(0, 5)).map(({ path, bytes }) => ({
    path: path.replace(YEAR_FOLDER, album),
    bytes,
  }))
  return [...photoEntries(...names), { path: `${album}/metadata.json`, bytes: title }, ...inAlbum]
}

/** plakar asks for the passphrase of a peer at a terminal, unless its configuration has it. */
async function knownToPlakar(home: string, name: string): Promise<void> {
  const ran = await runPlakar(home, ['store', 'add', name, store, `passphrase=${PASSPHRASE}`])
  expect(ran, ran.stderr).toMatchObject({ code: 0 })
}
