import { describe, expect, it, test } from 'vitest'
import { NotAStoreError } from '../stores/store.ts'
import { exitCodeOf, exitCodeOfError, statusOfReading } from './outcome.ts'

describe('a reading', () => {
  it('is complete when nothing was lost, even if something was odd', () => {
    const odd = [{ code: 'ORPHAN_MEDIA' as const, path: 'a.jpg', message: '' }]

    expect(statusOfReading(odd, 1)).toBe('complete')
  })

  test.for([
    'MISSING_PART',
    'MISSING_FILES',
    'DAMAGED_PART',
    'DAMAGED_ENTRY',
    'REJECTED',
    'ORPHAN_SIDECAR',
  ] as const)('is incomplete after %s', (code) => {
    expect(statusOfReading([{ code, path: 'x', message: '' }], 1)).toBe('incomplete')
  })

  it('is complete when the photo of a lone sidecar was found in another folder', () => {
    const found = {
      code: 'ORPHAN_SIDECAR' as const,
      path: 'x',
      message: '',
      resolved: true as const,
    }

    expect(statusOfReading([found], 1)).toBe('complete')
  })

  it('has failed when there was nothing to save', () => {
    expect(statusOfReading([], 0)).toBe('failed')
  })
})

test.for([
  { error: new NotAStoreError('x'), code: 66, because: 'the store does not exist' },
  { error: systemError('ENOSPC'), code: 74, because: 'the disk is full' },
  { error: systemError('EACCES'), code: 77, because: 'it is not allowed' },
  { error: new DOMException('stop', 'AbortError'), code: 130, because: 'it was interrupted' },
  { error: new Error('?'), code: 1, because: 'nobody knows better' },
])('$error.message ends with $code: $because', ({ error, code }) => {
  expect(exitCodeOfError(error)).toBe(code)
})

test('every outcome has the exit code of the contract', () => {
  const codes = (
    ['done', 'failed', 'incomplete', 'usage', 'damaged', 'missing', 'unavailable'] as const
  ).map(exitCodeOf)

  expect(codes).toEqual([0, 1, 3, 64, 65, 66, 69])
})

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}
