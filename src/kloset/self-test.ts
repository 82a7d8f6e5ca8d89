/**
 * Do the primitives give the right answers on this machine, by which implementation, how fast?
 *
 * Loading already falls back to an implementation that is right (see kernels.ts, blake3.ts); this
 * says what was chosen, checks it once more against published answers and against the other
 * implementation, and measures it.
 * @module
 */
import { concatBytes, equalBytes, fromHex, toHex, utf8 } from '../util/bytes.ts'
import { createChunker } from './chunking/fastcdc.ts'
import { readLz4Frame } from './compression/lz4-frame-reader.ts'
import { compressedFrame, lz4Implementation } from './compression/lz4-frame-writer.ts'
import {
  blake3Implementation,
  createBlake3,
  createWasmBlake3,
  loadBlake3,
} from './crypto/blake3.ts'
import { deriveSliceSecrets, sealSlice } from './crypto/gcm-siv.ts'
import { argon2Implementation, deriveKey } from './crypto/kdf.ts'
import { unwrapSubkey, wrapSubkey } from './crypto/subkey.ts'
import { createPlainKernels, type Kernels, loadKernels } from './kernels/kernels.ts'
import { ADDRESS } from './kernels/memory-map.ts'
import { megabytesPerSecond } from './kernels/throughput.ts'

export interface KernelReport {
  /** What it computes, e.g. `AES-256-GCM-SIV`. */
  name: string
  /** Which implementation is in use: `native`, `wasm`, `typescript` … */
  implementation: string
  /** Whether it gives the known answers. Nothing may be written when one does not. */
  ok: boolean
  /** 10^6 bytes per second on one thread, when it was measured and is about bytes. */
  megabytesPerSecond?: number
}

/** One primitive under test; `run` handles `MEASURED_BYTES`. */
interface Subject {
  name: string
  implementation: string
  isRight(): boolean
  run?: () => void
}

const MEASURED_BYTES = 1024 * 1024
/** Long enough for V8 to compile the loops in earnest. */
const MEASURE_MS = 80

/** With `measure`, about half a second; without, some milliseconds. */
export async function selfTest(options: { measure: boolean }): Promise<KernelReport[]> {
  await loadBlake3()
  const kernels = loadKernels({ arenaBytes: 3 * MEASURED_BYTES })
  const sample = kernels.allocate(MEASURED_BYTES)
  if (options.measure) sample.set(noise(MEASURED_BYTES))
  const subjects = [
    gcmSiv(kernels, sample),
    fastCdc(kernels, sample),
    blake3(sample),
    lz4(),
    keyWrap(),
  ]
  const reports = subjects.map((subject) => report(subject, options.measure))
  return [...reports, await argon2id()]
}

function report({ name, implementation, isRight, run }: Subject, measure: boolean): KernelReport {
  const result = { name, implementation, ok: holds(isRight) }
  if (!measure || run === undefined) return result
  return { ...result, megabytesPerSecond: megabytesPerSecond(MEASURED_BYTES, run, MEASURE_MS) }
}

/** A test that throws has failed. */
function holds(isRight: () => boolean): boolean {
  try {
    return isRight()
  } catch {
    return false
  }
}

/** RFC 8452, appendix C.3 (the counter wraps), and 2000 bytes against the TypeScript loops. */
function gcmSiv(kernels: Kernels, sample: Uint8Array): Subject {
  const sealed = kernels.allocate(MEASURED_BYTES + 16)
  const [from, to] = [kernels.addressOf(sample)!, kernels.addressOf(sealed)!]
  const secrets = deriveSliceSecrets(new Uint8Array(32), new Uint8Array(12))[0]!
  return {
    name: 'AES-256-GCM-SIV',
    implementation: kernels.implementation,
    isRight() {
      const wrapping = fromHex(
        '00000000000000000000000000000000' + '4db923dc793ee6497c76dcc03a98e108',
      )
      return (
        toHex(sealIn(kernels, wrapping)) ===
          'f3f80f2cf0cb2dd9c5984fcda908456cc537703b5ba70324a6793a7bf218d3ea' +
            'ffffffff000000000000000000000000' &&
        equalBytes(sealIn(kernels, noise(2000)), sealIn(createPlainKernels(5000), noise(2000)))
      )
    },
    run() {
      for (let at = 0; at < MEASURED_BYTES; at += 65_536) {
        sealSlice(kernels, secrets, from + at, 65_536, to)
      }
    },
  }
}

/** `message` sealed under key and nonce of zeros, by way of the fixed areas. */
function sealIn(kernels: Kernels, message: Uint8Array): Uint8Array {
  const { plainSlice, sealedSlice } = ADDRESS
  const secrets = deriveSliceSecrets(new Uint8Array(32), new Uint8Array(12))[0]!
  kernels.memory.set(message, plainSlice)
  sealSlice(kernels, secrets, plainSlice, message.length, sealedSlice)
  return kernels.memory.slice(sealedSlice, sealedSlice + message.length + 16)
}

/** The same boundaries as the TypeScript loops find. */
function fastCdc(kernels: Kernels, sample: Uint8Array): Subject {
  const sizes = { algorithm: 'fastcdc-v1.0.0', minBytes: 64, normalBytes: 256, maxBytes: 4096 }
  const whole = { ...sizes, normalBytes: 2 ** 27, maxBytes: 2 ** 28 } // no boundary in sight
  const chunker = createChunker(whole, kernels)
  return {
    name: 'FastCDC',
    implementation: kernels.implementation,
    isRight() {
      const content = noise(20_000)
      const lengths = [kernels, createPlainKernels(0)].map((each) => {
        const small = createChunker(sizes, each)
        return [0, 1000, 5000, 9000].map((at) => small.cut(content.subarray(at))).join()
      })
      return lengths[0] === lengths[1]
    },
    run: () => void chunker.cut(sample),
  }
}

/** Official keyed vector of 1025 bytes, by both implementations. */
function blake3(sample: Uint8Array): Subject {
  const hash = createBlake3(new Uint8Array(32))
  const digest = (each: ReturnType<typeof createBlake3>, message: Uint8Array) => {
    each.reset()
    each.update(message)
    return each.digest()
  }
  return {
    name: 'BLAKE3',
    implementation: blake3Implementation(),
    isRight() {
      const key = utf8('whats the Elvish word for friend')
      const message = Uint8Array.from({ length: 1025 }, (_, i) => i % 251)
      const answers = [createBlake3(key), createWasmBlake3(key)].map((each) =>
        digest(each, message),
      )
      return answers.every((answer) => toHex(answer) === BLAKE3_ANSWER)
    },
    run: () => void digest(hash, sample),
  }
}

const BLAKE3_ANSWER = '357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69'

/** What the compressor in use writes, our reader reads. */
function lz4(): Subject {
  const metadata = utf8('{"title":"IMG_0001.jpg","views":"7"}\n'.repeat(30_000)).subarray(
    0,
    MEASURED_BYTES,
  )
  return {
    name: 'LZ4',
    implementation: lz4Implementation(),
    isRight() {
      const text = utf8('a photo taken in Oslo, another taken in Bergen; '.repeat(50))
      const content = concatBytes([text, noise(500), text])
      const read = readLz4Frame(concatBytes(compressedFrame(content)), content.length)
      return equalBytes(read, content)
    },
    run: () => void compressedFrame(metadata),
  }
}

/** RFC 3394, section 4.6. */
function keyWrap(): Subject {
  return {
    name: 'AES-256-KW',
    implementation: 'native',
    isRight() {
      const kek = fromHex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f')
      const key = fromHex('00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f')
      const wrapped = wrapSubkey('AES256-KW', kek, key, new Uint8Array(0))
      const unwrapped = unwrapSubkey('AES256-KW', kek, wrapped)
      return (
        toHex(wrapped) ===
          '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21' &&
        unwrapped !== undefined &&
        equalBytes(unwrapped, key)
      )
    },
  }
}

/** 8 MiB and one pass, so that it takes milliseconds; the answer is @noble/hashes'. */
async function argon2id(): Promise<KernelReport> {
  const parameters = { kdf: 'ARGON2ID' as const, time: 1, memoryKiB: 8192, threads: 1 }
  const key = await deriveKey(utf8('password'), {
    ...parameters,
    salt: utf8('somesalt'),
    keyBytes: 32,
  }).catch(() => new Uint8Array(0))
  const ok = toHex(key) === ARGON2ID_ANSWER
  return { name: 'Argon2id', implementation: await argon2Implementation(), ok }
}

const ARGON2ID_ANSWER = '07200454a4c2369a893741c6bf6355f29bf357857cc5eb8e8795104fbe70a38e'

/** Bytes that look random and are the same everywhere (xorshift32). */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = 0x9e3779b9
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state
  }
  return bytes
}
