/**
 * BLAKE3, unkeyed or keyed, 256 bits: native (@napi-rs/blake-hash) where it loads and gives the
 * official answer, else WebAssembly (hash-wasm).
 *
 * Native reaches 9 GB/s on long messages; a call costs about 2 µs, so hash-wasm is faster up to
 * 4 KiB (0.85 against 0.29 million messages of 1 KiB per second, Node 20, x86-64). One-shot hashes
 * therefore choose by length.
 * @module
 */
import { createRequire } from 'node:module'
import { createBLAKE3, type IHasher } from 'hash-wasm'
import { toHex } from '../../util/bytes.ts'

export interface IncrementalHash {
  /** Begins anew, with the same key. */
  reset(): void
  update(data: Uint8Array): void
  /** 32 bytes, a fresh array. Call `reset` before going on. */
  digest(): Uint8Array
}

const KEY_BYTES = 32
const LEAST_NATIVE_BYTES = 4096

type NativeModule = typeof import('@napi-rs/blake-hash')
type NativeHasher = InstanceType<NativeModule['Blake3Hasher']>

/** One hasher of hash-wasm, lent to one hash at a time. */
interface SharedHasher {
  hasher: IHasher
  /** The hash whose state is in the hasher; it takes the state away when another needs it. */
  tenant: { leave(): void } | undefined
}

interface Loaded {
  native: NativeModule | undefined
  plain: SharedHasher
  keyed: SharedHasher
  /** hash-wasm reads the key from this very array whenever the keyed hasher is initialised. */
  keySlot: Uint8Array
}

let loaded: Loaded | undefined
let loading: Promise<void> | undefined

/** Once per thread, before anything else here. @throws when no implementation is right */
export function loadBlake3(): Promise<void> {
  loading ??= load()
  return loading
}

async function load(): Promise<void> {
  const keySlot = new Uint8Array(KEY_BYTES)
  const plain = { hasher: await createBLAKE3(256), tenant: undefined }
  const keyed = { hasher: await createBLAKE3(256, keySlot), tenant: undefined }
  const wasm: Loaded = { native: undefined, plain, keyed, keySlot }
  if (!givesOfficialAnswer((key) => wasmHash(wasm, key))) {
    throw new Error('BLAKE3 in WebAssembly gives a wrong answer on this machine')
  }
  loaded = { ...wasm, native: nativeModule() }
}

export function blake3Implementation(): 'native' | 'wasm' {
  return ready().native === undefined ? 'wasm' : 'native'
}

/** A hash for messages that come in pieces. `key` is copied. */
export function createBlake3(key?: Uint8Array): IncrementalHash {
  const { native } = ready()
  return native === undefined ? createWasmBlake3(key) : nativeHash(native, key)
}

/** The same in WebAssembly whatever the machine offers: the fallback, and its measure. */
export function createWasmBlake3(key?: Uint8Array): IncrementalHash {
  return wasmHash(ready(), key)
}

/** A function that hashes whole messages, by the implementation that suits their length. */
export function createBlake3Function(key?: Uint8Array): (data: Uint8Array) => Uint8Array {
  const long = createBlake3(key)
  const short = createWasmBlake3(key)
  return (data) => {
    const hash = data.length < LEAST_NATIVE_BYTES ? short : long
    hash.reset()
    hash.update(data)
    return hash.digest()
  }
}

function ready(): Loaded {
  if (loaded === undefined) throw new Error('loadBlake3() has not finished on this thread')
  return loaded
}

function nativeModule(): NativeModule | undefined {
  try {
    const native = createRequire(import.meta.url)('@napi-rs/blake-hash') as NativeModule
    return givesOfficialAnswer((key) => nativeHash(native, key)) ? native : undefined
  } catch {
    return undefined // no binary for this platform
  }
}

function nativeHash({ Blake3Hasher }: NativeModule, key?: Uint8Array): IncrementalHash {
  const hasher: NativeHasher =
    key === undefined ? new Blake3Hasher() : Blake3Hasher.newKeyed(Buffer.from(key))
  return {
    reset: () => hasher.reset(),
    // its types ask for a Buffer, its code takes every Uint8Array as it is
    update: (data) => void hasher.update(data as Buffer),
    // as text: Buffers of napi-rs are freed only when the event loop turns, and cost more
    digest: () => Uint8Array.from(Buffer.from(hasher.digest('hex'), 'hex')),
  }
}

/** Hashes that are under way share one hasher: its state is saved when another takes over. */
function wasmHash({ plain, keyed, keySlot }: Loaded, key?: Uint8Array): IncrementalHash {
  const shared = key === undefined ? plain : keyed
  const ownKey = key === undefined ? undefined : Uint8Array.from(key)
  let saved: Uint8Array | undefined
  const tenant = {
    leave() {
      saved = shared.hasher.save()
    },
  }
  const moveIn = () => {
    if (shared.tenant === tenant) return
    shared.tenant?.leave()
    shared.tenant = tenant
    if (saved !== undefined) shared.hasher.load(saved)
    else initialise()
  }
  const initialise = () => {
    if (ownKey !== undefined) keySlot.set(ownKey)
    shared.hasher.init()
  }
  return {
    reset() {
      saved = undefined
      if (shared.tenant === tenant) initialise()
    },
    update(data) {
      moveIn()
      shared.hasher.update(data)
    },
    digest() {
      moveIn()
      saved = undefined
      shared.tenant = undefined
      return shared.hasher.digest('binary')
    },
  }
}

/** Official test vector: 102400 bytes go through the widest code paths. */
const VECTOR_KEY = Buffer.from('whats the Elvish word for friend')
const VECTOR_MAC = '1c35d1a5811083fd7119f5d5d1ba027b4d01c0c6c49fb6ff2cf75393ea5db4a7'
const VECTOR_HASH = 'bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085'

function givesOfficialAnswer(create: (key?: Uint8Array) => IncrementalHash): boolean {
  return answer(create(VECTOR_KEY)) === VECTOR_MAC && answer(create()) === VECTOR_HASH
}

function answer(hash: IncrementalHash): string {
  const input = new Uint8Array(102_400)
  for (let i = 0; i < input.length; i++) input[i] = i % 251
  hash.update(input)
  return toHex(hash.digest())
}
