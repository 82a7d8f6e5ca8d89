import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startWatchdog } from './watchdog.ts'

describe('a watchdog', () => {
  let bites = 0
  const bite = () => {
    bites += 1
  }
  beforeEach(() => {
    bites = 0
    vi.useFakeTimers()
  })
  afterEach(() => void vi.useRealTimers())

  it('bites once when nothing moved for as long as it was told', () => {
    startWatchdog(bite, 120_000)

    vi.advanceTimersByTime(119_999)
    expect(bites).toBe(0)
    vi.advanceTimersByTime(1_000_000)
    expect(bites).toBe(1)
  })

  it('waits as long again whenever something moved', () => {
    const watchdog = startWatchdog(bite, 120_000)

    for (let n = 0; n < 100; n++) {
      vi.advanceTimersByTime(119_999)
      watchdog.moved()
    }
    expect(bites).toBe(0)
    vi.advanceTimersByTime(120_000)
    expect(bites).toBe(1)
  })

  it('does not bite when it is called off', () => {
    const watchdog = startWatchdog(bite, 120_000)

    watchdog.stop()
    vi.advanceTimersByTime(1_000_000)

    expect(bites).toBe(0)
  })
})
