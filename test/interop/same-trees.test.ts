/**
 * For any folder, the trees that our writer builds are those that plakar builds: of the paths, the
 * attributes, the errors, the content types, the listings and the summaries. Their roots are MACs
 * over all of it, so equal roots are equal trees.
 *
 * plakar saves a random folder, then another one at the same place, building upon the first. We copy
 * both into an empty store of the same keys and settings, which makes every tree anew; what is equal
 * by then is the whole header.
 * @module
 */
import { lutimesSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { createRepository, openRepository, type Repository } from '../../src/kloset/repository.ts'
import { CopiedContents } from '../../src/kloset/transfer/copied-contents.ts'
import { copySnapshot } from '../../src/kloset/transfer/copy-snapshot.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { quietly } from '../../src/util/progress.ts'
import { noise } from '../support/faults/tiny-library.ts'
import { NO_PLAKAR } from '../support/plakar.ts'
import { PASSPHRASE } from '../support/run-program.ts'
import { TwoPrograms, withRepository } from '../support/two-programs.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

const RUNS = process.env.SLOW === '1' ? 60 : 8

interface FileNode {
  kind: 'file'
  bytes: number
  like: 'noise' | 'zeros' | 'text'
  seed: number
  mode: number
  modified: number
}
interface LinkNode {
  kind: 'link'
  target: string
  modified: number
}
interface FolderNode {
  kind: 'folder'
  children: readonly (readonly [name: Uint8Array, node: Node])[]
  /** So many small files besides: several levels of a tree need many. */
  crowd: number
  mode: number
}
type Node = FileNode | LinkNode | FolderNode

/** Where orders differ: a slash, what sorts before it, and what is no UTF-8. */
const name = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom('a', 'b', '-', '.', ' ', '0', 'A'),
      minLength: 1,
      maxLength: 4,
    }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('é', 'e\u0301', '🌊', '\uffff', 'ß', '\n', '\x1b'),
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map((text) => Uint8Array.from(Buffer.from(text)))
const bytesName = fc.uint8Array({ min: 1, max: 255, minLength: 1, maxLength: 8 })
const anyName = fc
  .oneof({ weight: 6, arbitrary: name }, { weight: 1, arbitrary: bytesName })
  .filter(
    (bytes) =>
      !bytes.includes(0) && !bytes.includes(47) && !/^\.{1,2}$/.test(String(Buffer.from(bytes))),
  )
/** Seconds, from 1931 to 2096. */
const modified = fc.integer({ min: -1_230_000_000, max: 4_000_000_000 })

const file: fc.Arbitrary<Node> = fc.record({
  kind: fc.constant('file' as const),
  bytes: fc.oneof(
    { weight: 8, arbitrary: fc.nat(3000) },
    { weight: 2, arbitrary: fc.nat(120_000) },
    { weight: 1, arbitrary: fc.constantFrom(0, 4096, 65_536, 1_500_000) },
  ),
  like: fc.constantFrom('noise' as const, 'zeros' as const, 'text' as const),
  seed: fc.nat(20), // few, so that contents repeat
  mode: fc.constantFrom(0o644, 0o600, 0o4755, 0o2711, 0o1444, 0o777),
  modified,
})
const link: fc.Arbitrary<Node> = fc.record({
  kind: fc.constant('link' as const),
  target: fc.constantFrom('a', '../b', '/nowhere/at all', 'é'),
  modified,
})
const { folder } = fc.letrec<{ node: Node; folder: FolderNode }>((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, { weight: 5, arbitrary: file }, link, tie('folder')),
  folder: fc.record({
    kind: fc.constant('folder' as const),
    children: fc.uniqueArray(fc.tuple(anyName, tie('node')), {
      maxLength: 12,
      selector: ([bytes]) => Buffer.from(bytes).toString('hex'),
    }),
    crowd: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 40, max: 160 })),
    mode: fc.constantFrom(0o755, 0o700, 0o1777, 0o2755),
  }),
}))

let programs: TwoPrograms
let places = 0
/** Stores whose contents plakar writes. */
const stores: Record<string, string> = {}

beforeAll(async () => {
  if (NO_PLAKAR !== undefined) return
  programs = await TwoPrograms.start()
  const chunking = { minBytes: 1024, normalBytes: 4096, maxBytes: 16_384 }
  const settings = {
    'small chunks, encrypted': { passphrase: PASSPHRASE, kdfMemoryMiB: 8, chunking },
    'small chunks, SHA-256': { hashing: 'SHA256' as const, chunking },
    'as usual': {},
  }
  for (const [kind, setting] of Object.entries(settings)) {
    stores[kind] = join(programs.folder, kind.replaceAll(/\W+/g, '-'))
    await createRepository(new FolderStore(stores[kind]), { ...setting, now: () => new Date() })
  }
})
afterAll(async () => {
  await programs?.[Symbol.asyncDispose]()
})

async function write(path: Uint8Array, node: Node): Promise<void> {
  const at = Buffer.from(path)
  if (node.kind === 'link') {
    symlinkSync(node.target, at)
    lutimesSync(at, 0, node.modified)
  } else if (node.kind === 'file') {
    writeFileSync(at, contentOf(node))
    await chmod(at, node.mode)
    utimesSync(at, 0, node.modified)
  } else {
    mkdirSync(at)
    const below = (bytes: Uint8Array) => Buffer.concat([at, Buffer.from('/'), bytes])
    for (const [own, child] of node.children) await write(below(own), child)
    for (let n = 0; n < node.crowd; n++) writeFileSync(below(Buffer.from(`crowd ${n}`)), `${n % 9}`)
    await chmod(at, node.mode)
  }
}

function contentOf({ bytes, like, seed }: FileNode): Uint8Array {
  if (like === 'zeros') return new Uint8Array(bytes)
  if (like === 'noise') return noise(bytes, seed + 1)
  return Buffer.alloc(bytes, `seed ${seed} says the same again and again, `)
}

/** An empty repository of the same keys and settings. */
async function emptyLike(original: Repository): Promise<Repository> {
  const store = new MemoryStore('ours')
  await store.create(await original.store.getConfig())
  return openRepository(store, { passphrase: async () => PASSPHRASE })
}

async function expectSameTrees(at: string, ids: readonly string[]): Promise<void> {
  await withRepository(at, async (theirs) => {
    const ours = await emptyLike(theirs)
    for (const id of ids) {
      await copySnapshot(theirs, ours, id, {
        ...{ threads: 0, contents: new CopiedContents(), readBack: false },
        ...{ now: () => new Date(), progress: quietly, signal: new AbortController().signal },
      })
      const [copy, original] = [await openSnapshot(ours, id), await openSnapshot(theirs, id)]
      expect(copy.header).toEqual(original.header)
    }
  })
}

describe.skipIf(NO_PLAKAR !== undefined)('the trees of a random folder', () => {
  it('are, built by us, what plakar built, to the last MAC', async () => {
    let paths = 0
    const property = fc.asyncProperty(
      folder,
      folder,
      fc.constantFrom(...Object.keys(stores)),
      async (first, second, kind) => {
        const at = stores[kind]!
        const before = await programs.ids(at)
        const source = join(programs.folder, `random ${places++}`)
        for (const tree of [first, second]) {
          rmSync(source, { recursive: true, force: true })
          await write(Buffer.from(source), tree)
          await programs.plakar(at, ['backup', source])
        }
        rmSync(source, { recursive: true })
        const ids = (await programs.ids(at)).filter((id) => !before.includes(id))
        expect(ids).toHaveLength(2)
        await expectSameTrees(at, ids)
        paths += count(first) + count(second)
      },
    )
    await fc.assert(property, { numRuns: RUNS })
    process.stdout.write(`trees of ${2 * RUNS} random folders, ${paths} paths: equal\n`)
  }, 600_000)
})

function count(node: Node): number {
  if (node.kind !== 'folder') return 1
  return node.children.reduce((sum, [, child]) => sum + count(child), 1 + node.crowd)
}
