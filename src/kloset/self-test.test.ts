import { argon2id } from '@noble/hashes/argon2.js'
import { describe, expect, it } from 'vitest'
import { toHex } from '../util/bytes.ts'
import { selfTest } from './self-test.ts'

describe('the self-test', () => {
  it('finds every primitive right, and says which implementation is in use', async () => {
    const reports = await selfTest({ measure: false })

    expect(reports).toEqual([
      { name: 'AES-256-GCM-SIV', implementation: 'wasm', ok: true },
      { name: 'FastCDC', implementation: 'wasm', ok: true },
      { name: 'BLAKE3', implementation: 'native', ok: true },
      { name: 'LZ4', implementation: 'native', ok: true },
      { name: 'AES-256-KW', implementation: 'native', ok: true },
      { name: 'Argon2id', implementation: 'native', ok: true },
    ])
  })

  it('measures what handles bytes', async () => {
    const reports = await selfTest({ measure: true })

    const measured = reports.filter((report) => report.megabytesPerSecond !== undefined)
    expect(measured.map((report) => report.name)).toEqual([
      'AES-256-GCM-SIV',
      'FastCDC',
      'BLAKE3',
      'LZ4',
    ])
    expect(measured.every((report) => report.megabytesPerSecond! > 1)).toBe(true)
  })
})

it('expects of Argon2id what @noble/hashes computes', () => {
  const key = argon2id('password', 'somesalt', { t: 1, m: 8192, p: 1, dkLen: 32 })

  expect(toHex(key)).toBe('07200454a4c2369a893741c6bf6355f29bf357857cc5eb8e8795104fbe70a38e')
})
