/**
 * Where things lie in the memory of the kernels.
 *
 *   address  size    what
 *         0  1024    unused, so that no address is 0
 *      1024  2048    Gear table, 256 x u64
 *      3072    64    sum, key, tag and length block of POLYVAL, 16 bytes each
 *      3136     8    Gear fingerprint
 *      4096  65536   POLYVAL tables, see kernels/polyval.ts
 *     69632    128  its four sums, then four powers of the key
 *     69888  32768   counter blocks, then key stream
 *    102656  65536+  a slice of plaintext that lies elsewhere
 *    168448  65552+  a slice of ciphertext and tag that lies elsewhere
 *    234496          what `allocate` hands out
 *
 * @module
 */
export const ADDRESS = {
  gearTable: 1024,
  sum: 3072,
  key: 3088,
  tag: 3104,
  lengthBlock: 3120,
  fingerprint: 3136,
  tables: 4096,
  sums: 69_632,
  powers: 69_696,
  keyStream: 69_888,
  plainSlice: 102_656,
  sealedSlice: 168_448,
  allocations: 234_496,
} as const

/** Longest slice the fixed areas hold, in bytes of plaintext. */
export const MAX_SLICE_BYTES = 65_536

export const KEY_STREAM_BYTES = 32_768
