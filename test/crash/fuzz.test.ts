/**
 * Everything that is read from a store, with bytes that nobody should have written: accidents, and
 * what a forger can do who knows the format. Whatever comes, the answer is a value or an error of
 * ours; never another exception, an endless loop, more output than was allowed, or a changed
 * prototype.
 *
 * `SEED=n` repeats a run, `SLOW=1` tries thirty times as much.
 * @module
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import { readMember, storedMember } from '../../src/kloset/compression/gzip.ts'
import { readLz4Frame } from '../../src/kloset/compression/lz4-frame-reader.ts'
import { compressedFrame } from '../../src/kloset/compression/lz4-frame-writer.ts'
import { readZstd } from '../../src/kloset/compression/zstd.ts'
import { decodeConfiguration } from '../../src/kloset/configuration.ts'
import { loadBlake3 } from '../../src/kloset/crypto/blake3.ts'
import { createEncryptionStream } from '../../src/kloset/crypto/encryption-stream.ts'
import { createPlainKernels } from '../../src/kloset/kernels/kernels.ts'
import { macToHex } from '../../src/kloset/mac-hex.ts'
import { MsgpackError, MsgpackReader } from '../../src/kloset/msgpack/msgpack-reader.ts'
import { EPOCH } from '../../src/kloset/msgpack/timestamp.ts'
import {
  decodeFooter,
  decodeIndex,
  encodeFooter,
} from '../../src/kloset/packfile/packfile-codec.ts'
import { readPackfileIndex } from '../../src/kloset/packfile/packfile-index.ts'
import { checkRepository } from '../../src/kloset/reading/check.ts'
import { decodeDirpack } from '../../src/kloset/reading/dirpack.ts'
import { listSnapshots } from '../../src/kloset/reading/snapshot-list.ts'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { decodeBtreeNode, decodeBtreeRoot } from '../../src/kloset/records/btree.ts'
import { decodeEntry } from '../../src/kloset/records/entry.ts'
import { decodeError, encodeError } from '../../src/kloset/records/error.ts'
import { decodeHeader } from '../../src/kloset/records/header.ts'
import { decodeLock, encodeLock } from '../../src/kloset/records/lock.ts'
import { decodeObject } from '../../src/kloset/records/object.ts'
import { decodeSummary } from '../../src/kloset/records/summary.ts'
import { decodeXattr } from '../../src/kloset/records/xattr.ts'
import { openRepository, type Repository } from '../../src/kloset/repository.ts'
import { configurationMac } from '../../src/kloset/repository-keys.ts'
import { ResourceType } from '../../src/kloset/resource-type.ts'
import { decodeState } from '../../src/kloset/state/state-codec.ts'
import { StateIndex } from '../../src/kloset/state/state-index.ts'
import { requireSupported } from '../../src/kloset/supported-configuration.ts'
import { peel, unwrap, wrap } from '../../src/kloset/wrapper.ts'
import { decodeHold, encodeHold } from '../../src/operations/holds/hold-record.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { PtarStore } from '../../src/stores/ptar/ptar-store.ts'
import { concatBytes } from '../../src/util/bytes.ts'
import { CodedError } from '../../src/util/coded-error.ts'
import { quietly } from '../../src/util/progress.ts'
import { fixturePath, fixtureStore } from '../fixtures/kloset/open-fixture.ts'
import { SEED } from '../support/faults/seed.ts'
import { type Mutations, mutated, mutations } from '../support/mutations.ts'

const isSlow = process.env.SLOW === '1'
const TIMES = isSlow ? 30 : 1
process.stdout.write(`fuzzing with SEED=${SEED}\n`)

/** Of all outputs: larger than anything the samples hold. */
const MAX_BYTES = 1_000_000
const KEY = new Uint8Array(32).fill(7)
const kernels = createPlainKernels(0)
const encryption = { key: KEY, subKeyAlgorithm: 'AES256-KW' as const, chunkBytes: 1024 }
const stream = createEncryptionStream(encryption, kernels)

await loadBlake3()
const repository = await openPlain()
const samples = await samplesOf(repository)

beforeAll(() => {
  expect([...samples.values()].every((list) => list.length > 0)).toBe(true)
})

afterEach(() => {
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
})

/** A parser, and sound bytes for it to be changed. */
interface Target {
  what: string
  from: Uint8Array[]
  read: (bytes: Uint8Array) => unknown
}

const ERROR_RECORD = encodeError({ version: 0x10000, path: '/a', error: 'no permission' })
const HOLD = encodeHold({
  ...{ name: 'wedding', reason: 'the only copy', author: 'me', start: '2026-11-21T10:00:00Z' },
  covers: { snapshots: ['ab'.repeat(32)] },
})
const FOOTER = encodeFooter({
  ...{ timestamp: new Date(0), count: 3, indexOffset: 5096 },
  indexMac: KEY,
})
const text = new TextEncoder().encode('a photo, and another photo; '.repeat(300))
const zstd: { vectors: { frame: string }[] } = JSON.parse(
  readFileSync(
    new URL('../../src/kloset/compression/fixtures/zstd-vectors.json', import.meta.url),
    'utf8',
  ),
)

const TARGETS: Target[] = [
  {
    what: 'LZ4 frames',
    from: [concatBytes(compressedFrame(text)), ...sampled('encoded')],
    read: (bytes) => atMost(readLz4Frame(bytes, MAX_BYTES)),
  },
  {
    what: 'GZIP members',
    from: [concatBytes(storedMember(text))],
    read: (bytes) => atMost(readMember(bytes, MAX_BYTES)),
  },
  {
    what: 'Zstandard frames',
    from: zstd.vectors.map(({ frame }) => Uint8Array.from(Buffer.from(frame, 'base64'))),
    read: (bytes) => atMost(readZstd(bytes, MAX_BYTES)),
  },
  {
    what: 'encryption streams',
    from: [sealed(text)],
    read: (bytes) => stream.open(bytes),
  },
  {
    what: 'envelopes',
    from: sampled('state file'),
    read(bytes) {
      peel(bytes, ResourceType.STATE)
      unwrap(bytes, ResourceType.STATE, repository.mac)
    },
  },
  {
    what: 'CONFIG',
    from: sampled('config'),
    read: (bytes) => requireSupported(decodeConfiguration(bytes), 'somewhere'),
  },
  {
    what: 'msgpack of no known schema',
    from: sampled('header'),
    read(bytes) {
      const reader = new MsgpackReader(bytes)
      reader.skip()
      reader.end()
    },
  },
  { what: 'headers', from: sampled('header'), read: decodeHeader },
  { what: 'entries', from: sampled('entry'), read: decodeEntry },
  { what: 'objects', from: sampled('object'), read: decodeObject },
  { what: 'summaries', from: sampled('summary'), read: decodeSummary },
  { what: 'attributes', from: sampled('xattr'), read: decodeXattr },
  { what: 'error records', from: [ERROR_RECORD], read: decodeError },
  { what: 'tree nodes', from: sampled('node'), read: decodeBtreeNode },
  { what: 'tree roots', from: sampled('root'), read: decodeBtreeRoot },
  {
    what: 'bodies of holds',
    from: [HOLD],
    read: (bytes) => decodeHold('ab'.repeat(32), bytes),
  },
  { what: 'locks', from: sampled('lock'), read: decodeLock },
  {
    what: 'states of 1.1.0',
    from: sampled('state'),
    read: (bytes) => new StateIndex().ingest('ab'.repeat(32), decodeState(bytes, 0x10100)),
  },
  {
    what: 'states of 1.0.0',
    from: sampled('state').map((bytes) => bytes.slice(32)),
    read: (bytes) => new StateIndex().ingest('ab'.repeat(32), decodeState(bytes, 0x10000)),
  },
  { what: 'packfile indexes', from: sampled('index'), read: decodeIndex },
  {
    what: 'packfile footers',
    from: [FOOTER],
    read: decodeFooter,
  },
  {
    what: 'directory listings',
    from: sampled('dirpack'),
    read: (bytes) => [...decodeDirpack(bytes, repository.mac)],
  },
]

describe('whatever the bytes are, the answer is a value or an error of ours', () => {
  test.for(TARGETS)('for $what', { timeout: 60_000 * TIMES }, ({ from, read }) => {
    const bytes = fc.oneof(
      {
        weight: 9,
        arbitrary: fc.tuple(fc.constantFrom(...from), mutations).map(([b, m]) => mutated(b, m)),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    )
    for (const sound of from) expect(valueOrError(() => read(sound))).toBe('a value')
    fc.assert(
      fc.property(bytes, (altered) => {
        valueOrError(() => read(altered))
      }),
      { seed: SEED, numRuns: 1500 * TIMES },
    )
  })

  it(
    'for packfiles that were read from their end',
    async () => {
      const files = sampled('packfile')
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...files), mutations, async (file, list) => {
          const bytes = mutated(file, list)
          const read = async (offset: number, length: number) => {
            if (length > MAX_BYTES) throw new Error(`${length} bytes were asked for at once`)
            return bytes.slice(offset, offset + length)
          }
          const ranged = { sizeBytes: bytes.length, read }
          await valueOrErrorLater(() => readPackfileIndex(ranged, repository))
        }),
        { seed: SEED, numRuns: 500 * TIMES },
      )
    },
    60_000 * TIMES,
  )

  it(
    'for .ptar files',
    async () => {
      const file = readFileSync(fixturePath('plain.ptar'))
      const [head, tail] = [file.subarray(0, 600), file.subarray(-3000)]
      await fc.assert(
        fc.asyncProperty(mutations, mutations, fc.boolean(), async (inHead, inTail, both) => {
          const parts = [both ? mutated(head, inHead) : head, file.subarray(600, -3000)]
          const bytes = concatBytes([...parts, mutated(tail, inTail)])
          const store = new PtarStore(inMemory(bytes))
          await valueOrErrorLater(() => readEverything(store))
        }),
        { seed: SEED, numRuns: 40 * TIMES },
      )
    },
    120_000 * TIMES,
  )
})

describe('a forger, who can compute every MAC of a repository that is not encrypted,', () => {
  it(
    'gets no further with files than to have them refused',
    async () => {
      const sound = await fixtureStore('fs-plain')
      const names = await filesOf(sound)
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...names), mutations, async (victim, list) => {
          const store = await forged(sound, names, victim, list)
          await valueOrErrorLater(() => readEverything(store))
        }),
        { seed: SEED, numRuns: 40 * TIMES },
      )
    },
    120_000 * TIMES,
  )

  it(
    'gets no further with records than to have them refused: loops, wrong types, other sizes',
    async () => {
      const blobs = [...samples.values()].flat()
      const share = fc.double({ min: 0, max: 0.3, noNaN: true })
      const swap = fc.boolean()
      await fc.assert(
        fc.asyncProperty(mutations, share, swap, fc.nat(), async (list, chance, swaps, salt) => {
          const victim = await openPlain()
          const pick = chooser(salt)
          const change = (bytes: Uint8Array) => {
            if (pick() > chance) return bytes
            return swaps ? blobs[Math.floor(pick() * blobs.length)]! : mutated(bytes, list)
          }
          const { readBlob, decodeBlob } = Object.getPrototypeOf(victim) as Repository
          victim.readBlob = async (...args) => change(await readBlob.apply(victim, args))
          victim.decodeBlob = (...args) => change(decodeBlob.apply(victim, args))
          await valueOrErrorLater(() => readSnapshots(victim))
        }),
        { seed: SEED, numRuns: 40 * TIMES },
      )
    },
    120_000 * TIMES,
  )
})

function valueOrError(read: () => unknown): string {
  try {
    read()
    return 'a value'
  } catch (error) {
    if (error instanceof CodedError || error instanceof MsgpackError) return 'an error of ours'
    throw error
  }
}

async function valueOrErrorLater(read: () => Promise<unknown>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
  }
}

function atMost(content: Uint8Array): void {
  if (content.length > MAX_BYTES) throw new Error(`it gave ${content.length} bytes`)
}

function sealed(plain: Uint8Array): Uint8Array {
  const out = new Uint8Array(stream.sealedBytes(plain.length))
  stream.seal([plain], out)
  return out
}

/** 0 … 1, the same for the same salt. */
function chooser(salt: number): () => number {
  let state = salt | 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

async function openPlain(): Promise<Repository> {
  return openRepository(await fixtureStore('fs-plain'), { passphrase: async () => '' })
}

async function readEverything(store: MemoryStore | PtarStore): Promise<void> {
  const opened = await openRepository(store, { passphrase: async () => '' })
  await readSnapshots(opened)
}

async function readSnapshots(opened: Repository): Promise<void> {
  const { signal } = new AbortController()
  const snapshots = opened.index.snapshots()
  await checkRepository(opened, { level: 'full', snapshots, progress: quietly, signal })
  await valueOrErrorLater(() => listSnapshots(opened))
  for (const id of snapshots) {
    await valueOrErrorLater(async () => {
      const reader = await openSnapshot(opened, id)
      for await (const entry of reader.walk('/')) {
        if (entry.kind !== 'file') continue
        await valueOrErrorLater(async () => {
          for await (const part of reader.content(entry)) atMost(part)
        })
      }
    })
  }
}

interface StoredFile {
  kind: 'config' | 'packfile' | 'state' | 'lock'
  name: string
}

async function filesOf(store: Awaited<ReturnType<typeof fixtureStore>>): Promise<StoredFile[]> {
  const files: StoredFile[] = [{ kind: 'config', name: 'CONFIG' }]
  for (const kind of ['packfile', 'state', 'lock'] as const) {
    for await (const name of store.list(kind)) files.push({ kind, name })
  }
  return files
}

/** A copy of a store in which one file's body was changed and its envelope made anew. */
async function forged(
  sound: Awaited<ReturnType<typeof fixtureStore>>,
  files: readonly StoredFile[],
  victim: StoredFile,
  list: Mutations,
): Promise<MemoryStore> {
  const store = new MemoryStore()
  for (const file of files) {
    const { kind, name } = file
    const bytes = kind === 'config' ? await sound.getConfig() : await sound.get(kind, name)
    const type = { config: 1, packfile: 4, state: 3, lock: 2 }[kind]
    const { version, body } = peel(bytes, type)
    const mac = kind === 'config' ? configurationMac(undefined) : repository.mac
    const parts =
      file === victim ? wrap(type, version, [forgedBody(kind, body, list)], mac) : [bytes]
    if (kind === 'config') await store.create(concatBytes(parts))
    else await store.put(kind, name, parts)
  }
  return store
}

/** States and locks are changed below their compression: there is more to be found. */
function forgedBody(kind: StoredFile['kind'], body: Uint8Array, list: Mutations): Uint8Array {
  if (kind !== 'state' && kind !== 'lock') return mutated(body, list)
  const plain = repository.encoding.decode(body, MAX_BYTES)
  return repository.encoding.encode(mutated(plain, list), 'compress')
}

function inMemory(bytes: Uint8Array): ConstructorParameters<typeof PtarStore>[0] {
  return {
    location: 'memory.ptar',
    size: async () => bytes.length,
    read: async ({ offset, length }: { offset: number; length: number }) => {
      if (length > bytes.length) throw new Error(`${length} bytes were asked for`)
      return bytes.slice(offset, offset + length)
    },
    [Symbol.asyncDispose]: async () => {},
  } as never
}

function sampled(what: string): Uint8Array[] {
  return samples.get(what) ?? []
}

/** Sound bytes of everything there is, from a repository that plakar wrote. */
async function samplesOf({ store, index, encoding, mac, readBlob }: Repository) {
  const all = new Map<string, Uint8Array[]>()
  const add = (what: string, bytes: Uint8Array) => all.set(what, [...(all.get(what) ?? []), bytes])
  const types: [string, ResourceType][] = [
    ['header', ResourceType.SNAPSHOT],
    ['entry', ResourceType.VFS_ENTRY],
    ['object', ResourceType.OBJECT],
    ['summary', ResourceType.VFS_SUMMARY],
    ['xattr', ResourceType.XATTR_ENTRY],
    ['node', ResourceType.VFS_NODE],
    ['node', ResourceType.BTREE_NODE],
    ['root', ResourceType.VFS_BTREE],
  ]
  for (const [what, type] of types) {
    for (const blob of [...index.macs(type)].slice(0, 8)) {
      add(what, await readBlob.call(repository, type, macToHex(blob)))
    }
  }
  add('config', peel(await store.getConfig(), ResourceType.CONFIG).body)
  for await (const name of store.list('state')) {
    const file = await store.get('state', name)
    const { body } = peel(file, ResourceType.STATE)
    add('state file', file)
    add('encoded', body)
    add('state', encoding.decode(body, MAX_BYTES))
  }
  for await (const name of store.list('packfile')) {
    const file = await store.get('packfile', name)
    add('packfile', file)
    const read = async (offset: number, length: number) => file.slice(offset, offset + length)
    const { footer } = await readPackfileIndex({ sizeBytes: file.length, read }, { encoding, mac })
    const indexAt = 16 + footer.indexOffset
    add(
      'index',
      encoding.decode(file.slice(indexAt, file.length - 36 - footerBytes(file)), MAX_BYTES),
    )
  }
  const entries = all.get('entry')!
  add('dirpack', concatBytes(entries.map((entry) => dirpackFrame(entry, mac.of(entry)))))
  add('lock', encodeLock({ version: 0x10000, timestamp: EPOCH, hostname: 'host', exclusive: true }))
  return all
}

function footerBytes(file: Uint8Array): number {
  return new DataView(file.buffer, file.byteOffset + file.length - 36, 4).getUint32(0, true)
}

function dirpackFrame(entry: Uint8Array, mac: Uint8Array): Uint8Array {
  const header = new Uint8Array(5)
  header[0] = 2
  new DataView(header.buffer).setUint32(1, entry.length + mac.length, true)
  return concatBytes([header, entry, mac])
}
