import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../operations/import/ledger.ts'
import { csvCell, ledgerCsv, problemsCsv } from './report-csv.ts'

describe('CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'gives a spreadsheet no formula to run: %j',
    (text) => {
      expect(csvCell(text)).toMatch(/^"?'/)
    },
  )

  it('quotes what would end a cell or a row', () => {
    expect(csvCell('a,b')).toBe('"a,b"')
    expect(csvCell('say "x"')).toBe('"say ""x"""')
    expect(csvCell('a\nb')).toBe('"a\nb"')
    expect(csvCell('=a,"b"')).toBe(`"'=a,""b"""`)
  })

  it('leaves numbers and ordinary names as they are', () => {
    expect(csvCell(-5)).toBe('-5')
    expect(csvCell('Photos from 2021/IMG (1).jpg')).toBe('Photos from 2021/IMG (1).jpg')
    expect(csvCell(undefined)).toBe('')
  })

  it('has one line for each problem, after its heading', () => {
    const lines = [
      ...problemsCsv([{ code: 'CONFLICT', path: '=x', message: 'a, b', resolved: true }]),
    ]

    expect(lines).toEqual(['code,path,message,resolved\r', `CONFLICT,'=x,"a, b",true\r`])
  })

  it('has one line for each row of a ledger', async () => {
    const row = {
      path: 'a.jpg',
      part: 'p.zip',
      export: 'e',
      bytes: 5,
      class: 'media',
      end: 'stored',
    }
    const lines: string[] = []
    for await (const line of ledgerCsv(rowsOf(row as LedgerRow))) lines.push(line)

    expect(lines[1]).toBe('e,p.zip,a.jpg,5,,media,,stored,,,,\r')
  })
})

async function* rowsOf(...rows: LedgerRow[]) {
  yield* rows
}
