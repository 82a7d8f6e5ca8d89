/**
 * What the hot loops do; there are two versions, wasm-kernels.ts and plain-kernels.ts.
 * @module
 */
/** The loops themselves; all arguments but counts, lengths and masks are addresses. */
export interface Loops {
  /** sum <- POLYVAL continued over `length` bytes, the last block filled up with zeros. */
  polyval(sum: number, key: number, data: number, length: number): void
  /** Blocks `first`, `first + 1` … of the AES-GCM-SIV counter that starts at `tag`. */
  counterBlocks(out: number, tag: number, first: number, count: number): void
  /** out <- a XOR b; `out` may be `a` or `b`, or lie before them. */
  xor(out: number, a: number, b: number, length: number): void
  /**
   * Index of the first of `length` bytes whose fingerprint shares no bit with `mask`, or `length`.
   * The fingerprint is taken from and left at `state`, unless a boundary was found.
   */
  scanGear(state: number, data: number, length: number, mask: bigint): number
}
