import { describe, expect, it } from 'vitest'
import { CodedError } from '../util/coded-error.ts'
import { explainError, traceOf } from './explain-error.ts'

class NotAStoreError extends CodedError {
  readonly code = 'NOT_A_STORE'
  constructor(location: string) {
    super(`${location} is not a repository`, { hint: `Make one: tintype at ${location} create` })
  }
}

describe('an error as a person reads it', () => {
  it('says what, where and what to do next', () => {
    expect(explainError(new NotAStoreError('/photos'))).toEqual({
      code: 'NOT_A_STORE',
      message: '/photos is not a repository',
      hint: 'Make one: tintype at /photos create',
    })
  })

  it('puts errors of the system into words', () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), {
      code: 'ENOSPC',
      path: '/a\nb',
    })

    expect(explainError(full)).toEqual({
      code: 'ENOSPC',
      message: '/a\\nb: the disk is full',
      hint: 'Make room and run the same command again.',
    })
  })

  it('never lets a name from an archive drive the terminal', () => {
    const { message } = explainError(new NotAStoreError('\u001b]0;owned\u0007'))

    expect(message).not.toMatch(/\p{Cc}/u)
  })

  it('calls what nobody foresaw a defect', () => {
    expect(explainError(new TypeError('x is undefined'))).toMatchObject({
      code: 'UNEXPECTED',
      message: 'something unexpected happened: x is undefined',
    })
    expect(explainError('a string').message).toContain('a string')
  })

  it('tells with --verbose where it came from, causes included', () => {
    const error = new Error('outer', { cause: new Error('inner') })

    const trace = traceOf(error).join('\n')

    expect(trace).toMatch(/outer[\s\S]*explain-error\.test[\s\S]*inner/)
  })
})
