import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Formats } from '../../scripts/sample-library/deliver.ts'
import type { SampleLibrary } from '../../scripts/sample-library/generate.ts'
import type { ExportTruth } from '../../scripts/sample-library/truth.ts'
import { fileTree } from '../support/file-tree.ts'
import { CHEAP_KDF, jsonLines, type Ran, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Line = Record<string, unknown>
const result = (ran: Ran) => jsonLines(ran).at(-1)!
const items = (ran: Ran) => jsonLines(ran) as unknown as KeptItemLine[]
interface KeptItemLine {
  id: string
  title: string
  files: { path: string; sha256: string; role: string }[]
}

/** A folder of the test's own, beside a sample library that is only read. */
interface Home extends SampleLibrary, AsyncDisposable {
  root: string
}

async function aHome(formats: Formats = 'zip'): Promise<Home> {
  const folder = temporaryFolder()
  const { exports } = await sharedSample(formats)
  return {
    exports,
    root: folder.path,
    [Symbol.asyncDispose]: async () => folder[Symbol.dispose](),
  }
}

/** A store with the given export in it, as a user makes one. */
async function aStoreWith(sample: Home, exportIndex: 0 | 1 = 0): Promise<string> {
  const store = join(sample.root, 'store')
  const created = await runTintype(sample.root, ['at', store, 'create', ...CHEAP_KDF])
  expect(created).toMatchObject({ code: 0 })
  const { folder } = sample.exports[exportIndex]
  const saved = await runTintype(sample.root, ['at', store, 'backup', folder])
  expect(saved.code, saved.stderr).toBe(3) // a sidecar has lost its photo
  return store
}

/** SHA-256 of everything an export must leave in a snapshot. */
function mediaHashes(truth: ExportTruth): Set<string> {
  return new Set(truth.entries.filter((e) => e.class === 'media').map((e) => e.sha256))
}

function sidecarHashes(truth: ExportTruth): Set<string> {
  const kept = truth.entries.filter((e) => e.class === 'sidecar' || e.class === 'album')
  return new Set(kept.map((entry) => entry.sha256))
}

const hashesBelow = (tree: Record<string, string>, folder: string) =>
  new Set(
    Object.entries(tree)
      .filter(([path, content]) => path.startsWith(folder) && !content.startsWith('->'))
      .map(([, content]) => content),
  )

describe.each(['zip', 'tgz', 'mixed', 'folder'] as const)('a %s export', (formats) => {
  it('comes back byte for byte: photos, sidecars, album links', async () => {
    await using sample = await aHome(formats)
    const store = await aStoreWith(sample)
    const { truth } = sample.exports[0]
    const out = join(sample.root, 'out')

    const ran = await runTintype(sample.root, ['at', store, 'restore', '--to', out])

    expect(ran.code, ran.stderr).toBe(0)
    const tree = fileTree(out)
    expect(hashesBelow(tree, 'photos/')).toEqual(mediaHashes(truth))
    const imports = hashesBelow(tree, 'metadata/imports/')
    for (const sidecar of sidecarHashes(truth)) expect(imports).toContain(sidecar)
    for (const [path, content] of Object.entries(tree)) {
      if (content.startsWith('->'))
        expect(tree[linkTarget(path, content)]).toMatch(/^[0-9a-f]{64}$/)
    }
  })
})

function linkTarget(path: string, content: string): string {
  return join(path, '..', content.slice(3)).split('\\').join('/')
}

describe('a library in the store', () => {
  it('has every item with its albums, and every file where the catalogue says', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)
    const { truth } = sample.exports[0]

    const listed = items(await runTintype(sample.root, ['at', store, 'items', '--json']))
    const paths = jsonLines(
      await runTintype(sample.root, ['at', store, 'ls', '-R', '--json', 'latest:/photos']),
    )

    const inStore = new Set(paths.filter((l) => l.type === 'file').map((line) => line.path))
    expect(listed).toHaveLength(truth.items.length)
    expect(new Set(listed.flatMap((item) => item.files.map((file) => file.path)))).toEqual(inStore)
    const wanted = truth.items.map((item) =>
      item.files
        .map((file) => file.sha256)
        .sort()
        .join(),
    )
    const found = listed.map((item) =>
      item.files
        .map((file) => file.sha256)
        .sort()
        .join(),
    )
    expect(found.sort()).toEqual(wanted.sort())
  })

  it('hands out one file with cat, and follows album links', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)
    const lines = jsonLines(
      await runTintype(sample.root, ['at', store, 'ls', '-R', '--json', 'latest:/albums']),
    )
    const link = lines.find((line) => line.type === 'symlink') as Line

    const ran = await runTintype(sample.root, ['at', store, 'cat', `latest:${link.path}`])

    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stdout.length).toBeGreaterThan(100)
  })

  it('passes both checks, and the quick one says what it did not read', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)

    const quick = await runTintype(sample.root, ['at', store, 'check'])
    const full = await runTintype(sample.root, ['at', store, 'check', '--full'])

    expect([quick.code, full.code]).toEqual([0, 0])
    expect(quick.stdout).toMatch(/not read/i)
    expect(full.stdout).not.toMatch(/not read/i)
  })

  it('restores one album with its photos and nothing else', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)
    const album = sample.exports[0].truth.albums.find(({ title }) => title !== '')!
    const out = join(sample.root, 'out')

    const ran = await runTintype(sample.root, [
      ...['at', store, 'restore', '--to', out, '--album', album.title],
    ])

    expect(ran.code, ran.stderr).toBe(0)
    const members = new Set(album.items)
    const files = sample.exports[0].truth.items
      .filter((item) => members.has(item.key))
      .flatMap((item) => item.files.map((file) => file.sha256))
    expect(hashesBelow(fileTree(out), '')).toEqual(new Set(files))
  })

  it('is arranged as gphotos-sync did, with XMP beside each photo', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)
    const out = join(sample.root, 'out')

    const ran = await runTintype(sample.root, [
      ...['at', store, 'restore', '--to', out, '--layout', 'gphotos-sync', '--metadata', 'xmp'],
    ])

    expect(ran.code, ran.stderr).toBe(0)
    const paths = Object.keys(fileTree(out))
    expect(paths.filter((path) => !/^(photos|albums)\//.test(path))).toEqual([])
    expect(paths.filter((path) => /^photos\/\d{4}\/\d{2}\/[^/]+\.xmp$/.test(path)).length).toBe(
      paths.filter((path) => /^photos\/.*(?<!\.xmp)$/.test(path)).length,
    )
  })

  it('shows in a dry run what a restore would write, and writes nothing', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)
    const out = join(sample.root, 'out')

    const ran = await runTintype(sample.root, ['at', store, 'restore', '--dry-run', '--to', out])

    expect(ran.code, ran.stderr).toBe(0)
    expect(() => readFileSync(join(out, 'README.txt'))).toThrow('ENOENT')
  })
})

describe('a second export', () => {
  it('adds what is new, changes what changed, moves nothing, forgets nothing', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)
    const [first, second] = sample.exports
    const before = items(await runTintype(sample.root, ['at', store, 'items', '--json']))

    const ran = await runTintype(sample.root, ['at', store, 'backup', '--json', second.folder])

    const changes = second.truth.changes!
    expect(result(ran)).toMatchObject({
      added: changes.added.length,
      vanished: changes.vanished.length,
    })
    const after = items(await runTintype(sample.root, ['at', store, 'items', '--json']))
    expect(after).toHaveLength(first.truth.items.length + changes.added.length)
    const pathOf = new Map(after.flatMap((item) => item.files.map((f) => [f.sha256, f.path])))
    for (const file of before.flatMap((item) => item.files)) {
      expect(pathOf.get(file.sha256)).toBe(file.path)
    }
  })

  it('leaves the earlier snapshot as it was', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)
    const before = join(sample.root, 'before')
    await runTintype(sample.root, ['at', store, 'restore', '--to', before])
    const id = jsonLines(await runTintype(sample.root, ['at', store, 'ls', '--json']))[0]!.id

    await runTintype(sample.root, ['at', store, 'backup', sample.exports[1].folder])

    const after = join(sample.root, 'after')
    await runTintype(sample.root, ['at', store, 'restore', '--to', after, String(id)])
    expect(fileTree(after)).toEqual(fileTree(before))
  })

  it('that is the first again reads no photo, and stores next to nothing', async () => {
    await using sample = await aHome()
    const store = await aStoreWith(sample)
    const { folder, truth } = sample.exports[0]

    const again = result(await runTintype(sample.root, ['at', store, 'backup', '--json', folder]))

    expect(again).toMatchObject({ added: 0, changed: 0, unchanged: truth.items.length })
    const media = truth.items.flatMap((item) => item.files)
    const ledger = await ledgerOf(sample, store, String(again.snapshot))
    expect(ledger.filter((row) => row.end === 'stored')).toEqual([])
    expect(ledger.filter((row) => row.end === 'known')).toHaveLength(media.length)
  })
})

async function ledgerOf(sample: Home, store: string, id: string): Promise<Line[]> {
  const ls = ['at', store, 'ls', '-R', '--json', `${id}:/metadata/imports`]
  const paths = jsonLines(await runTintype(sample.root, ls)).map((line) => String(line.path))
  const newest = paths
    .filter((path) => basename(path) === 'ledger.ndjson')
    .sort()
    .at(-1)!
  const ran = await runTintype(sample.root, ['at', store, 'cat', `${id}:${newest}`])
  return jsonLines(ran).slice(1)
}
