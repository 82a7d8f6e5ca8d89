/**
 * An open repository: its keys, its index, and the only way to get at bytes in it.
 *
 * Reading trusts nothing: every blob's MAC is recomputed. Publishing trusts nothing either: a
 * state is read back before it counts.
 * @module
 */
import { NotInStoreError, ShortReadError, type Store } from '../stores/store.ts'
import { concatBytes, equalBytes, utf8 } from '../util/bytes.ts'
import type { ChunkerParameters } from './chunking/fastcdc.ts'
import { type Configuration, decodeConfiguration, encodeConfiguration } from './configuration.ts'
import { loadBlake3 } from './crypto/blake3.ts'
import { createCanary } from './crypto/canary.ts'
import { DamagedEncodingError } from './crypto/damaged-encoding-error.ts'
import { deriveKey } from './crypto/kdf.ts'
import { createMac, type Mac } from './crypto/mac.ts'
import { BlobNotFoundError, DamagedBlobError, DamagedRepositoryError } from './damage.ts'
import { createEncoding, type Encoding } from './encoding.ts'
import { VERSION_1_0_0 } from './format-version.ts'
import { type Kernels, loadKernels } from './kernels/kernels.ts'
import { macFromHex } from './mac-hex.ts'
import {
  DEFAULT_CHUNKING,
  DEFAULT_KDF_MEMORY_MIB,
  newConfiguration,
  newEncryption,
} from './new-configuration.ts'
import { configurationMac, macKeyOf, masterKey } from './repository-keys.ts'
import { isNamedByContent, ResourceType } from './resource-type.ts'
import type { StateDraft } from './state/state-codec.ts'
import { loadState, storeState } from './state/state-file.ts'
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
}

interface RepositoryParts {
  store: Store
  configuration: Configuration
  settings: SupportedSettings
  /** The key derived from the passphrase. */
  key: Uint8Array | undefined
}

/**
 * Makes a store a repository, as `plakar create` would.
 * @throws {StoreExistsError} when the place is taken
 */
export async function createRepository(store: Store, options: CreateOptions): Promise<void> {
  await loadBlake3()
  const { passphrase, kdfMemoryMiB = DEFAULT_KDF_MEMORY_MIB } = options
  const configuration = newConfiguration({
    now: options.now(),
    chunking: { ...DEFAULT_CHUNKING, ...options.chunking },
    encryption: passphrase === undefined ? null : newEncryption(kdfMemoryMiB),
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
 * @param options.passphrase asked for only when the repository is encrypted
 * @throws {NotAStoreError}
 * @throws {WrongPassphraseError}
 * @throws {UnsupportedRepositoryError} for anything newer or unknown
 * @throws {DamagedRepositoryError} when CONFIG is damaged
 */
export async function openRepository(
  store: Store,
  options: { passphrase: () => Promise<string> },
): Promise<Repository> {
  await loadBlake3()
  const bytes = await store.getConfig()
  const { version, body } = peel(bytes, ResourceType.CONFIG)
  requireVersion('its CONFIG', version, VERSION_1_0_0, store.location)
  const configuration = decodeConfiguration(body)
  const settings = requireSupported(configuration, store.location)
  let key: Uint8Array | undefined
  if (settings.encryption !== undefined) {
    key = await masterKey(await options.passphrase(), settings.encryption)
    if (key === undefined) throw new WrongPassphraseError(store.location)
  }
  unwrap(bytes, ResourceType.CONFIG, configurationMac(key))
  const repository = new Repository({ store, configuration, settings, key })
  await repository.refresh()
  return repository
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
  readonly index = new StateIndex()
  /** For worker threads of this repository, and for nobody else. */
  readonly secret: { macKey: Uint8Array; encryptionKey: Uint8Array | undefined }
  readonly #damagedStates = new Map<string, DamagedRepositoryError>()

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

  /** States that are there but cannot be read, with the reason. What only they say is missing. */
  get damagedStates(): ReadonlyMap<string, DamagedRepositoryError> {
    return this.#damagedStates
  }

  /**
   * Writers call this first: a state that cannot be read may have said that a packfile is about to
   * be swept, and nothing new may rely on that one.
   * @throws {DamagedRepositoryError}
   */
  requireSoundStates(): void {
    for (const error of this.#damagedStates.values()) throw error
  }

  /** Takes in the states that appeared since. */
  async refresh(): Promise<void> {
    for await (const id of this.store.list('state')) {
      if (!this.index.hasState(id)) await this.#ingest(id)
    }
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
    const { sizeBytes, state } = await storeState(this, draft, stateId)
    this.index.ingest(stateId, state)
    return sizeBytes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]()
  }

  async #ingest(id: string): Promise<void> {
    try {
      this.index.ingest(id, await loadState(this, id))
      this.#damagedStates.delete(id)
    } catch (error) {
      if (error instanceof NotInStoreError) return // merged into another since it was listed
      if (!(error instanceof DamagedRepositoryError)) throw error
      this.#damagedStates.set(id, error)
    }
  }

  async #readAt(type: ResourceType, mac: string, location: VersionedLocation) {
    const { packfile, offset, length, version } = location
    requireVersion(`blob ${mac.slice(0, 12)}…`, version, VERSION_1_0_0, this.store.location)
    const blob = { type, mac, packfile }
    try {
      const range = { offset: WRAPPER_HEADER_BYTES + offset, length }
      return this.decodeBlob(blob, await this.store.get('packfile', packfile, range))
    } catch (cause) {
      const isMissing = cause instanceof NotInStoreError || cause instanceof ShortReadError
      throw isMissing ? new DamagedBlobError(blob, cause.message, { cause }) : cause
    }
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
