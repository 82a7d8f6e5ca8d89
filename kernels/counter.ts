/**
 * The parts of AES-CTR around AES itself, as AES-GCM-SIV counts (RFC 8452, section 4): the counter
 * is the little-endian 32-bit word in bytes 0-3 of the block and wraps without carrying on.
 */

/**
 * Writes blocks `first` ... `first + count - 1` of the counter that starts at the 16-byte `tag`;
 * RFC 8452 sets the top bit of its last byte first.
 */
export function counterBlocks(out: usize, tag: usize, first: u32, count: u32): void {
  const start = v128.or(v128.load(tag), i32x4(0, 0, 0, 0x80000000))
  const one = i32x4(1, 0, 0, 0)
  let block = i32x4.add(start, i32x4.replace_lane(i32x4.splat(0), 0, first))
  for (let n: u32 = 0; n < count; n++) {
    v128.store(out, block)
    block = i32x4.add(block, one)
    out += 16
  }
}

/** out <- a XOR b, `length` bytes. `out` may be `a` or `b`; otherwise they must not overlap. */
export function xor(out: usize, a: usize, b: usize, length: usize): void {
  let at: usize = 0
  for (const end = length & ~15; at < end; at += 16) {
    v128.store(out + at, v128.xor(v128.load(a + at), v128.load(b + at)))
  }
  for (; at < length; at++) {
    store<u8>(out + at, load<u8>(a + at) ^ load<u8>(b + at))
  }
}
