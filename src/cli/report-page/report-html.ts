/**
 * The report of an import as one HTML file: no script, no font, no picture, nothing from anywhere
 * else. Numbers first; the problems below, by kind, where the browser's search finds them.
 * @module
 */
import type { Certificate } from '../../operations/certificate.ts'
import type { RunStatus } from '../../operations/outcome.ts'
import type { Problem } from '../../photos/library.ts'
import type { Completeness, ExportSummary } from '../../sources/source.ts'
import { COMPLETENESS, reasonTexts } from '../completeness.ts'
import { extentLines } from '../extent-words.ts'
import { formatBytes, formatCount, plural } from '../format.ts'
import { pageHead } from '../html-page.ts'
import { escaped } from '../html-text.ts'
import { groupProblems, type ProblemGroup } from '../problem-groups.ts'
import { classRows, type SumRow } from '../sum-rows.ts'
import {
  albumWords,
  certificateWords,
  countRows,
  endRows,
  type FullReport,
  sourceWords,
  zoneRows,
} from './report-numbers.ts'
import { REPORT_STYLE } from './report-style.ts'

/** A kind with more problems than that is closed at first. */
const OPEN_UP_TO = 50

export function* reportHtml(report: FullReport): Generator<string> {
  yield* pageHead(`Import report ${report.import}`, REPORT_STYLE)
  yield `<header><h1>Import report</h1><p class="faint">${escaped(report.started)} · import <code>${escaped(report.import)}</code> · snapshot <code>${escaped(report.snapshot.slice(0, 16))}</code></p></header>`
  yield '<div class="cards">'
  yield* [
    runCard(report),
    ...completenessCard(report),
    certificateCard(report.accounts.certificates),
  ]
  yield '</div>'
  yield '<h2>Every file is accounted for</h2><div class="sums">'
  yield sumTable('What was there', classRows(report.summary), report.summary.entries)
  yield sumTable('Where it ended', endRows(report.accounts), report.accounts.entries)
  yield `</div><p class="faint">${formatBytes(report.summary.bytes)} in all, second copies included.</p>`
  if (!report.accounts.addUp) {
    yield '<p><strong>The two sums differ: the ledger of this import is not whole.</strong></p>'
  }
  yield '<h2>The library after it</h2>'
  yield plainTable(countRows(report))
  for (const line of extentLines(report.extent)) yield `<p>${escaped(line)}.</p>`
  yield* verdictPart(report)
  yield* certificatePart(report.accounts.certificates)
  yield* albumsPart(report)
  yield* tablePart('Where time zones are from', zoneRows(report))
  yield* exportsPart(report.summary.exports)
  yield* problemsPart(report.problems)
  yield '</body>'
  yield '</html>'
}

type Mood = 'good' | 'warn' | 'bad'

function card(mood: Mood, title: string, answer: string, text: string): string {
  return `<section class="card ${mood}"><h2>${escaped(title)}</h2><strong>${escaped(answer)}</strong><p>${escaped(text)}</p></section>`
}

const RUN: Readonly<Record<RunStatus, [Mood, string]>> = {
  complete: ['good', 'Complete'],
  incomplete: ['warn', 'Not complete'],
  failed: ['bad', 'Failed'],
}

function runCard({ status, items, failed, refused, problems }: FullReport): string {
  const [mood, answer] = RUN[status]
  const wrong = failed + refused
  const text =
    wrong > 0
      ? `${plural(wrong, 'file', 'files')} refused or unreadable.`
      : `${problems.length === 0 ? 'Nothing' : plural(problems.length, 'thing', 'things')} to look at.`
  return card(
    mood,
    'This import',
    answer,
    `${plural(items, 'photo or video', 'photos and videos')} in the library. ${text}`,
  )
}

const MOODS: Readonly<Record<Completeness, Mood>> = {
  ...{ complete: 'good', incomplete: 'bad', 'cannot-tell': 'warn' },
}

function completenessCard({ summary: { verdict } }: FullReport): string[] {
  if (!verdict) return []
  const { answer } = verdict
  return [
    card(
      MOODS[answer],
      'Is all of the export here?',
      COMPLETENESS[answer],
      reasonTexts(verdict)[0] ?? '',
    ),
  ]
}

function certificateCard(certificates: readonly Certificate[]): string {
  const title = certificateTitle(certificates)
  const open = certificates.filter(({ photos }) => !photos)
  if (certificates.length > 0 && open.length === 0) {
    const checked = certificates.map((each) => each.checked ?? '').sort()[0]!
    const isAll = certificates.every(({ redundant }) => redundant)
    const what = isAll ? 'Every entry that matters' : 'All that belongs to Google Photos'
    const text = `${what} is in a snapshot that a full check found sound, ${checked.slice(0, 10)}.`
    if (isAll) return card('good', title, 'Yes, provably', text)
    const others = 'Files of other Google products are in the archives only.'
    return card('warn', title, 'Yes, as far as photos go', `${text} ${others}`)
  }
  const [missing = 'Nothing was imported.'] = open.flatMap((each) => each.missing)
  return card('warn', title, 'Not proven', missing)
}

function certificateTitle(certificates: readonly Certificate[]): string {
  const areFolders = certificates.every(({ export: id }) => id.startsWith('folder:'))
  const isOfFolders = certificates.length > 0 && areFolders
  return isOfFolders ? 'Is the folder redundant?' : 'Are the archives redundant?'
}

function sumTable(title: string, rows: readonly SumRow[], total: number): string {
  const cells = rows.map(
    ([count, words], at) =>
      `<tr><td class="sign">${at === 0 ? '' : '+'}</td><td class="number">${formatCount(count)}</td><td>${escaped(words)}</td></tr>`,
  )
  return `<table><caption>${escaped(title)}</caption>${cells.join('')}<tr class="total"><td class="sign">=</td><td class="number">${formatCount(total)}</td><td>files in all</td></tr></table>`
}

function plainTable(rows: readonly SumRow[]): string {
  const cells = rows.map(
    ([count, words]) =>
      `<tr><td class="number">${formatCount(count)}</td><td>${escaped(words)}</td></tr>`,
  )
  return `<table>${cells.join('')}</table>`
}

function* tablePart(title: string, rows: readonly SumRow[]): Generator<string> {
  if (rows.length === 0) return
  yield `<h2>${escaped(title)}</h2>`
  yield plainTable(rows)
}

function* albumsPart({ library }: FullReport): Generator<string> {
  const albums = library?.incompleteAlbums ?? []
  if (albums.length === 0) return
  const isOpen = albums.length <= OPEN_UP_TO ? ' open' : ''
  yield '<h2>Albums that lack photos</h2>'
  yield `<details${isOpen}><summary>${escaped(plural(albums.length, 'album'))}</summary><div class="inside">`
  yield list(albums.map(albumWords))
  yield '</div></details>'
}

function* verdictPart({ summary: { verdict } }: FullReport): Generator<string> {
  if (!verdict) return
  yield `<h2>Is all of the export here? ${escaped(COMPLETENESS[verdict.answer])}.</h2>`
  yield list(reasonTexts(verdict))
}

function* certificatePart(certificates: readonly Certificate[]): Generator<string> {
  yield '<h2>Certificate</h2>'
  for (const certificate of certificates) {
    const { export: id, photos, snapshot, missing } = certificate
    if (photos) {
      const sentences = certificateWords(certificate, snapshot!.slice(0, 16))
      yield `<p>${sentences.map(escaped).join(' ')}</p>`
    } else {
      yield `<p>For ${escaped(sourceWords(id))} there is none. What is missing for it:</p>${list(missing)}`
    }
  }
}

function* exportsPart(exports: readonly ExportSummary[]): Generator<string> {
  yield '<h2>Archives</h2>'
  for (const { id, parts, missing } of exports) {
    const count = plural(parts.length, 'archive')
    yield `<details${parts.length <= OPEN_UP_TO ? ' open' : ''}><summary><span class="path">${escaped(id)}</span>: ${count}${missing.length > 0 ? `, ${formatCount(missing.length)} missing` : ''}</summary><div class="inside">`
    yield list([...parts, ...missing.map((name) => `missing: ${name}`)], 'path')
    yield '</div></details>'
  }
}

function list(texts: readonly string[], kind = ''): string {
  const open = kind === '' ? '<li>' : `<li class="${kind}">`
  return `<ul>${texts.map((text) => `${open}${escaped(text)}</li>`).join('\n')}</ul>`
}

function* problemsPart(problems: readonly Problem[]): Generator<string> {
  if (problems.length === 0) {
    yield '<h2>Nothing to look at</h2><p>No entry was missing, damaged, refused or in doubt.</p>'
    return
  }
  yield `<h2>${escaped(plural(problems.length, 'thing', 'things'))} to look at</h2>`
  if (problems.length > OPEN_UP_TO) {
    yield '<p class="faint screen">Your browser’s search finds names in closed groups, too; open them first where it does not.</p>'
  }
  for (const group of groupProblems(problems)) yield* groupPart(group)
}

function* groupPart({ code, title, advice, problems }: ProblemGroup): Generator<string> {
  const alike = problems.every(({ message }) => message === problems[0]?.message)
  const text = alike && problems[0] ? problems[0].message : advice
  yield `<details${problems.length <= OPEN_UP_TO ? ' open' : ''}><summary>${escaped(title)} <code>${escaped(code)}</code></summary><div class="inside"><p>${escaped(text)}</p><ol>`
  for (const { path, message } of problems) {
    const words = alike ? '' : `<p>${escaped(message)}</p>`
    yield `<li><span class="path">${escaped(path)}</span>${words}</li>`
  }
  yield '</ol></div></details>'
}
