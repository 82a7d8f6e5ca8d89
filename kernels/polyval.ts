/**
 * POLYVAL, the universal hash of AES-GCM-SIV (RFC 8452, section 3).
 *
 * Elements are 128-bit little-endian polynomials over GF(2) modulo
 * x^128 + x^127 + x^126 + x^121 + 1, and dot(a, b) = a * b * x^-128. For key H,
 * each block X changes the sum S into dot(S + X, H).
 *
 * Three things make it fast:
 *  - dot(x^k, H) for k = 127 ... 0 is H divided by x, 1 ... 128 times: a shift and a conditional XOR
 *    each. From these 128 values one XOR per entry fills 16 tables of 256: a product becomes 16 loads.
 *  - Four sums run side by side with the tables of H^4, so no load waits for the one before.
 *  - Sums live in memory: fetching their bytes as table indexes beats shifting 64-bit lanes.
 *
 * Table look-ups depend on secret data. H is fresh for every slice (it comes from subkey and
 * nonce), so whoever measures the cache sees each H once.
 */
import { POWERS, SUMS, TABLES } from './memory-map'

/** What division by x adds when the constant term was set: bits 127, 126, 125 and 120. */
const REDUCTION: u64 = 0xe100000000000000

/** Below 512 bytes, bitwise products beat filling 64 KiB of tables. */
const LEAST_BLOCKS_FOR_TABLES: usize = 32

/**
 * sum <- the sum after absorbing `length` bytes at `data`, the last block filled up with zeros.
 * `sum` and `key` are 16 bytes each.
 */
export function polyval(sum: usize, key: usize, data: usize, length: usize): void {
  let blocks = length >> 4
  if (blocks >= LEAST_BLOCKS_FOR_TABLES) {
    const groups = blocks >> 2
    absorbGroups(sum, key, data, groups)
    data += groups << 6
    blocks &= 3
  }
  for (; blocks > 0; blocks--) {
    absorb(sum, key, v128.load(data))
    data += 16
  }
  const rest = length & 15
  if (rest > 0) {
    v128.store(TABLES, i64x2.splat(0))
    memory.copy(TABLES, data, rest)
    absorb(sum, key, v128.load(TABLES))
  }
}

function absorb(sum: usize, key: usize, block: v128): void {
  v128.store(sum, v128.xor(v128.load(sum), block))
  dot(sum, sum, key)
}

/** out <- dot(a, b), bit by bit and without branches; `out` may be `a` or `b`. */
function dot(out: usize, a: usize, b: usize): void {
  let low = load<u64>(b)
  let high = load<u64>(b, 8)
  let resultLow: u64 = 0
  let resultHigh: u64 = 0
  let word = load<u64>(a, 8)
  const lastWord = load<u64>(a)
  for (let half = 0; half < 2; half++) {
    for (let bit = 0; bit < 64; bit++) {
      const carry = 0 - (low & 1)
      low = (low >> 1) | (high << 63)
      high = (high >> 1) ^ (carry & REDUCTION)
      const chosen = <u64>(<i64>word >> 63)
      resultLow ^= low & chosen
      resultHigh ^= high & chosen
      word <<= 1
    }
    word = lastWord
  }
  store<u64>(out, resultLow)
  store<u64>(out, resultHigh, 8)
}

/** tables[p][v] <- dot(v * x^(8p), H) for all byte positions p and byte values v. */
function fillTables(key: usize): void {
  let low = load<u64>(key)
  let high = load<u64>(key, 8)
  for (let position = 15; position >= 0; position--) {
    const table = TABLES + (<usize>position << 12)
    for (let bit = 7; bit >= 0; bit--) {
      const carry = 0 - (low & 1)
      low = (low >> 1) | (high << 63)
      high = (high >> 1) ^ (carry & REDUCTION)
      const entry = table + ((<usize>16) << bit)
      store<u64>(entry, low)
      store<u64>(entry, high, 8)
    }
    v128.store(table, i64x2.splat(0))
    for (let size: usize = 16; size < 4096; size <<= 1) {
      const basis = v128.load(table + size)
      for (let at: usize = 16; at < size; at += 16) {
        v128.store(table + size + at, v128.xor(basis, v128.load(table + at)))
      }
    }
  }
}

/** dot(sum, key of the tables): one table entry for each of the sum's 16 bytes. */
// @ts-ignore: decorator
@inline
function lookUp(sum: usize): v128 {
  let product = v128.load(<usize>load<u8>(sum, 0) << 4, TABLES + 0)
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 1) << 4, TABLES + 4096))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 2) << 4, TABLES + 8192))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 3) << 4, TABLES + 12288))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 4) << 4, TABLES + 16384))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 5) << 4, TABLES + 20480))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 6) << 4, TABLES + 24576))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 7) << 4, TABLES + 28672))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 8) << 4, TABLES + 32768))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 9) << 4, TABLES + 36864))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 10) << 4, TABLES + 40960))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 11) << 4, TABLES + 45056))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 12) << 4, TABLES + 49152))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 13) << 4, TABLES + 53248))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 14) << 4, TABLES + 57344))
  product = v128.xor(product, v128.load(<usize>load<u8>(sum, 15) << 4, TABLES + 61440))
  return product
}

/** Absorbs `groups` times four blocks; the first group starts the four sums. */
function absorbGroups(sum: usize, key: usize, data: usize, groups: usize): void {
  v128.store(POWERS + 48, v128.load(key))
  dot(POWERS + 32, key, key)
  dot(POWERS + 16, POWERS + 32, key)
  dot(POWERS, POWERS + 32, POWERS + 32)
  fillTables(POWERS)

  v128.store(SUMS, v128.xor(v128.load(sum), v128.load(data)))
  v128.store(SUMS + 16, v128.load(data, 16))
  v128.store(SUMS + 32, v128.load(data, 32))
  v128.store(SUMS + 48, v128.load(data, 48))
  const end = data + (groups << 6)
  for (let at = data + 64; at < end; at += 64) {
    v128.store(SUMS, v128.xor(lookUp(SUMS), v128.load(at)))
    v128.store(SUMS + 16, v128.xor(lookUp(SUMS + 16), v128.load(at, 16)))
    v128.store(SUMS + 32, v128.xor(lookUp(SUMS + 32), v128.load(at, 32)))
    v128.store(SUMS + 48, v128.xor(lookUp(SUMS + 48), v128.load(at, 48)))
  }

  let total = i64x2.splat(0)
  for (let stream: usize = 0; stream < 64; stream += 16) {
    dot(SUMS + stream, SUMS + stream, POWERS + stream)
    total = v128.xor(total, v128.load(SUMS + stream))
  }
  v128.store(sum, total)
}
