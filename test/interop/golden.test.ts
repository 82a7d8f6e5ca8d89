/**
 * The golden repositories in the hands of the built program: every algorithm of the format, in
 * repositories that others filled, and some of our own from earlier versions. Each is listed,
 * checked and restored; then a library is added to a copy of it, and nothing that was there changes.
 * @module
 */
import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Golden, GoldenEntry, GoldenSnapshot } from '../../scripts/golden/golden.ts'
import { type MaintenanceReport, maintain } from '../../src/kloset/maintenance/maintain.ts'
import { BtreeReader, TreeKind } from '../../src/kloset/reading/btree-reader.ts'
import { readContent } from '../../src/kloset/reading/content-reader.ts'
import { readHeader } from '../../src/kloset/reading/snapshot-header.ts'
import { findSnapshot } from '../../src/kloset/reading/snapshot-list.ts'
import { decodeError } from '../../src/kloset/records/error.ts'
import { decodeObject } from '../../src/kloset/records/object.ts'
import { decodeXattr } from '../../src/kloset/records/xattr.ts'
import { openRepository } from '../../src/kloset/repository.ts'
import { ResourceType } from '../../src/kloset/resource-type.ts'
import { removeSnapshots } from '../../src/kloset/state/remove-snapshots.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { encodeName } from '../../src/util/byte-names.ts'
import { quietly } from '../../src/util/progress.ts'
import { GOLDEN, goldenOf, unpackGolden, unpackStore } from '../fixtures/golden/open-golden.ts'
import { FIXTURE_PASSPHRASE, FIXTURES, fixturePath } from '../fixtures/kloset/open-fixture.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { jsonLines, type Ran, runTintype } from '../support/run-program.ts'
import { partName, photoEntries, zipOf } from '../support/small-export.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const HOUR_MS = 3_600_000

const THOROUGHLY = {
  ...{ progress: quietly, signal: new AbortController().signal, dryRun: false, graceMs: 0 },
  ...{ repackBelow: 1, compactFrom: 2, yesReally: true },
}

/** Kinds that a restore names and does not make. */
const SPECIAL = ['pipe', 'socket', 'device']

describe.each(GOLDEN)('the golden repository %s', (name) => {
  const golden = goldenOf(name)

  it('is listed, with every path of every snapshot', async () => {
    using home = temporaryFolder()
    const run = await openedIn(home.path, name, golden)

    const ids = jsonLines(await run('ls', '--json')).map(({ id }) => String(id).slice(0, 8))

    expect(ids.toSorted()).toEqual(golden.snapshots.map(({ id }) => id).toSorted())
    for (const snapshot of golden.snapshots) {
      const listed = await run('ls', '-R', '--json', `${snapshot.id}:${snapshot.below}`)
      expect(listed, listed.stderr).toMatchObject({ code: 0 })
      const lines = jsonLines(listed).map(listedFacts)
      const wanted = snapshot.entries.map((entry) => wantedFacts(snapshot, entry))
      if (snapshot.below === '/') expect(lines).toEqual(expect.arrayContaining(wanted))
      else expect(lines.toSorted()).toEqual(wanted.toSorted())
    }
  })

  it('passes a full check', async () => {
    using home = temporaryFolder()
    const run = await openedIn(home.path, name, golden)

    const check = await run('check', '--full', '--json')

    expect(check, check.stdout).toMatchObject({ code: 0 })
    expect(jsonLines(check).at(-1)).toMatchObject({ status: 'sound', notRead: '' })
  })

  it('is restored bit for bit; what is neither file, folder nor link is named', async () => {
    using home = temporaryFolder()
    const run = await openedIn(home.path, name, golden)
    for (const snapshot of golden.snapshots) {
      const out = join(home.path, snapshot.id)

      const restored = await run('restore', '--json', '--to', out, snapshot.id)

      expectRestored(out, snapshot)
      const special = snapshot.entries.filter(({ type }) => SPECIAL.includes(type))
      const problems = jsonLines(restored).filter(({ type }) => type === 'problem')
      expect(problems.map(({ path }) => path).toSorted()).toEqual(
        special.map(({ path }) => `${snapshot.below}/${path}`).toSorted(),
      )
      expect(restored, restored.stderr).toMatchObject({ code: special.length > 0 ? 3 : 0 })
    }
  })

  it('says what could not be read when it was made, and keeps attributes', async () => {
    using home = temporaryFolder()
    const store = await unpackGolden(name, join(home.path, 'store'))
    for (const snapshot of golden.snapshots) {
      const { errors, xattrs } = await sideTrees(store, golden, snapshot.id)

      expect(errors).toEqual(snapshot.errors)
      const wanted = snapshot.entries.flatMap((entry) =>
        Object.entries(entry.xattrs ?? {}).map(([attribute, value]) => [
          `${snapshot.below}/${entry.path} ${attribute}`,
          value,
        ]),
      )
      expect(xattrs).toEqual(Object.fromEntries(wanted))
    }
  })

  it('takes a library beside what it holds, which stays as it was', async () => {
    using home = temporaryFolder()
    const run = await openedIn(home.path, name, golden)
    const source = join(home.path, partName(1))
    writeFileSync(source, zipOf(photoEntries('IMG_1001.jpg', 'IMG_1002.jpg')))

    const saved = await run('backup', '--json', source)

    expect(saved, saved.stderr).toMatchObject({ code: 0 })
    const check = await run('check', '--full')
    expect(check, check.stdout).toMatchObject({ code: 0 })
    expect(jsonLines(await run('ls', '--json'))).toHaveLength(golden.snapshots.length + 1)
    for (const snapshot of golden.snapshots) {
      const out = join(home.path, snapshot.id)
      await run('restore', '--to', out, snapshot.id)
      expectRestored(out, snapshot)
    }
  })
})

const TO_BE_CLEANED = [
  ...GOLDEN.map((name) => ({ name, unpack: (target: string) => unpackGolden(name, target) })),
  ...FIXTURES.filter((name) => !name.endsWith('.ptar')).map((name) => ({
    name,
    unpack: (target: string) => unpackStore(fixturePath(`${name}.tar.gz`), target, 1),
  })),
]

it.each(TO_BE_CLEANED)(
  'after a snapshot was removed and all space given back, $name is whole',
  async ({ name, unpack }) => {
    using home = temporaryFolder()
    const store = await unpack(join(home.path, 'store'))
    const golden = GOLDEN.includes(name) ? goldenOf(name) : undefined
    const passphrase = golden === undefined ? FIXTURE_PASSPHRASE : (golden.passphrase ?? '')
    const run = running(home.path, store, passphrase)
    const clock = new FakeClock('2027-01-01T00:00:00Z')
    const open = () =>
      openRepository(new FolderStore(store), { passphrase: async () => passphrase })
    const ids = (await open()).index.snapshots()

    await removeSnapshots(await open(), ids.slice(1), () => clock.now())
    const reports: MaintenanceReport[] = []
    for (let turn = 0; turn < 3; turn++) {
      clock.advance(HOUR_MS)
      reports.push(await maintain(await open(), { ...THOROUGHLY, clock }))
    }

    expect(reports.flatMap(({ refusals }) => refusals)).toEqual([])
    expect(reports.at(-1)).toMatchObject({ coloured: [], rescued: [] }) // nothing is left to do
    const check = await run('check', '--full')
    expect(check, check.stdout).toMatchObject({ code: 0 })
    const left = jsonLines(await run('ls', '--json')).map(({ id }) => id)
    expect(left).toEqual(ids.slice(0, 1))
    const snapshot = golden?.snapshots.find(({ id }) => ids[0]!.startsWith(id))
    if (snapshot === undefined) return
    await run('restore', '--to', join(home.path, 'out'), snapshot.id)
    expectRestored(join(home.path, 'out'), snapshot)
  },
)

/** Unpacks the repository and returns how to run the program on it. */
async function openedIn(
  home: string,
  name: string,
  { passphrase = '' }: Golden,
): Promise<(...args: string[]) => Promise<Ran>> {
  return running(home, await unpackGolden(name, join(home, 'store')), passphrase)
}

function running(home: string, store: string, passphrase: string) {
  return (...args: string[]) =>
    runTintype(home, ['at', store, ...args], { env: { TINTYPE_PASSPHRASE: passphrase } })
}

function listedFacts({ type, path, bytes, target }: Record<string, unknown>): string {
  return JSON.stringify({ type, path, bytes: type === 'file' ? bytes : undefined, target })
}

function wantedFacts(snapshot: GoldenSnapshot, entry: GoldenEntry): string {
  const type = SPECIAL.includes(entry.type) ? 'file' : entry.type
  const path = `${snapshot.below === '/' ? '' : snapshot.below}/${entry.path}`
  const bytes = type === 'file' ? (entry.bytes ?? 0) : undefined
  return JSON.stringify({ type, path, bytes, target: entry.target })
}

function expectRestored(out: string, { below, entries }: GoldenSnapshot): void {
  for (const entry of entries.filter(({ type }) => !SPECIAL.includes(type))) {
    const path = Buffer.concat([Buffer.from(`${join(out, below)}/`), encodeName(entry.path)])
    const stat = lstatSync(path)
    const content = stat.isFile() ? readFileSync(path) : undefined
    expect({
      path: entry.path,
      type: stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'file',
      bytes: content?.length,
      sha256: content && createHash('sha256').update(content).digest('hex'),
      target: stat.isSymbolicLink() ? readlinkSync(path) : undefined,
      modified: content && Math.floor(stat.mtimeMs / 1000),
    }).toEqual({
      path: entry.path,
      type: entry.type,
      bytes: entry.bytes,
      sha256: entry.sha256,
      target: entry.target,
      modified: content && entry.modified,
    })
  }
}

/** Paths that could not be read, and values of attributes by `PATH NAME`, hexadecimal. */
async function sideTrees(store: string, { passphrase = '' }: Golden, id: string) {
  const repository = await openRepository(new FolderStore(store), {
    passphrase: async () => passphrase,
  })
  const { vfs } = (await readHeader(repository, await findSnapshot(repository, id))).sources[0]!
  const errors: string[] = []
  for await (const [, mac] of new BtreeReader(repository, TreeKind.ERRORS, vfs.errors).entries()) {
    errors.push(decodeError(await repository.readBlob(ResourceType.ERROR_ENTRY, mac)).path)
  }
  const xattrs: Record<string, string> = {}
  for await (const [, mac] of new BtreeReader(repository, TreeKind.XATTRS, vfs.xattrs).entries()) {
    const bytes = await repository.readBlob(ResourceType.XATTR_ENTRY, mac)
    const { path, name, object } = decodeXattr(bytes)
    const record = decodeObject(await repository.readBlob(ResourceType.OBJECT, object))
    const parts: Uint8Array[] = []
    for await (const part of readContent(repository, record, path)) parts.push(part)
    xattrs[`${path} ${name}`] = Buffer.concat(parts).toString('hex')
  }
  await repository[Symbol.asyncDispose]()
  return { errors, xattrs }
}
