import { describe, expect, it } from 'vitest'
import { progressLines } from './live-display.ts'
import { ProgressMeter } from './progress-meter.ts'

describe('progress', () => {
  it('is measured by bytes when their total is known', () => {
    const meter = new ProgressMeter('Saving', { bytes: 1000, items: 10 }, 0)

    meter.advance({ bytes: 250, items: 9 })

    expect(meter.fraction).toBe(0.25)
  })

  it('is unknown without totals, and never more than all', () => {
    const open = new ProgressMeter('Looking', {}, 0)
    const full = new ProgressMeter('Saving', { items: 2 }, 0)

    full.advance({ items: 3 })

    expect(open.fraction).toBeUndefined()
    expect(full.fraction).toBe(1)
  })

  it('takes the rate of the last ten seconds, so that it follows a slower disk', () => {
    const meter = new ProgressMeter('Saving', { bytes: 10_000 }, 0)
    for (let second = 1; second <= 60; second++) {
      meter.advance({ bytes: second <= 40 ? 100 : 10 })
      meter.sample(second * 1000)
    }

    expect(meter.rate('bytes', 60_000)).toBeCloseTo(10, 5)
    expect(meter.remainingSeconds(60_000)).toBeCloseTo((10_000 - 4200) / 10, 5)
  })

  it('says nothing about the rest during the first seconds or while nothing moves', () => {
    const meter = new ProgressMeter('Saving', { items: 100 }, 0)
    meter.advance({ items: 5 })

    expect(meter.remainingSeconds(2000)).toBeUndefined()
    expect(meter.remainingSeconds(5000)).toBeCloseTo(95)
    expect(new ProgressMeter('Saving', { items: 9 }, 0).remainingSeconds(9000)).toBeUndefined()
  })
})

describe('the live display', () => {
  const meter = () => {
    const made = new ProgressMeter('Saving photos', { parts: 4, items: 5678, bytes: 45e9 }, 0)
    made.advance({ parts: 2, items: 1234, bytes: 9e9 })
    return made
  }

  it('tells parts, items, bytes, rate and remaining time', () => {
    expect(progressLines(meter(), 90_000, 100)).toEqual([
      'Saving photos  [####----------------]  20 %',
      '  2 of 4 parts · 1,234 of 5,678 items · 9 GB of 45 GB · 100 MB/s · about 6 min left',
    ])
  })

  it('tells only what is known', () => {
    const looking = new ProgressMeter('Looking', {}, 0)
    const before = progressLines(looking, 0, 80)

    looking.advance({ parts: 3 })

    expect(before).toEqual(['Looking'])
    expect(progressLines(looking, 1000, 80)).toEqual(['Looking', '  3 parts'])
  })

  it('never is wider than the terminal', () => {
    for (let columns = 1; columns < 90; columns++) {
      for (const line of progressLines(meter(), 90_000, columns)) {
        expect([...line].length).toBeLessThanOrEqual(columns)
      }
    }
  })
})
