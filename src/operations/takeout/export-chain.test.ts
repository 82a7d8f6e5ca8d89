import { describe, expect, it } from 'vitest'
import { exportChain, type SeenExport } from './export-chain.ts'

function anExport(day: string, fields: Partial<SeenExport> = {}): SeenExport {
  const made = `${day}T03:04:05Z`
  const id = `takeout-${day.replaceAll('-', '')}T030405Z`
  return { id, made, imported: made, kind: 'full', added: 1, runs: 1, ...fields }
}

const at = (day: string) => new Date(`${day}T12:00:00Z`)

describe('the chain of exports', () => {
  it('expects the next export two months after the last, until a year after the first', () => {
    const seen = ['2026-01-10', '2026-03-11', '2026-05-10'].map((day) => anExport(day))

    const { span, schedule, warnings } = exportChain(seen.reverse(), at('2026-06-01'))

    expect(span).toEqual({ from: '2026-01-10', to: '2026-05-10' })
    expect(schedule).toEqual({
      ...{ began: '2026-01-10', ends: '2027-01-10', seen: 3 },
      ...{ next: '2026-07-10', state: 'running' },
    })
    expect(warnings).toEqual([])
  })

  it('warns from 30 days before the year ends, and says what to click', () => {
    const seen = ['01', '03', '05', '07', '09', '11'].map((month) => anExport(`2026-${month}-10`))

    expect(exportChain(seen, at('2026-12-10')).warnings).toEqual([])
    const { schedule, warnings } = exportChain(seen, at('2026-12-12'))

    expect(schedule).toMatchObject({ state: 'ends-soon', ends: '2027-01-10', seen: 6 })
    expect(schedule).not.toHaveProperty('next')
    expect(warnings.join()).toMatch(/ends in 29 days.*takeout\.google\.com.*2 months for 1 year/)
  })

  it.each([
    ['an export that did not come', ['2026-01-10', '2026-03-10'], '2026-06-01', 'overdue'],
    ['a year that is over', ['2026-01-10', '2026-03-10'], '2027-01-11', 'ended'],
    ['a single export, which may have been the only one', ['2026-01-10'], '2026-02-01', 'single'],
    [
      'a new order after the year',
      ['2025-01-10', '2025-11-10', '2026-01-10', '2026-03-10'],
      ...(['2026-04-01', 'running'] as const),
    ],
  ])('knows %s', (_, days, now, state) => {
    const seen = days.map((day) => anExport(day))

    expect(exportChain(seen, at(now)).schedule).toMatchObject({ state })
  })

  it.each(['2026-04-01', '2026-12-20', '2027-02-01'])(
    'says of one old export, on %s, how old it is, and nothing of a schedule',
    (now) => {
      const { warnings } = exportChain([anExport('2026-01-10')], at(now))

      expect(warnings).toHaveLength(1)
      expect(warnings[0]).toContain('The last export is of 2026-01-10')
      expect(warnings[0]).toContain('takeout.google.com')
      expect(warnings[0]).not.toMatch(/ended|expected|year of exports/)
    },
  )

  it('does not take an export ordered by hand in between for a link of the chain', () => {
    const seen = ['2026-01-10', '2026-02-01', '2026-03-10'].map((day) => anExport(day))

    expect(exportChain(seen, at('2026-04-01')).schedule).toMatchObject({
      ...{ began: '2026-01-10', seen: 2, next: '2026-05-10' },
    })
  })

  it('keeps to the last day of a shorter month', () => {
    const { schedule } = exportChain([anExport('2025-12-31')], at('2026-01-15'))

    expect(schedule).toMatchObject({ next: '2026-02-28', ends: '2026-12-31' })
  })

  it('says how to begin when there is none', () => {
    expect(exportChain([], at('2026-01-01')).warnings.join()).toContain('takeout.google.com')
  })
})
