/**
 * States in the store: `wrap(STATE, 1.1.0, encode(plain state))`.
 * @module
 */
import type { Store } from '../../stores/store.ts'
import { equalBytes } from '../../util/bytes.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import type { Mac } from '../crypto/mac.ts'
import { DamagedRepositoryError, MalformedStateError } from '../damage.ts'
import type { Encoding } from '../encoding.ts'
import { formatVersion, VERSION_1_1_0 } from '../format-version.ts'
import { readStored } from '../read-stored.ts'
import { ResourceType } from '../resource-type.ts'
import { UnsupportedRepositoryError } from '../supported-configuration.ts'
import { unwrap, wrap } from '../wrapper.ts'
import {
  type DecodedState,
  decodeState,
  encodeState,
  isKnownStateVersion,
  type StateDraft,
} from './state-codec.ts'

/** Largest plain state that is read: ten million blobs at 90 bytes each. */
const MAX_STATE_BYTES = 1024 * 1024 * 1024

export interface StateTools {
  store: Store
  mac: Mac
  encoding: Encoding
}

/**
 * @throws {NotInStoreError}
 * @throws {DamagedRepositoryError}
 * @throws {UnsupportedRepositoryError} for a version newer than 1.1.0
 */
export async function loadState(tools: StateTools, id: string): Promise<DecodedState> {
  const { plain, version } = await readState(tools, id)
  return decodeState(plain, version)
}

/**
 * Writes a state and reads it back. What is returned was decoded from what the store gave.
 * @throws {MalformedStateError} when the store does not give back what was written
 */
export async function storeState(
  tools: StateTools,
  draft: StateDraft,
  id: string,
): Promise<{ sizeBytes: number; state: DecodedState }> {
  const { store, mac, encoding } = tools
  const plain = encodeState(draft, id)
  const parts = wrap(ResourceType.STATE, VERSION_1_1_0, [encoding.encode(plain, 'compress')], mac)
  try {
    await store.put('state', id, parts)
  } catch (thrown) {
    await removeIfTorn(tools, id)
    throw thrown
  }
  const stored = await readState(tools, id).catch(async (thrown: unknown) => {
    await removeIfTorn(tools, id)
    throw thrown
  })
  if (!equalBytes(stored.plain, plain)) {
    throw new MalformedStateError(`${id} does not read back as it was written`)
  }
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0)
  return { sizeBytes, state: decodeState(stored.plain, stored.version) }
}

/**
 * A state that is there but cannot be read stops every writer. One that can be read stays, also when
 * the store reported a failure: others may have taken it in, and all it names is durable.
 */
async function removeIfTorn(tools: StateTools, id: string): Promise<void> {
  try {
    await loadState(tools, id)
  } catch (error) {
    if (!(error instanceof DamagedRepositoryError)) return // it is not there, or nobody can tell
    await tools.store.remove('state', id).catch(() => {}) // what went wrong first is thrown
  }
}

/** Bytes that are not right are read once more: a network may have altered them, not the store. */
async function readState(tools: StateTools, id: string) {
  try {
    return await readStateOnce(tools, id, false)
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return readStateOnce(tools, id, true)
    throw error
  }
}

async function readStateOnce(
  { store, mac, encoding }: StateTools,
  id: string,
  afresh: boolean,
): Promise<{ plain: Uint8Array; version: number }> {
  const bytes = await readStored(store, { kind: 'state', name: id }, { afresh })
  const { version, body } = unwrap(bytes, ResourceType.STATE, mac)
  if (!isKnownStateVersion(version)) {
    const what = `state ${id.slice(0, 12)}… has version ${formatVersion(version)}`
    throw new UnsupportedRepositoryError(store.location, what)
  }
  try {
    return { plain: encoding.decode(body, MAX_STATE_BYTES), version }
  } catch (error) {
    if (!(error instanceof DamagedEncodingError)) throw error
    throw new MalformedStateError(`${id.slice(0, 12)}…: ${error.message}`)
  }
}
