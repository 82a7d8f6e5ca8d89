import { describe, expect, it } from 'vitest'
import { aReport, manyProblems } from '../../../test/support/a-report.ts'
import type { Problem } from '../../photos/library.ts'
import { reportHtml } from './report-html.ts'

const pageOf = (report: Parameters<typeof reportHtml>[0]) => [...reportHtml(report)].join('\n')

/** Elements and attributes a page of ours is made of. */
const OURS =
  /^(<!doctype html>|<\/?(html|head|meta|title|style|body|header|h1|h2|p|code|div|section|strong|table|caption|tr|td|ul|ol|li|details|summary|span)( (lang|charset|name|content|http-equiv|class)="[^"<>]*"| open)*>)$/

/** Names as an archive may hold them. */
const HOSTILE = [
  '<script>alert(1)</script>.jpg',
  '"><img src=x onerror=alert(1)>.jpg',
  "' onmouseover='alert(1)",
  '</title></style></details><svg/onload=alert(1)>',
  '<!--',
  '-->',
  ']]>',
  '<![CDATA[',
  '<?php',
  '&lt;script&gt;',
  '&#60;script>',
  '\u0000<b>',
  'javascript:alert(1)',
  '<a href="javascript:alert(1)">x</a>',
  '<meta http-equiv=refresh content=0>',
  '<base href=//evil.example>',
  '<style>*{display:none}</style>',
  '<iframe srcdoc="<script>">',
  '\u2028<script>',
  '\ufeff<x',
  '\u202egpj.<script>',
  '<\u200bscript>',
  '＜script＞',
  '<scr\nipt>',
  '<plaintext>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '{{7*7}}',
  '$\u007balert(1)}',
  '\\"-alert(1)//',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '\ud800<script>',
]

describe('the page of a report', () => {
  it.each(HOSTILE)('shows %j as the text it is', (name) => {
    const problem: Problem = { code: 'ORPHAN_MEDIA', path: name, message: `about ${name}` }
    const other: Problem = { code: 'ORPHAN_MEDIA', path: 'x', message: 'about another' }
    const report = aReport([problem, other], { source: name })
    report.summary.exports = [{ id: name, parts: [name], missing: [name] }]
    report.summary.verdict!.reasons = [
      { says: 'note', code: name, export: name, message: name },
      { says: 'note', code: name, export: 'b', message: name },
    ]
    report.library!.incompleteAlbums = [{ id: 'a', title: name, present: 1, expected: 2 }]
    report.extent!.reason = name
    report.accounts.certificates = [
      {
        ...{ export: name, redundant: false, photos: false, entries: 1, exempt: 0 },
        ...{ foreign: [], foreignMedia: 0, missing: [name] },
      },
      {
        ...{ export: name, redundant: false, photos: true, entries: 1, exempt: 0, missing: [] },
        ...{ foreign: [{ product: name, entries: 1 }], foreignMedia: 1 },
        ...{ snapshot: name, checked: name },
      },
    ]

    const page = pageOf(report).replace(/<style>[^<]*<\/style>/, '')
    const tags = page.match(/<[^>]*>?/g) ?? []

    expect(tags.filter((tag) => !OURS.test(tag))).toEqual([])
    expect(page.replace(/<[^>]*>/g, '')).not.toMatch(/[<>]/)
  })

  it('needs and allows nothing from anywhere else', () => {
    const page = pageOf(aReport(manyProblems(20)))

    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`)
    expect(page).not.toMatch(/<script|<link|<img|url\(|@import|\ssrc=|\shref=/i)
  })

  it('says first how the import ended, whether all was there, and whether archives are redundant', () => {
    const page = pageOf(aReport([]))

    expect(page.match(/<strong>([^<]*)/g)).toEqual([
      ...['<strong>Complete', '<strong>Yes, all of it', '<strong>Yes, provably'],
    ])
    expect(page).toContain('Nothing to look at')
  })

  it('shows whether it was a full export, where zones are from, and which albums lack what', () => {
    const page = pageOf(aReport(manyProblems(7)))

    expect(page).toContain('A piece of the library (it holds 50 %): 40 of 80 known')
    expect(page).toContain('<td class="number">20</td><td>guessed from the nearest photo')
    expect(page).toContain('Trip: 18 of 20 are here')
  })

  it('shows a report of an older version, which has none of that', () => {
    const { extent: _, halves: _halves, library: _library, ...old } = aReport([])

    expect(pageOf(old)).toContain('Nothing to look at')
  })

  it('shows two sums of all files', () => {
    const totals = pageOf(aReport([])).match(/<td class="number">1,000<\/td><td>files in all/g)

    expect(totals).toHaveLength(2)
  })

  it('claims no redundant archives when something is missing', () => {
    const page = pageOf(aReport(manyProblems(1)))

    expect(page).not.toContain('provably')
    expect(page).toContain('Not proven')
  })

  it('stays small with seven thousand problems, and closes the long lists', () => {
    const page = pageOf(aReport(manyProblems(7000)))

    expect(page.length).toBeLessThan(7 * 1_000_000)
    expect(page.match(/<li><span/g)).toHaveLength(7000)
    expect(page.match(/<details open>/g)).toHaveLength(2) // albums and archives
  })
})
