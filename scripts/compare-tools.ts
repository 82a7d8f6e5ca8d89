/**
 * The same export read by Tintype, by immich-go and by google-photos-migrate, side by side: who finds
 * what. A row in which we do not lead names what we lack.
 *
 *   npx tsx scripts/compare-tools.ts [--immich-go PROGRAM] [--migrate PROGRAM --exiftool PROGRAM]
 *                                    [--items N] [--seed N] [--verbose]
 *
 * Without a program its column is left out, and why is said. ExifTool must be 12.58 or newer. Before
 * that, the cases of names that `npm run cases` scores, where they are there.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Case, DEFAULT_CASES, readCases } from '../test/cases/case.ts'
import { type Found, ROWS, type Row, type Score } from './comparing/found.ts'
import { type KnownTruth, knownTruth } from './comparing/known-truth.ts'
import {
  type CaseScore,
  comparableCases,
  givenByImmichGo,
  givenByTintype,
  scoreOnCases,
} from './comparing/on-cases.ts'
import { scoreOf } from './comparing/score.ts'
import { foundByImmichGo } from './comparing/with-immich-go.ts'
import { foundByMigrate } from './comparing/with-migrate.ts'
import { foundByTintype } from './comparing/with-tintype.ts'
import { generateSampleLibrary, type SampleExport } from './sample-library/generate.ts'

const { values: options } = parseArgs({
  options: {
    'immich-go': { type: 'string' },
    migrate: { type: 'string' },
    exiftool: { type: 'string' },
    items: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
})

interface Column {
  name: string
  ended: string
  scores: Record<Row, Score>
  silentOn: ReadonlySet<Row>
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tintype-compare-'))
  try {
    sayWhoIsAbsent()
    const [items, seed] = [Number(options.items), Number(options.seed)]
    const { exports } = await generateSampleLibrary(folder, { items, seed })
    compareOnCases(join(folder, 'cases'))
    for (const [at, made] of exports.entries()) {
      const known = knownTruth(made)
      const ours = column('tintype', known, await foundByTintype(made))
      const theirs = await columnsOfOthers(made, known, join(folder, `work-${at}`))
      print(known, [ours, ...theirs])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Names that broke one program or another, each in a tiny export; they lie beside a checkout. */
function compareOnCases(work: string): void {
  const read = readCases(DEFAULT_CASES)
  if ('missing' in read) {
    console.log(read.missing)
    return
  }
  const cases = comparableCases(read)
  const due = cases.reduce((sum, { expect }) => sum + Object.keys(expect.pairs!).length, 0)
  console.log(`\n${cases.length} cases of names, ${due} photos and videos`)
  printCases('tintype', scoreOnCases(cases, givenByTintype))
  const program = options['immich-go']
  if (program === undefined) return
  const given = (each: Case) => givenByImmichGo(program, each, join(work, each.id))
  printCases('immich-go', scoreOnCases(cases, given))
}

function printCases(name: string, { right, wrong, failed }: CaseScore): void {
  const others = `${wrong} with those of another photo, ${failed.length} cases not right`
  console.log(`  ${name.padEnd(20)}${right} with their own metadata or rightly none; ${others}`)
  if (options.verbose && failed.length > 0) console.log(`    ${failed.join(' ')}`)
}

function sayWhoIsAbsent(): void {
  if (options['immich-go'] === undefined) console.log('immich-go: not given (--immich-go PROGRAM)')
  if (options.migrate !== undefined && options.exiftool !== undefined) return
  console.log('google-photos-migrate: not given (--migrate PROGRAM --exiftool PROGRAM)')
}

async function columnsOfOthers(
  made: SampleExport,
  known: KnownTruth,
  work: string,
): Promise<Column[]> {
  const { 'immich-go': immichGo, migrate, exiftool } = options
  const columns: Column[] = []
  if (immichGo !== undefined) {
    const found = foundByImmichGo(immichGo, made.parts, join(work, 'immich-go'))
    columns.push(column('immich-go', known, found))
  }
  if (migrate === undefined || exiftool === undefined) return columns
  const broken = made.truth.brokenSidecars
  for (const without of broken.length === 0 ? [[]] : [[], broken]) {
    const place = { work: join(work, `migrate-${without.length}`), without }
    const one = await foundByMigrate({ migrate, exiftool }, made, place)
    const name = without.length === 0 ? 'g-p-migrate' : '… spared broken'
    columns.push(column(name, one.known, one.found))
  }
  return columns
}

function column(name: string, known: KnownTruth, found: Found): Column {
  const { ended, silentOn } = found
  return { name, ended, silentOn, scores: scoreOf(known, found) }
}

function print(known: KnownTruth, columns: Column[]): void {
  const { exportId, summary } = known.truth
  console.log(`\n${exportId}: ${summary.entries} entries, ${summary.items} items`)
  const line = (name: string, values: (string | number)[]) =>
    console.log(`  ${name.padEnd(30)}${values.map((value) => String(value).padStart(18)).join('')}`)
  line('', ['there are', ...columns.map(({ name }) => name)])
  line('ended', ['', ...columns.map(({ ended }) => ended)])
  const due = dueOf(known)
  for (const row of Object.keys(ROWS) as Row[]) {
    line(ROWS[row], [due[row], ...columns.map((each) => cell(each, row))])
  }
  for (const row of Object.keys(ROWS) as Row[]) explain(row, due[row], columns)
}

function cell({ scores, silentOn }: Column, row: Row): string {
  const { right, wrong } = scores[row]
  if (silentOn.has(row)) return '–'
  return wrong === 0 ? String(right) : `${right}, ${wrong} wrong`
}

/** What there is of each is what a program would have that knows the truth. */
function dueOf({ truth, files }: KnownTruth): Record<Row, number> {
  const originals = files.filter(({ role }) => role === 'original').map(({ item }) => item)
  const count = (holds: (item: (typeof originals)[number]) => boolean) =>
    originals.filter(holds).length
  const parts = files.filter(({ role }) => role !== 'original').length
  return {
    ...{ files: files.length, parts, joined: parts },
    times: files.filter(({ item }) => item.taken.instant !== undefined).length,
    descriptions: count(({ description }) => description !== undefined),
    people: count(({ people }) => people.length > 0),
    favorites: count(({ favorite }) => favorite),
    archived: count(({ archived }) => archived),
    places: count(({ location }) => location?.source === 'sidecar'),
    albums: truth.albums.length,
    members: truth.albums.reduce((sum, { items }) => sum + items.length, 0),
  }
}

/** Names what Tintype lacks; of the others when asked for. */
function explain(row: Row, due: number, [ours, ...theirs]: Column[]): void {
  const mine = ours!.scores[row]
  const isBehind = theirs.some(({ scores }) => scores[row].right > mine.right)
  if (isBehind) console.log(`  ! ${ROWS[row]}: another program has more of them right`)
  if (mine.right < due || mine.wrong > 0) name(ours!, row)
  if (options.verbose) for (const each of theirs) if (!each.silentOn.has(row)) name(each, row)
}

function name(column: Column, row: Row): void {
  for (const each of column.scores[row].names) {
    console.log(`  ${column.name} lacks or has wrong (${ROWS[row]}): ${each}`)
  }
}

await main()
