/**
 * A store that plakar filled, with one bit flipped in each region of each of its files, and each file
 * cut at each of their borders: our full check reports it, and reading gives the bytes that plakar saved or
 * an error. `test/crash/flips.test.ts` does the same to every byte of a store of ours.
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPackfileIndex } from '../../src/kloset/packfile/packfile-index.ts'
import { checkRepository } from '../../src/kloset/reading/check.ts'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { createRepository, openRepository, Repository } from '../../src/kloset/repository.ts'
import { ResourceType, resourceTypeName } from '../../src/kloset/resource-type.ts'
import { requireSupported } from '../../src/kloset/supported-configuration.ts'
import { WRAPPER_HEADER_BYTES } from '../../src/kloset/wrapper.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { equalBytes } from '../../src/util/bytes.ts'
import { codeOf } from '../../src/util/coded-error.ts'
import { quietly } from '../../src/util/progress.ts'
import { filesOf, replaced, type StoredFile, storeOf } from '../support/faults/file-set.ts'
import { noise } from '../support/faults/tiny-library.ts'
import { NO_PLAKAR } from '../support/plakar.ts'
import { PASSPHRASE, runTintype } from '../support/run-program.ts'
import { TwoPrograms } from '../support/two-programs.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

const MAC_BYTES = 32

interface Region {
  what: string
  start: number
  /** Not in the region any more. */
  end: number
}

type Fate = 'found' | 'MISSED' | 'WRONG BYTES'

let programs: TwoPrograms
const tally = new Map<string, Record<string, number>>()

beforeAll(async () => {
  if (NO_PLAKAR === undefined) programs = await TwoPrograms.start()
})
afterAll(async () => {
  await programs?.[Symbol.asyncDispose]()
  const rows = [...tally].map(([what, fates]) => `  ${what.padEnd(40)} ${JSON.stringify(fates)}\n`)
  process.stdout.write(`\nDamage to stores that plakar filled\n${rows.join('')}`)
})

describe.skipIf(NO_PLAKAR !== undefined).each([
  { kind: 'encrypted', passphrase: PASSPHRASE },
  { kind: 'plaintext', passphrase: undefined },
])('a store that plakar filled, $kind', ({ kind, passphrase }) => {
  let folder: string
  let source: string
  let files: StoredFile[]
  let sound: Repository
  /** What plakar saved, by path; links by their targets. */
  const saved = new Map<string, Uint8Array>()
  let snapshot: string

  beforeAll(async () => {
    folder = join(programs.folder, kind)
    source = join(programs.folder, `source-${kind}`)
    mkdirSync(join(source, 'deep'), { recursive: true })
    const contents = { 'one.jpg': noise(9000, 1), 'deep/two.jpg': noise(30_000, 2), empty: '' }
    for (const [name, bytes] of Object.entries(contents)) {
      writeFileSync(join(source, name), bytes)
      saved.set(join(source, name), Buffer.from(bytes))
    }
    symlinkSync('one.jpg', join(source, 'link'))
    if (passphrase === undefined) await programs.plakar(folder, ['create', '-plaintext'])
    else {
      // by us, because plakar takes two seconds to derive a key, and we open it so often
      const now = () => new Date()
      await createRepository(new FolderStore(folder), { passphrase, kdfMemoryMiB: 8, now })
    }
    await programs.plakar(folder, ['backup', source])
    await programs.killWithLock(folder, ['maintenance'])
    files = await filesOf(new FolderStore(folder))
    sound = await openRepository(new FolderStore(folder), {
      passphrase: async () => PASSPHRASE,
    })
    snapshot = sound.index.snapshots()[0]!
  })

  /** Opens altered files without deriving the key again. */
  async function open(altered: readonly StoredFile[]): Promise<Repository> {
    const { configuration, secret } = sound
    const settings = requireSupported(configuration, 'here')
    const parts = { store: await storeOf(altered), configuration, settings }
    const config = altered.find((each) => each.kind === 'config')!.bytes
    return Repository.open({ ...parts, key: secret.encryptionKey }, config, undefined)
  }

  async function judge(what: string, altered: readonly StoredFile[]): Promise<Fate> {
    const repository = await open(altered)
    const { problems } = await checkRepository(repository, {
      ...{ level: 'full', snapshots: repository.index.snapshots() },
      ...{ progress: quietly, signal: new AbortController().signal },
    })
    const isFound = problems.some(({ code }) => code !== 'COULD_NOT_READ')
    const fate = (await readsWrong(repository)) ? 'WRONG BYTES' : isFound ? 'found' : 'MISSED'
    const fates = tally.get(what) ?? {}
    fates[fate] = (fates[fate] ?? 0) + 1
    tally.set(what, fates)
    return fate
  }

  /** Errors that have a code are refusals; any other is a defect, and thrown. */
  async function readsWrong(repository: Repository): Promise<boolean> {
    for (const [path, bytes] of saved) {
      try {
        const reader = await openSnapshot(repository, snapshot)
        if (!equalBytes(await reader.readFile(path, 1e6), bytes)) return true
      } catch (error) {
        if (codeOf(error) === undefined) throw error
      }
    }
    return false
  }

  async function regionsOf(file: StoredFile): Promise<Region[]> {
    const size = file.bytes.length
    const header = [
      { what: 'magic', start: 0, end: 8 },
      { what: 'type', start: 8, end: 12 },
      { what: 'version', start: 12, end: 16 },
    ]
    const inside =
      file.kind === 'packfile'
        ? await regionsOfPack(file)
        : [{ what: 'body', start: WRAPPER_HEADER_BYTES, end: size - MAC_BYTES }]
    return [...header, ...inside, { what: 'MAC', start: size - MAC_BYTES, end: size }]
  }

  /** The first blob of each type, the padding, and what comes behind the data. */
  async function regionsOfPack({ bytes }: StoredFile): Promise<Region[]> {
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
    const { footer, records } = await readPackfileIndex({ sizeBytes: bytes.length, read }, sound)
    const firsts = new Map(records.toReversed().map((record) => [record.type, record]))
    const blobs = [...firsts.values()].map(({ type, offset, length }) => ({
      what: resourceTypeName(type),
      start: WRAPPER_HEADER_BYTES + offset,
      end: WRAPPER_HEADER_BYTES + offset + length,
    }))
    const lengthAt = bytes.length - MAC_BYTES - 4
    const footerAt =
      lengthAt - new DataView(bytes.buffer, bytes.byteOffset).getUint32(lengthAt, true)
    const indexAt = WRAPPER_HEADER_BYTES + footer.indexOffset
    return [
      ...blobs,
      { what: 'index', start: indexAt, end: footerAt },
      { what: 'footer', start: footerAt, end: lengthAt },
      { what: 'length of the footer', start: lengthAt, end: lengthAt + 4 },
    ]
  }

  const altered = (file: StoredFile, bytes: Uint8Array) => replaced(files, file, bytes)
  const stored = () => files.filter((file) => file.kind !== 'config')

  it('has files of every kind, and is sound', async () => {
    expect(new Set(files.map((file) => file.kind))).toEqual(
      new Set(['config', 'packfile', 'state', 'lock']),
    )
    const { problems } = await checkRepository(await open(files), {
      ...{ level: 'full', snapshots: [snapshot] },
      ...{ progress: quietly, signal: new AbortController().signal },
    })
    expect(problems).toEqual([])
    expect(await readsWrong(sound)).toBe(false)
  })

  it('never hides a flipped bit from us, whatever it lies in', async () => {
    for (const file of stored()) {
      for (const { what, start, end } of await regionsOf(file)) {
        for (const at of new Set([start, (start + end) >> 1, end - 1])) {
          const bytes = file.bytes.slice()
          bytes[at]! ^= 1 << (at % 8)
          const fate = await judge(`a bit of ${file.kind}: ${what}`, altered(file, bytes))
          expect(fate, `${file.kind}: ${what} at ${at}`).toBe('found')
        }
      }
    }
  }, 120_000)

  it('is not taken for whole when a file was cut, wherever', async () => {
    for (const file of stored()) {
      const ends = (await regionsOf(file)).map(({ start }) => start)
      for (const end of new Set([...ends, file.bytes.length - 1])) {
        const fate = await judge(`a cut ${file.kind}`, altered(file, file.bytes.slice(0, end)))
        expect(fate, `${file.kind} cut at ${end}`).toBe('found')
      }
    }
  }, 120_000)

  it('is not opened with any byte of its CONFIG changed, nor with a part of it', async () => {
    const config = files.find((file) => file.kind === 'config')!
    const size = config.bytes.length
    for (let at = 0; at < size; at += 13) {
      const bytes = config.bytes.slice()
      bytes[at]! ^= 1 << (at % 8)
      for (const some of [bytes, config.bytes.slice(0, at)]) {
        const opening = openRepository(await storeOf(altered(config, some)), {
          passphrase: async () => PASSPHRASE,
        })
        await expect(opening, `byte ${at}`).rejects.toMatchObject({ code: expect.any(String) })
      }
    }
  }, 120_000)

  it('says so with exit code 65, and gives back all that is sound', async () => {
    const pack = sound.index.locate(ResourceType.CHUNK, await chunkOf(join(source, 'one.jpg')))!
    const name = readdirSync(join(folder, 'packfiles'), { recursive: true, encoding: 'utf8' })
    const path = join(folder, 'packfiles', name.find((each) => each.endsWith(pack.packfile))!)
    const bytes = readFileSync(path)
    bytes[WRAPPER_HEADER_BYTES + pack.offset + (pack.length >> 1)]! ^= 4
    writeFileSync(path, bytes)
    const out = join(programs.folder, `restored-${kind}`)

    const check = await runTintype(programs.folder, ['at', folder, 'check', '--full'])
    const restored = await runTintype(programs.folder, ['at', folder, 'restore', '--to', out])

    expect(check, check.stderr).toMatchObject({ code: 65 })
    expect(check.stdout + check.stderr).toContain('one.jpg')
    expect(restored, restored.stderr).toMatchObject({ code: 3 })
    expect(restored.stdout + restored.stderr).toContain('one.jpg')
    const there = readdirSync(join(out, source), { recursive: true }).toSorted()
    expect(there).toEqual(['deep', 'deep/two.jpg', 'empty', 'link'])
    expect(readFileSync(join(out, source, 'deep/two.jpg'))).toEqual(Buffer.from(noise(30_000, 2)))
    rmSync(out, { recursive: true })
  })

  async function chunkOf(path: string): Promise<string> {
    const reader = await openSnapshot(sound, snapshot)
    const { objectMac } = (await reader.entry(path))!
    return (await reader.object(objectMac!)).chunks[0]!.contentMac
  }
})
