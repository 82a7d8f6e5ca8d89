/**
 * The loops compiled from `kernels/` (AssemblyScript, 2.8 KB), found beside this file in `dist`,
 * or in `dist` from `src`. Compiled once per thread.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Loops } from './loops.ts'
import { ADDRESS } from './memory-map.ts'

/** The little of WebAssembly used here; TypeScript keeps its types in the browser library. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => { buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: unknown }
}

interface Exports extends Loops {
  GEAR_TABLE: { value: number }
  TABLES: { value: number }
  SUMS: { value: number }
  POWERS: { value: number }
}

const PAGE_BYTES = 65_536

let compiled: object | undefined

/** The loops over a new memory of at least `bytes`, or undefined when they cannot be loaded. */
export function wasmLoops(bytes: number): { memory: Uint8Array; loops: Loops } | undefined {
  try {
    compiled ??= new WebAssembly.Module(readFileSync(moduleLocation()))
    const pages = Math.ceil(bytes / PAGE_BYTES)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
    if (!sharesMemoryMap(exports as Exports)) return undefined
    return { memory: new Uint8Array(memory.buffer), loops: exports as Exports }
  } catch {
    return undefined // no such file, no SIMD, no memory: the caller has a fallback and says so
  }
}

/** The module was compiled for the places in memory that this program believes in. */
function sharesMemoryMap({ GEAR_TABLE, TABLES, SUMS, POWERS }: Exports): boolean {
  return (
    GEAR_TABLE.value === ADDRESS.gearTable &&
    TABLES.value === ADDRESS.tables &&
    SUMS.value === ADDRESS.sums &&
    POWERS.value === ADDRESS.powers
  )
}

function moduleLocation(): URL {
  const beside = new URL('./kernels.wasm', import.meta.url)
  if (existsSync(beside)) return beside
  return new URL('../../../dist/kloset/kernels/kernels.wasm', import.meta.url)
}
