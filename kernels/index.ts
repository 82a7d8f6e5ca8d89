/**
 * The hot loops, compiled to WebAssembly. Written in AssemblyScript, a dialect of TypeScript with
 * machine integers; nothing here allocates, and every argument is an address in the imported
 * memory, so one memory can be read buffer, chunk, and packfile at once.
 *
 * Callers: src/kloset/kernels/wasm-kernels.ts. The same functions in plain TypeScript, which the
 * tests compare with these: src/kloset/kernels/plain-kernels.ts.
 */
export { polyval } from './polyval'
export { counterBlocks, xor } from './counter'
export { scanGear } from './gear'
export { GEAR_TABLE, POWERS, SUMS, TABLES } from './memory-map'
