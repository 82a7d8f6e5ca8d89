import { describe, expect, it } from 'vitest'
import { aReport, manyProblems } from '../../test/support/a-report.ts'
import { reportJson } from './report-json.ts'
import { zoneRows } from './report-page/report-numbers.ts'
import { reportText } from './report-text.ts'
import { plain } from './style.ts'

const options = { style: plain, verbose: true, quiet: false, suggest: (text: string) => text }
const textOf = (report: Parameters<typeof reportText>[0]) => reportText(report, options).join('\n')

describe('the report in words', () => {
  it('tells of the extent, of zones and of albums', () => {
    const text = textOf(aReport(manyProblems(3)))

    expect(text).toMatch(/A piece of the library \(it holds 50 %\): 40 of 80 known/)
    expect(text).toMatch(/300\s+by the place where they were taken/)
    expect(text).toMatch(/20\s+guessed from the nearest photo/)
    expect(text).toMatch(/Trip: 18 of 20 are here/)
  })

  it('says of redundant archives what is not meant, and nothing of albums when none lacks photos', () => {
    const text = textOf(aReport([]))

    expect(text).toContain('provably redundant: all 999 entries')
    expect(text).toContain('nor is what the export itself lacks')
    expect(text).not.toContain('Albums that lack photos')
  })

  it('names what other products have in the archives', () => {
    const report = aReport([])
    const [certificate] = report.accounts.certificates
    const foreign = [
      { product: 'Drive', entries: 40 },
      { product: 'Mail', entries: 2 },
    ]
    report.accounts.certificates = [{ ...certificate!, redundant: false, foreign, foreignMedia: 1 }]

    const text = textOf(report)
    expect(text).toContain('all that belongs to Google Photos is provably saved: 957 entries')
    expect(text).toContain('in these archives only (Drive 40, Mail 2): keep the archives')
    expect(text).toContain('1 of them is a photo or video by name')
  })

  it('calls a folder a folder', () => {
    const report = aReport([])
    report.accounts.certificates[0]!.export = 'folder:Pictures'

    expect(textOf(report)).toContain('The folder Pictures is provably redundant')
  })

  it('counts zones of every photo', () => {
    const rows = zoneRows(aReport([]))
    expect(rows.reduce((sum, [count]) => sum + count, 0)).toBe(aReport([]).items)
  })
})

describe('the report for programs', () => {
  it('has a line for the import, the last but the summary', () => {
    const lines = [...reportJson(aReport(manyProblems(2)))].map((line) => JSON.parse(line))

    expect(lines.map(({ type }) => type)).toEqual([
      ...['problem', 'problem', 'certificate', 'accounts', 'import', 'summary'],
    ])
    expect(lines[4]).toMatchObject({
      ...{ items: 480, extent: { kind: 'incremental', known: 80, present: 40 } },
      ...{ halves: { sidecars: 2 }, zones: { place: 300 } },
      incompleteAlbums: [{ title: 'Trip', present: 18, expected: 20 }],
    })
  })
})
