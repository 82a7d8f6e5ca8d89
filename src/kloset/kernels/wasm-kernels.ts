/**
 * The loops compiled from `kernels/` (AssemblyScript, 2.8 KB), found beside this file in `dist`,
 * or in `dist` from `src`. Compiled once per thread.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Loops } from './loops.ts'

/** The little of WebAssembly used here; TypeScript keeps its types in the browser library. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => { buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: unknown }
}

interface Exports {
  polyval(sum: number, key: number, data: number, length: number, workspace: number): void
  counterBlocks(out: number, tag: number, first: number, count: number): void
  xor(out: number, a: number, b: number, length: number): void
  scanGear(table: number, state: number, data: number, length: number, mask: bigint): number
}

const PAGE_BYTES = 65_536

let compiled: object | undefined

/** The loops over a new memory of at least `bytes`, or undefined when they cannot be loaded. */
export function wasmLoops(
  bytes: number,
  gearTable: number,
  workspace: number,
): { memory: Uint8Array; loops: Loops } | undefined {
  try {
    compiled ??= new WebAssembly.Module(readFileSync(moduleLocation()))
    const pages = Math.ceil(bytes / PAGE_BYTES)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const instance = new WebAssembly.Instance(compiled, { env: { memory } })
    const exports = instance.exports as Exports
    return { memory: new Uint8Array(memory.buffer), loops: bind(exports, gearTable, workspace) }
  } catch {
    return undefined // no such file, no SIMD, no memory: the caller has a fallback and says so
  }
}

function bind(exports: Exports, gearTable: number, workspace: number): Loops {
  return {
    polyval: (sum, key, data, length) => exports.polyval(sum, key, data, length, workspace),
    counterBlocks: exports.counterBlocks,
    xor: exports.xor,
    scanGear: (state, data, length, mask) => exports.scanGear(gearTable, state, data, length, mask),
  }
}

function moduleLocation(): URL {
  const beside = new URL('./kernels.wasm', import.meta.url)
  if (existsSync(beside)) return beside
  return new URL('../../../dist/kloset/kernels/kernels.wasm', import.meta.url)
}
