import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Interruption } from './interruption.ts'

function listening() {
  const told: string[] = []
  const source = new EventEmitter()
  const interruption = new Interruption(source, {
    onFirst: () => told.push('first'),
    onSecond: () => told.push('second'),
  })
  return { told, source, interruption }
}

describe('an interruption', () => {
  it('asks the work to stop at the first signal and ends it at the second', () => {
    const { told, source, interruption } = listening()

    source.emit('SIGINT')
    const abortedAtFirst = interruption.signal.aborted
    source.emit('SIGTERM')

    expect(abortedAtFirst).toBe(true)
    expect(told).toEqual(['first', 'second'])
  })

  it('listens no more when the program has ended', () => {
    const { source, interruption } = listening()

    interruption[Symbol.dispose]()

    expect(['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => source.listenerCount(name))).toEqual([
      0, 0, 0,
    ])
  })
})
