/**
 * How much a sample is, as a person writes it: `2%` of all bytes, `20` packfiles, or `500MB`.
 * @module
 */
import type { SampleSize } from '../operations/check-repository.ts'
import { UsageError } from './usage-error.ts'

const UNITS: Record<string, number> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}
const SIZE = /^(\d+(?:\.\d+)?)\s*(%|[kmgt]i?b)?$/i

/** @throws {UsageError} */
export function parseSampleSize(text: string): SampleSize {
  const [, digits, unit = ''] = SIZE.exec(text.trim()) ?? []
  const amount = Number(digits)
  if (digits !== undefined && amount > 0) {
    if (unit === '%' && amount <= 100) return { share: amount / 100 }
    if (unit === '' && Number.isInteger(amount)) return { count: amount }
    const factor = UNITS[unit.toLowerCase()]
    if (factor !== undefined) return { bytes: amount * factor }
  }
  throw new UsageError(`"${text}" is no sample: give 2%, a number of packfiles, or a size as 500MB`)
}
