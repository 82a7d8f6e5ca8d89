/**
 * The Gear hash of FastCDC: fingerprint <- (fingerprint << 1) + table[byte], modulo 2^64. A chunk
 * ends before the byte that clears all bits of the mask.
 *
 * Bit 63 is in the masks Kloset uses, so the fingerprint must really be 64 bits wide and the
 * published trick of two bytes per step does not apply. Eight steps are unrolled, each with its
 * own exit: computing eight and testing them together is slower.
 */

/**
 * Index of the first of `length` bytes at `data` whose fingerprint has none of the mask's bits,
 * or `length`. The fingerprint is read from `state` and left there, so a scan can go on.
 */
export function scanGear(table: usize, state: usize, data: usize, length: u32, mask: u64): u32 {
  let print = load<u64>(state)
  let at: u32 = 0
  for (const end = length & ~7; at < end; at += 8) {
    const p = data + at
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(p, 0) << 3))
    if ((print & mask) == 0) return at
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(p, 1) << 3))
    if ((print & mask) == 0) return at + 1
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(p, 2) << 3))
    if ((print & mask) == 0) return at + 2
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(p, 3) << 3))
    if ((print & mask) == 0) return at + 3
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(p, 4) << 3))
    if ((print & mask) == 0) return at + 4
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(p, 5) << 3))
    if ((print & mask) == 0) return at + 5
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(p, 6) << 3))
    if ((print & mask) == 0) return at + 6
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(p, 7) << 3))
    if ((print & mask) == 0) return at + 7
  }
  for (; at < length; at++) {
    print = (print << 1) + load<u64>(table + (<usize>load<u8>(data + at) << 3))
    if ((print & mask) == 0) return at
  }
  store<u64>(state, print)
  return length
}
