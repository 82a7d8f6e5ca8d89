/**
 * The hot loops of a repository over one fixed memory: POLYVAL, counter blocks, XOR, Gear scan.
 *
 * Buffers that take part are views of this memory, so that a photo can be read, cut, encrypted
 * and packed without being copied in between. Arguments of the loops are addresses in it. The
 * memory never grows: a view stays valid for good.
 * @module
 */
import { GEAR_TABLE } from '../chunking/gear-table.ts'
import { agreesWithVectors } from './kernel-vectors.ts'
import type { Loops } from './loops.ts'
import { ADDRESS } from './memory-map.ts'
import { plainLoops } from './plain-kernels.ts'
import { wasmLoops } from './wasm-kernels.ts'

/** What an arena holds unless asked otherwise: the largest chunk Kloset makes by default, twice. */
const DEFAULT_ARENA_BYTES = 16 * 1024 * 1024

export interface Kernels extends Loops {
  readonly implementation: 'wasm' | 'typescript'
  /** All of the memory. */
  readonly memory: Uint8Array
  /**
   * `bytes` fresh bytes of the memory, for good: there is no way to give them back.
   * @throws {RangeError} when the arena is used up
   */
  allocate(bytes: number): Uint8Array
  /** Where `view` begins in the memory, or undefined when it lies elsewhere. */
  addressOf(view: Uint8Array): number | undefined
}

/**
 * Kernels with a memory of their own: WebAssembly where it can be loaded and gives the published
 * results, else TypeScript, which is slow and right.
 */
export function loadKernels(options: { arenaBytes?: number } = {}): Kernels {
  const arenaBytes = options.arenaBytes ?? DEFAULT_ARENA_BYTES
  return loadWasmKernels(arenaBytes) ?? createPlainKernels(arenaBytes)
}

/** Kernels in WebAssembly, or undefined where they cannot be loaded or fail their vectors. */
export function loadWasmKernels(arenaBytes: number): Kernels | undefined {
  const loaded = wasmLoops(ADDRESS.allocations + arenaBytes)
  if (loaded === undefined) return undefined
  const kernels = over(loaded.memory, arenaBytes, loaded.loops, 'wasm')
  return agreesWithVectors(kernels) ? kernels : undefined
}

/** The same in TypeScript; needs nothing. */
export function createPlainKernels(arenaBytes: number): Kernels {
  const memory = new Uint8Array(ADDRESS.allocations + arenaBytes)
  return over(memory, arenaBytes, plainLoops(memory), 'typescript')
}

function over(
  memory: Uint8Array,
  arenaBytes: number,
  loops: Loops,
  implementation: Kernels['implementation'],
): Kernels {
  memory.set(GEAR_TABLE, ADDRESS.gearTable)
  const end = ADDRESS.allocations + arenaBytes
  let free: number = ADDRESS.allocations
  return {
    ...loops,
    implementation,
    memory,
    allocate(bytes) {
      if (free + bytes > end) {
        throw new RangeError(`kernel memory is used up: ${bytes} of ${end - free} bytes asked for`)
      }
      const view = memory.subarray(free, free + bytes)
      free = Math.ceil((free + bytes) / 64) * 64 // a cache line each
      return view
    },
    addressOf: (view) => (view.buffer === memory.buffer ? view.byteOffset : undefined),
  }
}
