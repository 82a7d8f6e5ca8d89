import { describe, expect, it } from 'vitest'
import { overviewPage } from '../../../../test/support/overview-page.ts'
import type { Verdict } from '../../source.ts'
import type { Surveyed, SurveyedEntry, SurveyedPart } from '../surveyed.ts'
import { understand } from './understand.ts'

const EXPORT = 'takeout-20240115T101500Z'
const YEAR = 'Takeout/Google Photos/Photos from 2021'

interface PartSketch extends Partial<SurveyedPart> {
  /** Names in the year folder, or whole paths. */
  holds: string[]
  page?: Uint8Array
}

function exportOf(...sketches: PartSketch[]): Surveyed {
  const surveyed: Surveyed = { parts: [], entries: [] }
  sketches.forEach(({ holds, page, ...given }, at) => {
    const number = given.number ?? at + 1
    const name = given.name ?? `${EXPORT}-${String(number).padStart(3, '0')}.zip`
    const part: SurveyedPart = { exportId: EXPORT, number, ...given, name }
    surveyed.parts.push(part)
    const add = (path: string, more: Partial<SurveyedEntry>) =>
      surveyed.entries.push({
        ...{ index: surveyed.entries.length, path, part: name, exportId: part.exportId },
        ...{ bytes: 100, crc32: crcOf(path), ...more },
      })
    for (const hold of holds) {
      const path = hold.includes('/') ? hold : `${YEAR}/${hold}`
      add(path, path.endsWith('.json') ? { json: sidecarOf(path) } : {})
    }
    if (page) add('Takeout/archive_browser.html', { overview: page, bytes: page.length })
  })
  return surveyed
}

const crcOf = (path: string) => [...path].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7)

function sidecarOf(path: string): Uint8Array {
  const title = path.replace(/^.*\//, '').replace(/\.json$/, '')
  return Buffer.from(JSON.stringify({ title, photoTakenTime: { timestamp: '1625130000' } }))
}

const judged = (surveyed: Surveyed) => understand(surveyed, new Map()).summary.verdict!
const codes = ({ reasons }: Verdict) => reasons.map(({ code }) => code)
const pageOf = (...names: string[]) =>
  overviewPage({ 'Google Photos': names.map((name) => `Photos from 2021/${name}`) })

describe('the verdict on an export', () => {
  it('is that nobody can tell, when nothing is missing and nothing proves that nothing follows', () => {
    const verdict = judged(
      exportOf({ holds: ['a.jpg', 'b.jpg.json'] }, { holds: ['a.jpg.json', 'b.jpg'] }),
    )

    expect(verdict.answer).toBe('cannot-tell')
    expect(codes(verdict)).toEqual(['END_UNKNOWN'])
    expect(verdict.reasons[0]!.message).toMatch(/2 pairs of photo and metadata lie in different/)
  })

  it('is complete when the overview page lists what is here', () => {
    const page = pageOf('a.jpg', 'a.jpg.json', 'b.jpg', 'b.jpg.json')
    const verdict = judged(
      exportOf({ holds: [], page }, { holds: ['a.jpg', 'a.jpg.json', 'b.jpg', 'b.jpg.json'] }),
    )

    expect(verdict).toMatchObject({ answer: 'complete' })
    expect(codes(verdict)).toEqual(['OVERVIEW_AGREES'])
  })

  it('is incomplete when the overview page lists files that are not here, and they are named', () => {
    const page = pageOf('a.jpg', 'a.jpg.json', 'b.jpg', 'b.jpg.json')
    const found = understand(exportOf({ holds: ['a.jpg', 'a.jpg.json'], page }), new Map())

    expect(found.summary.verdict!.answer).toBe('incomplete')
    expect(found.problems.map(({ code, path }) => [code, path])).toEqual([
      ['MISSING_FILES', EXPORT],
    ])
    expect(found.problems[0]!.message).toContain('Photos from 2021/b.jpg')
  })

  it('takes no file for missing that may be here under a name that was cut', () => {
    const page = pageOf('a.jpg', 'a.jpg.json', 'a very long name.jpg', 'a very long name.jpg.json')
    const holds = ['a.jpg', 'a.jpg.json', 'a very lo.jpg', 'a very lo.jpg.json']

    expect(judged(exportOf({ holds, page })).answer).toBe('complete')
  })

  it('does not believe a page of which nothing is found', () => {
    const page = overviewPage({ 'Google Photos': ['Elsewhere/x.jpg', 'Elsewhere/y.jpg'] })
    const verdict = judged(exportOf({ holds: ['a.jpg', 'a.jpg.json'], page }))

    expect(verdict.answer).toBe('cannot-tell')
    expect(codes(verdict)).toEqual(['END_UNKNOWN', 'OVERVIEW_WITHOUT_LIST'])
  })

  it('names archives that only the overview page speaks of', () => {
    const page = Buffer.from(`${EXPORT}-001.zip ${EXPORT}-002.zip takeout-20200101T000000Z-003.zip`)
    const found = understand(exportOf({ holds: ['a.jpg', 'a.jpg.json'], page }), new Map())

    expect(found.summary.exports[0]!.missing).toEqual([`${EXPORT}-002.zip`])
    expect(found.summary.verdict!.answer).toBe('incomplete')
  })

  it.each([
    [
      'a gap in the numbers',
      exportOf({ number: 1, holds: ['a.jpg'] }, { number: 3, holds: ['a.jpg.json'] }),
      'MISSING_PART',
    ],
    [
      'a photo that is only described',
      exportOf({ holds: ['a.jpg', 'a.jpg.json', 'b.jpg.json'] }),
      'ORPHAN_SIDECAR',
    ],
    [
      'a damaged archive',
      exportOf({
        holds: ['a.jpg', 'a.jpg.json'],
        damage: { code: 'DAMAGED_PART', message: 'cut' },
      }),
      'DAMAGED_PART',
    ],
  ])('is incomplete by %s', (_what, surveyed, code) => {
    const verdict = judged(surveyed)

    expect(verdict.answer).toBe('incomplete')
    expect(codes(verdict)).toContain(code)
  })

  it('takes halves of pairs in bulk for a sign that an archive is missing', () => {
    const names = Array.from({ length: 30 }, (_, at) => `IMG_${1000 + at}.jpg`)
    const described = judged(exportOf({ holds: names.map((name) => `${name}.json`) }))
    const alone = judged(exportOf({ holds: names }))

    expect(described.answer).toBe('incomplete')
    expect(described.reasons[0]!.message).toMatch(/30 .* an archive is probably missing/)
    expect(alone.answer).toBe('cannot-tell')
    expect(codes(alone)).toContain('ORPHAN_MEDIA')
  })

  it('takes photos in bulk that only other exports brought for a sign of it, too', () => {
    const lacking = (count: number) => {
      const names = Array.from({ length: count }, (_, at) => `IMG_${1000 + at}.jpg`)
      const abouts = names.map(
        (name) => [`2021-07-01T09:00:00Z ${name}`, `/photos/${name}`] as const,
      )
      const holds = ['a.jpg', 'a.jpg.json', ...names.map((name) => `${name}.json`)]
      return judged({ ...exportOf({ holds }), library: new Map(abouts) })
    }

    expect(codes(lacking(1))).toEqual(['END_UNKNOWN'])
    expect(lacking(30).answer).toBe('incomplete')
    expect(lacking(30).reasons[0]!.message).toMatch(/30 .* came with other exports only/)
  })

  it('does not miss what a damaged archive lost when it was downloaded once more', () => {
    const damage = { code: 'DAMAGED_PART', message: 'cut' } as const
    const found = understand(
      exportOf(
        { number: 1, holds: ['a.jpg'], damage },
        { number: 1, name: `${EXPORT}-001 (1).zip`, holds: ['a.jpg', 'a.jpg.json'] },
      ),
      new Map(),
    )

    expect(found.problems).toMatchObject([{ code: 'DAMAGED_PART', resolved: true }])
    expect(found.summary.verdict!.answer).toBe('cannot-tell')
    expect(codes(found.summary.verdict!)).toEqual(['END_UNKNOWN', 'DUPLICATE_PART'])
  })

  it('does not miss a damaged file that is sound in the second download of its archive', () => {
    const surveyed = exportOf(
      { number: 1, holds: ['a.jpg', 'a.jpg.json'] },
      { number: 1, name: `${EXPORT}-001 (1).zip`, holds: ['a.jpg', 'a.jpg.json'] },
    )
    Object.assign(surveyed.entries[0]!, { refused: 'it is cut off', isUnreadable: true })
    const { problems, summary } = understand(surveyed, new Map())

    expect(problems).toMatchObject([{ code: 'DAMAGED_ENTRY', resolved: true }])
    expect(codes(summary.verdict!)).toEqual(['END_UNKNOWN', 'DUPLICATE_PART'])
  })

  it('names archives without any photo, and such as are oddly small', () => {
    const verdict = judged(
      exportOf(
        { holds: ['a.jpg'], bytes: 1000 },
        { holds: ['a.jpg.json'], bytes: 990 },
        { holds: ['b.jpg'], bytes: 200 },
        { holds: ['b.jpg.json'], bytes: 1010 },
        { holds: ['Takeout/Drive/x.pdf'], bytes: 400 },
      ),
    )

    expect(codes(verdict)).toEqual(['END_UNKNOWN', 'FOREIGN_PART', 'SMALL_PART'])
    expect(verdict.reasons[1]!.message).toContain(`${EXPORT}-005.zip`)
    expect(verdict.reasons[2]!.message).toContain(`${EXPORT}-003.zip`)
  })

  it('is given for each of several exports', () => {
    const other = 'takeout-20250115T101500Z'
    const page = pageOf('a.jpg', 'a.jpg.json')
    const verdict = judged(
      exportOf(
        { holds: ['a.jpg', 'a.jpg.json'], page },
        { holds: ['a.jpg', 'a.jpg.json'], exportId: other, number: 1, name: `${other}-001.zip` },
      ),
    )

    expect(verdict.answer).toBe('cannot-tell')
    expect(verdict.reasons.map((reason) => [reason.code, reason.export])).toEqual([
      ['END_UNKNOWN', other],
      ['OVERVIEW_AGREES', EXPORT],
      ['SEVERAL_EXPORTS', undefined],
    ])
  })
})
