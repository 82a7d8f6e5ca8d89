import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { hasEnded, processMark } from './process-mark.ts'

const mark = processMark()

describe.skipIf(mark === undefined)('the mark of a process', () => {
  it('tells that it is alive, and that it has ended', () => {
    const { pid } = spawnSync(process.execPath, ['--version'])

    expect(hasEnded(mark!)).toBe(false)
    expect(hasEnded(mark!.replace(/^\d+/, String(pid)))).toBe(true)
  })

  it('tells nothing of other computers, or of this one before it was started anew', () => {
    expect(hasEnded(mark!.replace(/^\d+/, '4000000').replace(/.$/, 'x'))).toBe(false)
    expect(hasEnded('')).toBe(false)
    expect(hasEnded('1234')).toBe(false)
  })
})
