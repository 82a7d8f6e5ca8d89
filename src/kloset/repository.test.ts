import { describe, expect, it, test } from 'vitest'
import { FIXTURE_PASSPHRASE, fixtureStore } from '../../test/fixtures/kloset/open-fixture.ts'
import { MemoryStore } from '../stores/memory/memory-store.ts'
import { NotAStoreError, type Store, type StoredKind, StoreExistsError } from '../stores/store.ts'
import { concatBytes, fromUtf8, utf8 } from '../util/bytes.ts'
import { encodeConfiguration } from './configuration.ts'
import { loadBlake3 } from './crypto/blake3.ts'
import {
  BlobNotFoundError,
  DamagedBlobError,
  DamagedFileError,
  MalformedStateError,
} from './damage.ts'
import { macToHex, NO_MAC } from './mac-hex.ts'
import { DEFAULT_CHUNKING, newConfiguration } from './new-configuration.ts'
import {
  type CreateOptions,
  createRepository,
  openRepository,
  type Repository,
} from './repository.ts'
import { configurationMac } from './repository-keys.ts'
import { ResourceType } from './resource-type.ts'
import { UnsupportedRepositoryError } from './supported-configuration.ts'
import { wrap } from './wrapper.ts'
import { WrongPassphraseError } from './wrong-passphrase-error.ts'

const now = () => new Date('2024-05-01T12:00:00.123Z')
const PACKFILE = 'ee'.repeat(32)
const STATE_ID = 'aa'.repeat(32)

async function open(store: Store, passphrase = 'correct horse'): Promise<Repository> {
  return openRepository(store, { passphrase: async () => passphrase })
}

/** A repository with one packfile of one blob, and its store. */
async function withOneBlob(options: { passphrase?: string } = {}) {
  const store = new MemoryStore()
  await createRepository(store, { ...options, kdfMemoryMiB: 8, now })
  const repository = await open(store)
  const plain = utf8('the bytes of a photo')
  const mac = macToHex(repository.mac.of(plain))
  const encoded = repository.encoding.encode(plain, 'store')
  await store.put(
    'packfile',
    PACKFILE,
    wrap(ResourceType.PACKFILE, 0x10000, [encoded], repository.mac),
  )
  const blob = {
    type: ResourceType.CHUNK,
    mac,
    packfile: PACKFILE,
    offset: 0,
    length: encoded.length,
  }
  const draft = {
    parent: NO_MAC,
    timestamp: now(),
    locations: [blob],
    packfiles: [{ packfile: PACKFILE }],
  }
  return { store, repository, mac, draft }
}

describe('a new repository', () => {
  it('is encrypted, and opens with its passphrase only', async () => {
    const store = new MemoryStore()

    await createRepository(store, { passphrase: 'correct horse', kdfMemoryMiB: 8, now })

    expect((await open(store)).encrypted).toBe(true)
    await expect(open(store, 'Correct horse')).rejects.toThrow(WrongPassphraseError)
    await expect(open(store, '')).rejects.toThrow(WrongPassphraseError)
  })

  it('without a passphrase is not encrypted, and nobody is asked for one', async () => {
    const store = new MemoryStore()

    await createRepository(store, { now })

    const repository = await openRepository(store, {
      passphrase: () => Promise.reject(new Error('asked')),
    })
    expect(repository.encrypted).toBe(false)
    expect(repository.index.snapshots()).toEqual([])
  })

  it('has the settings plakar would choose', async () => {
    const store = new MemoryStore()

    await createRepository(store, { passphrase: 'correct horse', kdfMemoryMiB: 8, now })

    const { configuration } = await open(store)
    expect(await store.getConfig()).toHaveLength(663)
    expect(configuration).toMatchObject({
      packfile: { maxSize: 67_108_864n },
      chunking: {
        algorithm: 'fastcdc-v1.0.0',
        minSize: 524_288,
        normalSize: 1_048_576,
        maxSize: 8_388_608,
      },
      hashing: { algorithm: 'BLAKE3', bits: 256 },
      compression: { algorithm: 'LZ4' },
      encryption: {
        kdfParams: { kdf: 'ARGON2ID', argon2id: { time: 4, memory: 8192, threads: 1 } },
      },
    })
    expect(configuration.encryption!.kdfParams.salt).toHaveLength(16)
  })

  it('is not made over another one', async () => {
    const store = new MemoryStore()
    await createRepository(store, { now })

    await expect(createRepository(store, { now })).rejects.toThrow(StoreExistsError)
  })
})

describe('opening', () => {
  it('says so when there is nothing', async () => {
    await expect(open(new MemoryStore())).rejects.toThrow(NotAStoreError)
  })

  it('notices a CONFIG that was altered', async () => {
    const store = await storeWithConfig((bytes) => {
      bytes[bytes.length - 1]! ^= 1
    })

    await expect(open(store)).rejects.toThrow(DamagedFileError)
  })

  it('refuses a CONFIG of a newer version', async () => {
    const store = await storeWithConfig((bytes) => {
      bytes[13] = 1
    })

    await expect(open(store)).rejects.toThrow(UnsupportedRepositoryError)
    await expect(open(store)).rejects.toThrow('CONFIG has version 1.1.0')
  })

  test.for<Pick<CreateOptions, 'hashing' | 'compression'>>([
    { hashing: 'SHA256', compression: 'LZ4' },
    { hashing: 'BLAKE3', compression: 'GZIP' },
    { hashing: 'BLAKE3', compression: 'ZSTD' },
    { hashing: 'SHA256', compression: null },
  ])('is hashed and compressed as it was asked for: $hashing, $compression', async (wanted) => {
    const store = new MemoryStore()

    await createRepository(store, { now, ...wanted })

    const { configuration } = await open(store)
    expect(configuration.hashing.algorithm).toBe(wanted.hashing)
    expect(configuration.compression?.algorithm ?? null).toBe(wanted.compression)
  })

  it('refuses what it does not know before it asks for a passphrase', async () => {
    await loadBlake3()
    const configuration = newConfiguration({
      now: now(),
      chunking: DEFAULT_CHUNKING,
      encryption: null,
    })
    configuration.compression!.algorithm = 'BROTLI'
    const body = encodeConfiguration(configuration)
    const store = new MemoryStore()
    await store.create(
      concatBytes(wrap(ResourceType.CONFIG, 0x10000, [body], configurationMac(undefined))),
    )

    await expect(open(store)).rejects.toThrow(/compression BROTLI/)
  })

  it('passes over a state that is damaged, names it, and lets nobody write', async () => {
    const { store, repository, draft } = await withOneBlob()
    await repository.publish(draft, STATE_ID)
    const state = await store.get('state', STATE_ID)
    state[40]! ^= 1
    await store.put('state', 'bb'.repeat(32), [state])

    const opened = await open(store)

    expect([...opened.damagedStates.keys()]).toEqual(['bb'.repeat(32)])
    expect(opened.index.blobs).toBe(1)
    expect(() => opened.requireSoundStates()).toThrow(DamagedFileError)
    await expect(opened.publish(draft, 'cc'.repeat(32))).rejects.toThrow(DamagedFileError)
  })

  it('refuses a state of a newer version', async () => {
    const { store, repository, draft } = await withOneBlob()
    await repository.publish(draft, STATE_ID)
    const body = (await store.get('state', STATE_ID)).slice(16, -32)
    await store.put('state', STATE_ID, wrap(ResourceType.STATE, 0x10200, [body], repository.mac))

    await expect(open(store)).rejects.toThrow(/state aaaaaaaaaaaa… has version 1.2.0/)
  })
})

describe.each([{ passphrase: 'correct horse' }, {}])('a blob (%o)', (options) => {
  it('is read once it was published, also by who opened before', async () => {
    const { store, repository, mac, draft } = await withOneBlob(options)
    const other = await open(store)

    await expect(repository.readBlob(ResourceType.CHUNK, mac)).rejects.toThrow(BlobNotFoundError)
    await repository.publish(draft, STATE_ID)
    await other.refresh()

    expect(fromUtf8(await repository.readBlob(ResourceType.CHUNK, mac))).toBe(
      'the bytes of a photo',
    )
    expect(fromUtf8(await other.readBlob(ResourceType.CHUNK, mac))).toBe('the bytes of a photo')
  })

  it('is never given out altered, whichever of its bytes changed', async () => {
    const { store, repository, mac, draft } = await withOneBlob(options)
    await repository.publish(draft, STATE_ID)
    const packfile = await store.get('packfile', PACKFILE)
    for (let at = 16; at < packfile.length - 32; at++) {
      const altered = packfile.slice()
      altered[at]! ^= 0x10
      await store.put('packfile', PACKFILE, [altered])

      await expect(repository.readBlob(ResourceType.CHUNK, mac)).rejects.toThrow(DamagedBlobError)
    }
  })

  it('that is missing or cut off is called damaged', async () => {
    const { store, repository, mac, draft } = await withOneBlob(options)
    await repository.publish(draft, STATE_ID)

    await store.put('packfile', PACKFILE, [new Uint8Array(20)])
    await expect(repository.readBlob(ResourceType.CHUNK, mac)).rejects.toThrow(/shorter/)
    await store.remove('packfile', PACKFILE)
    await expect(repository.readBlob(ResourceType.CHUNK, mac)).rejects.toThrow(/missing/)
  })
})

describe('a blob in two packfiles', () => {
  it('is read from the one that is sound', async () => {
    const { store, repository, mac, draft } = await withOneBlob()
    const other = 'ff'.repeat(32)
    await store.put('packfile', other, [await store.get('packfile', PACKFILE)])
    await store.put('packfile', PACKFILE, [new Uint8Array(200)])
    const [blob] = draft.locations
    const locations = [blob!, { ...blob!, packfile: other }]
    const packfiles = [{ packfile: PACKFILE }, { packfile: other }]

    await repository.publish({ ...draft, locations, packfiles }, STATE_ID)

    expect(fromUtf8(await repository.readBlob(ResourceType.CHUNK, mac))).toBe(
      'the bytes of a photo',
    )
  })

  it('is not called damaged while one of them did not answer', async () => {
    const store = new SilentStore()
    await createRepository(store, { now })
    const repository = await open(store)
    const blob = { type: ResourceType.CHUNK, mac: 'dd'.repeat(32), offset: 0, length: 4 }
    const names = [PACKFILE, SilentStore.SILENT]
    for (const name of names) await store.put('packfile', name, [new Uint8Array(100)])
    await repository.publish(
      {
        parent: NO_MAC,
        timestamp: now(),
        locations: names.map((packfile) => ({ ...blob, packfile })),
        packfiles: names.map((packfile) => ({ packfile })),
      },
      STATE_ID,
    )

    await expect(repository.readBlob(ResourceType.CHUNK, blob.mac)).rejects.toThrow('EIO')
  })
})

describe('publishing', () => {
  it('counts only when the store gives back what was written', async () => {
    const store = new ForgetfulStore()
    await createRepository(store, { now })
    const repository = await open(store)
    const draft = { parent: NO_MAC, timestamp: now(), locations: [], packfiles: [] }
    await repository.publish(draft, STATE_ID)
    store.forgets = true

    const publishing = repository.publish({ ...draft, timestamp: 8n }, 'bb'.repeat(32))

    await expect(publishing).rejects.toThrow(MalformedStateError)
    expect(repository.index.hasState('bb'.repeat(32))).toBe(false)
    expect(repository.index.latestState).toBe(STATE_ID)
  })

  it('tells how many bytes the state takes', async () => {
    const { store, repository, draft } = await withOneBlob()

    const bytes = await repository.publish(draft, STATE_ID)

    expect(bytes).toBe(await store.size('state', STATE_ID))
  })
})

it('a real repository of plakar tells a wrong passphrase from damage', async () => {
  await using store = await fixtureStore('encrypted.ptar')

  await expect(open(store, 'wrong')).rejects.toThrow(WrongPassphraseError)
  const repository = await open(store, FIXTURE_PASSPHRASE)
  expect(repository.index.snapshots()).toHaveLength(1)
})

/** A store whose CONFIG was changed after it was created. */
async function storeWithConfig(change: (bytes: Uint8Array) => void): Promise<Store> {
  const original = new MemoryStore()
  await createRepository(original, { now })
  const bytes = await original.getConfig()
  change(bytes)
  const store = new MemoryStore()
  await store.create(bytes)
  return store
}

/** Gives an older state for every state that is asked for. */
class ForgetfulStore extends MemoryStore {
  forgets = false

  override get(kind: StoredKind, name: string, range?: { offset: number; length: number }) {
    return super.get(kind, this.forgets && kind === 'state' ? STATE_ID : name, range)
  }
}

/** Fails to read one of its packfiles, as a bad disk does. */
class SilentStore extends MemoryStore {
  static readonly SILENT = '99'.repeat(32)

  override get(kind: StoredKind, name: string, range?: { offset: number; length: number }) {
    if (name !== SilentStore.SILENT) return super.get(kind, name, range)
    return Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }))
  }
}
