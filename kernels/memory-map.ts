/**
 * Fixed places in the memory. Constant addresses become part of each load instruction, which
 * makes the loops twice as fast as addresses in variables. src/kloset/kernels/memory-map.ts says
 * what lies where; wasm-kernels.ts refuses a module that disagrees.
 */
export const GEAR_TABLE: usize = 1024

/** 16 byte positions x 256 values x 16 bytes. */
export const TABLES: usize = 4096

/** Four sums of 16 bytes, then H^4, H^3, H^2, H in the order the sums need them. */
export const SUMS: usize = 69632
export const POWERS: usize = 69696
