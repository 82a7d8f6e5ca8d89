/**
 * Throughput of the hot loops on one thread, each beside what it replaces.
 *
 * Node 20.20, one of two virtual cores of an Intel Xeon at about 2.4 GHz that others were using
 * heavily; MB/s, best rounds of one run (others: 805 to 1032 for the first line). Ratios travel
 * better than figures.
 *
 *   encode 1 MiB, in place                         950
 *   encode 1 MiB, from and to elsewhere            838
 *   decode 1 MiB                                   724
 *   GCM-SIV by @noble/ciphers, 64 KiB               39
 *   POLYVAL by WebAssembly, 64 KiB                2555
 *   Gear scan by WebAssembly                      1850
 *   POLYVAL by TypeScript, 64 KiB                   31
 *   Gear scan by TypeScript                         40
 *   FastCDC, 512 KiB / 1 MiB / 8 MiB              3473
 *   BLAKE3 as chosen, 1 MiB                       5586
 *   BLAKE3 by WebAssembly, 1 MiB                   590
 *   LZ4 compression of metadata                   1112
 *   LZ4 decompression of metadata                  307
 *   xxHash32                                      4206
 * @module
 */
import { randomBytes } from 'node:crypto'
import { gcmsiv } from '@noble/ciphers/aes.js'
import { concatBytes, utf8 } from '../../util/bytes.ts'
import { createChunker } from '../chunking/fastcdc.ts'
import { readLz4Frame } from '../compression/lz4-frame-reader.ts'
import { compressedFrame } from '../compression/lz4-frame-writer.ts'
import { xxHash32 } from '../compression/xxhash32.ts'
import { createBlake3Function, createWasmBlake3, loadBlake3 } from '../crypto/blake3.ts'
import { createEncoding } from '../encoding.ts'
import { createPlainKernels, type Kernels, loadKernels } from './kernels.ts'
import { ADDRESS } from './memory-map.ts'
import { megabytesPerSecond } from './throughput.ts'

interface Benchmark {
  name: string
  bytes: number
  run(): void
}

export interface Figure {
  name: string
  megabytesPerSecond: number
}

const MiB = 1024 * 1024

/** A mask without zero bits: no fingerprint passes, and the scan goes to the end. */
const NO_BOUNDARY = 0xffffffffffffffffn

/** About a third of a second for each line. */
export async function kernelBenchmarks(): Promise<Figure[]> {
  await loadBlake3()
  const kernels = loadKernels({ arenaBytes: 32 * MiB })
  const plain = createPlainKernels(2 * MiB)
  const lines = [
    ...encryption(kernels),
    ...loops(kernels, 'WebAssembly', 16 * MiB),
    ...loops(plain, 'TypeScript', MiB),
    ...chunking(kernels),
    ...hashing(),
    ...compression(),
  ]
  return lines.map(({ name, bytes, run }) => ({
    name,
    megabytesPerSecond: megabytesPerSecond(bytes, run, 300),
  }))
}

function encryption(kernels: Kernels): Benchmark[] {
  const key = randomBytes(32)
  const options = { key, subKeyAlgorithm: 'AES256-KW' as const, chunkBytes: 65_536 }
  const encoding = createEncoding({ compression: 'LZ4', encryption: options }, kernels)
  const inside = kernels.allocate(MiB)
  inside.set(randomBytes(MiB))
  const out = kernels.allocate(encoding.maxEncodedBytes(MiB))
  const outside = randomBytes(MiB)
  const encoded = encoding.encode(outside, 'store')
  const slice = randomBytes(65_536)
  const nonce = randomBytes(12)
  return [
    line('encode 1 MiB, in place', MiB, () => encoding.encodeInto(inside, 'store', out)),
    line('encode 1 MiB, from and to elsewhere', MiB, () => encoding.encode(outside, 'store')),
    line('decode 1 MiB', MiB, () => encoding.decode(encoded, MiB)),
    line('GCM-SIV by @noble/ciphers, 64 KiB', 65_536, () => gcmsiv(key, nonce).encrypt(slice)),
  ]
}

function loops(kernels: Kernels, by: string, bytes: number): Benchmark[] {
  const area = kernels.allocate(bytes)
  area.set(randomBytes(bytes))
  const home = kernels.addressOf(area)!
  const { sum, key, fingerprint } = ADDRESS
  return [
    line(`POLYVAL by ${by}, 64 KiB`, 65_536, () => kernels.polyval(sum, key, home, 65_536)),
    line(`Gear scan by ${by}`, bytes, () =>
      kernels.scanGear(fingerprint, home, bytes, NO_BOUNDARY),
    ),
  ]
}

/** Effective speed: of the first 512 KiB of a chunk nothing is read. */
function chunking(kernels: Kernels): Benchmark[] {
  const chunker = createChunker(
    {
      algorithm: 'fastcdc-v1.0.0',
      minBytes: 512 * 1024,
      normalBytes: MiB,
      maxBytes: 8 * MiB,
    },
    kernels,
  )
  const content = kernels.allocate(8 * MiB)
  content.set(randomBytes(8 * MiB))
  const cutAll = () => {
    for (let at = 0; at < content.length; ) at += chunker.cut(content.subarray(at))
  }
  return [line('FastCDC, 512 KiB / 1 MiB / 8 MiB', content.length, cutAll)]
}

function hashing(): Benchmark[] {
  const message = randomBytes(MiB)
  const chosen = createBlake3Function(randomBytes(32))
  const wasm = createWasmBlake3(randomBytes(32))
  const hashByWasm = () => {
    wasm.reset()
    wasm.update(message)
    wasm.digest()
  }
  return [
    line('BLAKE3 as chosen, 1 MiB', MiB, () => chosen(message)),
    line('BLAKE3 by WebAssembly, 1 MiB', MiB, hashByWasm),
  ]
}

function compression(): Benchmark[] {
  const records = Array.from(
    { length: 600 },
    (_, i) => `{"title":"IMG_${i * 7}.jpg","views":"${i}"}`,
  )
  const metadata = utf8(records.join('\n'))
  const frame = concatBytes(compressedFrame(metadata))
  const { length } = metadata
  return [
    line('LZ4 compression of metadata', length, () => compressedFrame(metadata)),
    line('LZ4 decompression of metadata', length, () => readLz4Frame(frame, length)),
    line('xxHash32', length, () => xxHash32(metadata)),
  ]
}

function line(name: string, bytes: number, run: () => unknown): Benchmark {
  return { name, bytes, run: () => void run() }
}
