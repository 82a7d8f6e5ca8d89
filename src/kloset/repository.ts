/**
 * An open repository: its keys, its index, and the only way to get at bytes in it.
 *
 * Reading trusts nothing: every blob's MAC is recomputed. Publishing trusts nothing either: a
 * state is read back before it counts.
 * @module
 */
import { NotInStoreError, type Store, StoreWriteError } from '../stores/store.ts'
import { concatBytes, equalBytes, utf8 } from '../util/bytes.ts'
import type { ChunkerParameters } from './chunking/fastcdc.ts'
import { type Configuration, decodeConfiguration, encodeConfiguration } from './configuration.ts'
import { loadBlake3 } from './crypto/blake3.ts'
import { createCanary } from './crypto/canary.ts'
import { DamagedEncodingError } from './crypto/damaged-encoding-error.ts'
import { deriveKey } from './crypto/kdf.ts'
import { createMac, type HashingName, type Mac } from './crypto/mac.ts'
import { BlobNotFoundError, DamagedBlobError, DamagedRepositoryError, isMissing } from './damage.ts'
import { type CompressionName, createEncoding, type Encoding } from './encoding.ts'
import { VERSION_1_0_0 } from './format-version.ts'
import { type Kernels, loadKernels } from './kernels/kernels.ts'
import { LocalSide } from './local/local-side.ts'
import { macFromHex } from './mac-hex.ts'
import {
  DEFAULT_CHUNKING,
  DEFAULT_KDF_MEMORY_MIB,
  newConfiguration,
  newEncryption,
} from './new-configuration.ts'
import { readStored } from './read-stored.ts'
import { configurationMac, macKeyOf, masterKey } from './repository-keys.ts'
import { isNamedByContent, ResourceType } from './resource-type.ts'
import { type TakenIn, takeInStates } from './state/load-states.ts'
import type { StateDraft } from './state/state-codec.ts'
import { storeState } from './state/state-file.ts'
import { StateIndex, type VersionedLocation } from './state/state-index.ts'
import {
  requireSupported,
  requireVersion,
  type SupportedSettings,
} from './supported-configuration.ts'
import { peel, unwrap, WRAPPER_HEADER_BYTES, wrap } from './wrapper.ts'
import { WrongPassphraseError } from './wrong-passphrase-error.ts'

/**
 * Largest blob that is decoded. Chunks have at most some megabytes; objects and index nodes are
 * far smaller unless a file has terabytes.
 */
const MAX_BLOB_BYTES = 512 * 1024 * 1024

export interface CreateOptions {
  /** Without one the repository is not encrypted. */
  passphrase?: string
  /** Memory of the key derivation, 256 by default. */
  kdfMemoryMiB?: number
  now: () => Date
  chunking?: Partial<ChunkerParameters>
  /** BLAKE3 by default. */
  hashing?: HashingName
  /** LZ4 by default; null for none. */
  compression?: CompressionName | null
  /** 64 MiB by default. */
  packfileMaxBytes?: bigint
}

interface RepositoryParts {
  store: Store
  configuration: Configuration
  settings: SupportedSettings
  /** The key derived from the passphrase. */
  key: Uint8Array | undefined
}

export interface OpenOptions {
  /** Asked for only when the repository is encrypted. */
  passphrase: () => Promise<string>
  /** Where this computer may keep what opens the repository faster, and what it saw of it. */
  cacheDir?: string | undefined
}

/**
 * Makes a store a repository, as `plakar create` would.
 * @throws {StoreExistsError} when the place is taken
 */
export async function createRepository(store: Store, options: CreateOptions): Promise<void> {
  await loadBlake3()
  const { passphrase, kdfMemoryMiB = DEFAULT_KDF_MEMORY_MIB } = options
  const { hashing = 'BLAKE3', compression = 'LZ4' } = options
  const configuration = newConfiguration({
    ...{ now: options.now(), hashing, compression },
    chunking: { ...DEFAULT_CHUNKING, ...options.chunking },
    encryption: passphrase === undefined ? null : newEncryption(kdfMemoryMiB),
    ...(options.packfileMaxBytes ? { packfileMaxBytes: options.packfileMaxBytes } : {}),
  })
  const { encryption } = requireSupported(configuration, store.location)
  let key: Uint8Array | undefined
  if (passphrase !== undefined && encryption !== undefined && configuration.encryption !== null) {
    key = await deriveKey(utf8(passphrase), encryption.kdf)
    configuration.encryption.canary = createCanary({ ...encryption, key })
  }
  const body = encodeConfiguration(configuration)
  const mac = configurationMac(key)
  await store.create(concatBytes(wrap(ResourceType.CONFIG, VERSION_1_0_0, [body], mac)))
}

/**
 * @throws {NotAStoreError}
 * @throws {WrongPassphraseError}
 * @throws {UnsupportedRepositoryError} for anything newer or unknown
 * @throws {DamagedRepositoryError} when CONFIG is damaged
 */
export async function openRepository(store: Store, options: OpenOptions): Promise<Repository> {
  await loadBlake3()
  const config = await store.getConfig()
  const { version, body } = peel(config, ResourceType.CONFIG)
  requireVersion('its CONFIG', version, VERSION_1_0_0, store.location)
  const configuration = decodeConfiguration(body)
  const settings = requireSupported(configuration, store.location)
  let key: Uint8Array | undefined
  if (settings.encryption !== undefined) {
    key = await masterKey(await options.passphrase(), settings.encryption)
    if (key === undefined) throw new WrongPassphraseError(store.location)
  }
  unwrap(config, ResourceType.CONFIG, configurationMac(key))
  return Repository.open({ store, configuration, settings, key }, config, options.cacheDir)
}

export class Repository implements AsyncDisposable {
  readonly store: Store
  readonly configuration: Configuration
  /** 32 hex digits. */
  readonly id: string
  readonly encrypted: boolean
  readonly mac: Mac
  readonly encoding: Encoding
  readonly kernels: Kernels
  /** For worker threads of this repository, and for nobody else. */
  readonly secret: { macKey: Uint8Array; encryptionKey: Uint8Array | undefined }
  #index = new StateIndex()
  #local: LocalSide | undefined
  #damagedStates: ReadonlyMap<string, DamagedRepositoryError> = new Map()

  /** Its index is empty; {@link Repository.open} fills it. */
  constructor({ store, configuration, settings, key }: RepositoryParts) {
    const { hashing, compression, encryption } = settings
    this.store = store
    this.configuration = configuration
    this.id = configuration.repositoryId
    this.encrypted = encryption !== undefined
    this.secret = { macKey: macKeyOf(key, hashing, this.id), encryptionKey: key }
    this.kernels = loadKernels()
    this.mac = createMac(hashing, this.secret.macKey)
    this.encoding = createEncoding(
      {
        compression,
        encryption: encryption && key ? { ...encryption, key } : undefined,
      },
      this.kernels,
    )
  }

  /** @param config the bytes of CONFIG */
  static async open(
    parts: RepositoryParts,
    config: Uint8Array,
    cacheDir: string | undefined,
  ): Promise<Repository> {
    const repository = new Repository(parts)
    if (cacheDir !== undefined) {
      const { store, id, encrypted, mac, encoding } = repository
      const { hashing } = parts.settings
      const facts = { cacheDir, store, id, encrypted, config, mac, hashing, encoding }
      repository.#local = await LocalSide.open(facts)
    }
    await repository.#open()
    return repository
  }

  get index(): StateIndex {
    return this.#index
  }

  /** What this computer keeps about the repository; undefined when it has no place for that. */
  get local(): LocalSide | undefined {
    return this.#local
  }

  /** States that are there but cannot be read, with the reason. What only they say is missing. */
  get damagedStates(): ReadonlyMap<string, DamagedRepositoryError> {
    return this.#damagedStates
  }

  /**
   * Writers call this first: a state that cannot be read may have said that a packfile is about to
   * be swept, and nothing new may rely on that one. Nor is anything written to a repository that
   * took the place of another.
   * @throws {DamagedRepositoryError}
   * @throws {RepositoryChangedError}
   */
  requireSoundStates(): void {
    if (this.#local?.change !== undefined) throw this.#local.change
    for (const error of this.#damagedStates.values()) throw error
  }

  /** Takes in the states that appeared since. */
  async refresh(): Promise<void> {
    await this.#takeIn()
  }

  /**
   * Reads every state from the store, whatever is known from earlier runs: what this computer
   * remembers may be in better condition than what everybody else finds there.
   */
  async reread(): Promise<void> {
    this.#index = new StateIndex()
    await this.#takeIn()
  }

  /**
   * A blob's plain bytes, decoded from wherever a sound copy is, their MAC recomputed.
   * @throws {BlobNotFoundError}
   * @throws {DamagedBlobError} when no copy is sound
   */
  async readBlob(type: ResourceType, mac: string): Promise<Uint8Array> {
    const failures: unknown[] = []
    for (const location of this.index.locations(type, mac)) {
      try {
        return await this.#readAt(type, mac, location)
      } catch (error) {
        failures.push(error)
      }
    }
    // A disk that does not answer may hold a sound copy: that comes before damage elsewhere.
    const unanswered = failures.find((error) => !(error instanceof DamagedRepositoryError))
    throw unanswered ?? failures[0] ?? new BlobNotFoundError(type, mac, this.store.location)
  }

  /**
   * Decodes the stored bytes of a blob and verifies that they are the blob.
   * @throws {DamagedBlobError}
   */
  decodeBlob(
    blob: { type: number; mac: string; packfile: string },
    encoded: Uint8Array,
    maxPlainBytes = MAX_BLOB_BYTES,
  ): Uint8Array {
    const plain = this.#decode(blob, encoded, maxPlainBytes)
    if (!isNamedByContent(blob.type)) return plain
    if (equalBytes(this.mac.of(plain), macFromHex(blob.mac))) return plain
    throw new DamagedBlobError(blob, 'its MAC does not match its bytes')
  }

  /**
   * Writes a state durably, reads it back, compares, and only then takes it in.
   * @returns its size in bytes
   */
  async publish(draft: StateDraft, stateId: string): Promise<number> {
    this.requireSoundStates()
    try {
      const { sizeBytes, state } = await storeState(this, draft, stateId)
      this.index.ingest(stateId, state)
      return sizeBytes
    } catch (thrown) {
      if (!(thrown instanceof NotInStoreError)) throw thrown
      return this.#requireMerged(stateId)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#local?.closing(this.#index)
    await this.store[Symbol.asyncDispose]()
  }

  /**
   * A state that is gone as soon as it was written was merged into another by a maintenance that took
   * our lock for one left behind; or the store did not keep it.
   */
  async #requireMerged(stateId: string): Promise<number> {
    await this.refresh()
    if (this.index.mergedStates().has(stateId)) return 0
    const cause = new Error('it is not there after it was written')
    throw new StoreWriteError(`state ${stateId}`, cause)
  }

  /** From the index of an earlier run where that is still true, else from the states alone. */
  async #open(): Promise<void> {
    const cached = await this.#local?.readIndex()
    if (cached !== undefined) this.#index = cached
    let taken = await this.#takeIn()
    if (!isStillTrue(this.#index, taken)) {
      this.#index = new StateIndex()
      taken = await this.#takeIn()
    }
    await this.#local?.opened(this.#index, taken, cached)
  }

  async #takeIn(): Promise<TakenIn> {
    const taken = await takeInStates(this, this.#index)
    this.#damagedStates = taken.damaged
    return taken
  }

  /** Reads once more what is not right: a network may have altered or lost it, not the store. */
  async #readAt(type: ResourceType, mac: string, location: VersionedLocation) {
    const { packfile, version } = location
    requireVersion(`blob ${mac.slice(0, 12)}…`, version, VERSION_1_0_0, this.store.location)
    const blob = { type, mac, packfile }
    const isProven = this.encrypted || isNamedByContent(type) // else wrong bytes may pass for right ones
    for (let isLast = false; ; isLast = true) {
      try {
        return await this.#readOnce(blob, location, isLast || !isProven)
      } catch (cause) {
        if (isMissing(cause)) throw new DamagedBlobError(blob, cause.message, { cause })
        if (isLast) throw cause
      }
    }
  }

  async #readOnce(
    blob: { type: number; mac: string; packfile: string },
    { offset, length }: VersionedLocation,
    afresh: boolean,
  ): Promise<Uint8Array> {
    const range = { offset: WRAPPER_HEADER_BYTES + offset, length }
    const file = { kind: 'packfile', name: blob.packfile, range } as const
    return this.decodeBlob(blob, await readStored(this.store, file, { afresh }))
  }

  #decode(
    blob: { type: number; mac: string; packfile: string },
    encoded: Uint8Array,
    maxPlainBytes: number,
  ): Uint8Array {
    if (blob.type === ResourceType.RANDOM) return encoded
    try {
      return this.encoding.decode(encoded, maxPlainBytes)
    } catch (cause) {
      if (!(cause instanceof DamagedEncodingError)) throw cause
      throw new DamagedBlobError(blob, cause.message, { cause })
    }
  }
}

/** Whether all states of an index are there, or their place was taken by others. */
function isStillTrue(index: StateIndex, { listed }: TakenIn): boolean {
  const merged = index.mergedStates()
  for (const id of index.stateIds()) if (!listed.has(id) && !merged.has(id)) return false
  return true
}
