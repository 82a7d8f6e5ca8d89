/**
 * Repositories that plakar wrote, in the hands of the built program: listed, checked, restored.
 * What they must hold is known from plakar's own decoding (test/fixtures/kloset).
 * @module
 */
import {
  createReadStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadBlake3 } from '../../src/kloset/crypto/blake3.ts'
import { createMac } from '../../src/kloset/crypto/mac.ts'
import { decodeName, encodeName } from '../../src/util/byte-names.ts'
import { fromHex, toHex } from '../../src/util/bytes.ts'
import {
  type Expected,
  type ExpectedEntry,
  expectedOf,
  FIXTURE_PASSPHRASE,
  FIXTURES,
  type FixtureName,
  fixturePath,
} from '../fixtures/kloset/open-fixture.ts'
import { jsonLines, type Ran, runTintype } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Bits of Go's file modes. */
const GO_DIRECTORY = 0x8000_0000
const GO_SYMLINK = 0x0800_0000
const GO_PIPE = 0x0200_0000

/** Name, and what is there: a link's target or a file's size and MAC. */
type Tree = Record<string, string>

beforeAll(loadBlake3)

describe.each(FIXTURES)('the repository %s', (name) => {
  const expected = expectedOf(name)

  it('is listed: every snapshot, and every path of each', async () => {
    using home = temporaryFolder()
    const store = await storeOf(name, home.path)

    const ls = await run(home.path, store, ['ls', '--json'])

    expect(ls, ls.stderr).toMatchObject({ code: 0 })
    const ids = jsonLines(ls).map((line) => line.id)
    expect(ids.sort()).toEqual(expected.snapshots.map(({ id }) => id).sort())
    for (const { id, entriesInTreeOrder } of expected.snapshots) {
      const listed = await run(home.path, store, ['ls', '-R', '--json', `${id}:/`])
      expect(listed, listed.stderr).toMatchObject({ code: 0 })
      const below = entriesInTreeOrder.filter(({ pathUtf8OrHex }) => pathUtf8OrHex !== '/')
      expect(jsonLines(listed).map(lineFacts).sort()).toEqual(below.map(expectedLine).sort())
    }
  })

  it('passes a full check', async () => {
    using home = temporaryFolder()
    const store = await storeOf(name, home.path)

    const check = await run(home.path, store, ['check', '--full', '--json'])

    expect(check, check.stdout).toMatchObject({ code: 0 })
    expect(jsonLines(check).at(-1)).toMatchObject({ status: 'sound', notRead: '' })
  })

  it('is restored: every file, every byte, every link; a pipe is refused by name', async () => {
    using home = temporaryFolder()
    const store = await storeOf(name, home.path)
    for (const { id, entriesInTreeOrder } of expected.snapshots) {
      const out = join(home.path, id)

      const restored = await run(home.path, store, ['restore', '--json', '--to', out, id])

      expect(treeOf(out, macOf(name, expected))).toEqual(expectedTree(entriesInTreeOrder))
      expect(restored, restored.stderr).toMatchObject({ code: 3 })
      const problems = jsonLines(restored).filter((line) => line.type === 'problem')
      const pipes = entriesInTreeOrder.filter((entry) => isOf(entry, GO_PIPE))
      expect(problems.map(({ path }) => path)).toEqual(pipes.map((entry) => pathOf(entry)))
      expect(pipes).toHaveLength(1)
    }
  })
})

function run(home: string, store: string, args: readonly string[]): Promise<Ran> {
  return runTintype(home, ['at', store, ...args], {
    env: { TINTYPE_PASSPHRASE: FIXTURE_PASSPHRASE },
  })
}

/** The fixture as a store on disk: itself, or unpacked below `home`. */
async function storeOf(name: FixtureName, home: string): Promise<string> {
  if (name.endsWith('.ptar')) return fixturePath(name)
  const store = join(home, 'store')
  const archive = createReadStream(fixturePath(`${name}.tar.gz`)).pipe(createGunzip())
  for await (const entry of archive.pipe(extract())) {
    const [, ...rest] = entry.header.name.split('/')
    const path = join(store, ...rest)
    const parts: Uint8Array[] = []
    for await (const part of entry) parts.push(part as Uint8Array)
    mkdirSync(entry.header.type === 'directory' ? path : dirname(path), { recursive: true })
    if (entry.header.type === 'file') writeFileSync(path, Buffer.concat(parts))
  }
  return store
}

function isOf({ mode }: ExpectedEntry, kind: number): boolean {
  return Math.floor(Number(mode) / kind) % 2 === 1
}

/** As the program writes it in JSON: a byte that is not UTF-8 is U+DC00 plus its value. */
function pathOf({ pathUtf8OrHex }: ExpectedEntry): string {
  if (typeof pathUtf8OrHex === 'string') return pathUtf8OrHex
  const bytes = Buffer.from(pathUtf8OrHex.hex, 'hex')
  const isAscii = (byte: number) => byte < 0x80
  return [...bytes].map((b) => String.fromCharCode(isAscii(b) ? b : 0xdc00 + b)).join('')
}

function lineFacts({ type, path, bytes, target }: Record<string, unknown>): string {
  return JSON.stringify({ type, path, ...(type === 'file' ? { bytes } : {}), target })
}

function expectedLine(entry: ExpectedEntry): string {
  const { size, symlink } = entry
  const path = pathOf(entry)
  if (isOf(entry, GO_DIRECTORY)) return lineFacts({ type: 'directory', path })
  if (isOf(entry, GO_SYMLINK)) return lineFacts({ type: 'symlink', path, target: symlink })
  return lineFacts({ type: 'file', path, bytes: size }) // pipes, too: the contract knows three types
}

/** What must be on disk. */
function expectedTree(entries: readonly ExpectedEntry[]): Tree {
  const tree: Tree = {}
  for (const entry of entries.filter((one) => !isOf(one, GO_PIPE))) {
    const name = pathOf(entry).slice(1)
    if (name === '') continue
    if (isOf(entry, GO_DIRECTORY)) tree[name] = 'directory'
    else if (isOf(entry, GO_SYMLINK)) tree[name] = `-> ${entry.symlink}`
    else tree[name] = `${entry.size} ${entry.object?.contentMac}`
  }
  return tree
}

function treeOf(folder: string, mac: (bytes: Uint8Array) => string): Tree {
  const tree: Tree = {}
  for (const name of namesBelow(Buffer.from(folder))) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), encodeName(name)])
    const stat = lstatSync(path)
    const bytes = stat.isFile() ? readFileSync(path) : undefined
    if (stat.isDirectory()) tree[name] = 'directory'
    else if (stat.isSymbolicLink()) tree[name] = `-> ${readlinkSync(path)}`
    else tree[name] = `${bytes!.length} ${mac(bytes!)}`
  }
  return tree
}

/** Every path below `folder`; names are bytes, those that are not UTF-8 come escaped. */
function* namesBelow(folder: Buffer): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
    const name = decodeName(entry.name)
    yield name
    if (!entry.isDirectory()) continue
    const below = Buffer.concat([folder, Buffer.from('/'), entry.name])
    for (const inner of namesBelow(below)) yield `${name}/${inner}`
  }
}

/** The MAC by which the repository knows a whole content. */
function macOf(name: FixtureName, { macKeyHex }: Expected): (bytes: Uint8Array) => string {
  const hashing = name === 'fs-sha256-nocompression' ? 'SHA256' : 'BLAKE3'
  const mac = createMac(hashing, fromHex(macKeyHex))
  return (bytes) => toHex(mac.of(bytes))
}
