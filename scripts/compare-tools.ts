/**
 * The same export read by Tintype and by google-photos-migrate, side by side: who finds what.
 *
 *   npx tsx scripts/compare-tools.ts --migrate PROGRAM [--items N] [--seed N]
 *
 * PROGRAM is google-photos-migrate (npm) with ExifTool beside it; without it only Tintype is
 * measured. It reads an extracted export and writes changed copies, so its photos are told by their
 * names and capture times. It takes every folder but those of years for an album, the trash and the
 * archive included. It ends at the first sidecar that is no JSON: it gets a second export
 * without such.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { inspectSource } from '../src/operations/inspect-source.ts'
import { openSource } from '../src/sources/registry.ts'
import { quietly } from '../src/util/progress.ts'
import { extractZips } from './benchmark/extract-zips.ts'
import { generateSampleLibrary, type SampleExport } from './sample-library/generate.ts'
import type { ExportTruth } from './sample-library/truth.ts'

const { values: options } = parseArgs({
  options: {
    migrate: { type: 'string' },
    items: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
  },
})

/** What a program made of an export. */
interface Found {
  ended: string
  /** Media files it took, and those it put aside as not understood. */
  media: number
  putAside: number
  /** Files with the capture time that the truth has for one of that name. */
  dated: number
  albums: number
}

const ROWS: [string, (found: Found) => number | string][] = [
  ['ended', ({ ended }) => ended],
  ['media files taken', ({ media }) => media],
  ['put aside', ({ putAside }) => putAside],
  ['with their capture time', ({ dated }) => dated],
  ['albums', ({ albums }) => albums],
]

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tintype-compare-'))
  try {
    const [items, seed] = [Number(options.items), Number(options.seed)]
    const { exports } = await generateSampleLibrary(folder, { items, seed })
    for (const [at, made] of exports.entries()) {
      const [truth, ours] = [foundByTruth(made.truth), await foundByTintype(made)]
      const theirs = options.migrate === undefined ? [] : await foundByMigrate(folder, at, made)
      print(made, [truth, ours, ...theirs])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function foundByTruth(truth: ExportTruth): [string, Found] {
  const media = truth.entries.filter((entry) => entry.class === 'media')
  const dated = media.filter(({ item }) => instantOf(truth, item) !== undefined).length
  const figures = { ended: '', putAside: 0, dated, albums: truth.albums.length }
  return ['there is', { ...figures, media: media.length }]
}

function instantOf({ items }: ExportTruth, key: string | undefined): string | undefined {
  return items.find((item) => item.key === key)?.taken.instant
}

async function foundByTintype(made: SampleExport): Promise<[string, Found]> {
  const { inventory } = await inspectSource(await openSource([made.folder]), {
    ...{ progress: quietly, signal: new AbortController().signal },
  })
  const taken = new Map(inventory.items.map((item) => [item.id, item.taken?.instant]))
  const media = inventory.entries.filter((entry) => entry.class === 'media')
  const times = timesOf(made.truth)
  const dated = media.filter(({ path, item }) => isRight(times, path, taken.get(item ?? '')))
  const putAside = inventory.summary.rejected
  const { albums } = inventory.summary
  return ['tintype', { ended: 'well', media: media.length, putAside, dated: dated.length, albums }]
}

/** Capture times of the truth by name of file: two of one name are not told apart by programs. */
function timesOf(truth: ExportTruth): Map<string, Set<string>> {
  const times = new Map<string, Set<string>>()
  for (const { class: kind, path, item } of truth.entries) {
    const instant = kind === 'media' ? instantOf(truth, item) : undefined
    const name = plainName(path)
    if (instant !== undefined) times.set(name, (times.get(name) ?? new Set()).add(instant))
  }
  return times
}

/** Without counter, whatever the case and the form of its letters. */
function plainName(path: string): string {
  const name = basename(path).normalize('NFC').toLowerCase()
  return name.replace(/\(\d+\)(?=\.[^.]*$)/, '').replace(/\.[^.]*$/, '')
}

function isRight(times: Map<string, Set<string>>, path: string, instant: string | undefined) {
  return instant !== undefined && (times.get(plainName(path))?.has(instant) ?? false)
}

async function foundByMigrate(
  folder: string,
  at: number,
  made: SampleExport,
): Promise<[string, Found][]> {
  const whole = await migrated(join(folder, `migrate-${at}`), made, [])
  if (made.truth.brokenSidecars.length === 0) return [['google-photos-migrate', whole]]
  const spared = await migrated(join(folder, `spared-${at}`), made, made.truth.brokenSidecars)
  return [
    ['google-photos-migrate', whole],
    ['… spared broken JSON', spared],
  ]
}

async function migrated(to: string, made: SampleExport, without: string[]): Promise<Found> {
  await extractZips(made.parts, to)
  for (const path of without) rmSync(join(to, path))
  const [output, errors] = [join(to, 'output'), join(to, 'errors')]
  for (const path of [output, errors]) mkdirSync(path)
  const args = ['full', join(to, 'Takeout'), output, errors, '--timeout', '60000']
  const { status } = spawnSync(options.migrate!, args, { encoding: 'utf8' })
  const times = timesOf(made.truth)
  const dated = exifTimes(output).filter(([path, instant]) => isRight(times, path, instant))
  return {
    ...{ ended: status === 0 ? 'well' : `with ${status}`, dated: dated.length },
    ...{ media: filesBelow(output).length, putAside: filesBelow(errors).length },
    albums: readdirSync(output).filter((name) => name !== 'Photos').length,
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** It sets every file's own time, in UTC, too: that counts where the format holds no other. */
function exifTimes(folder: string): [string, string][] {
  const args = ['-r', '-json', '-q', '-d', '%Y-%m-%dT%H:%M:%SZ', '-FileModifyDate', folder]
  const { stdout } = spawnSync('exiftool', args, {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
  })
  const rows: { SourceFile: string; FileModifyDate: string }[] = JSON.parse(stdout || '[]')
  return rows.map(({ SourceFile, FileModifyDate }) => [SourceFile, FileModifyDate])
}

function print({ truth }: SampleExport, columns: [string, Found][]): void {
  console.log(`\n${truth.exportId}: ${truth.summary.entries} entries, ${truth.summary.items} items`)
  const cells = (name: string, values: (string | number)[]) =>
    console.log(`  ${name.padEnd(26)}${values.map((value) => String(value).padStart(24)).join('')}`)
  cells(
    '',
    columns.map(([name]) => name),
  )
  for (const [name, value] of ROWS) {
    cells(
      name,
      columns.map(([, found]) => value(found)),
    )
  }
}

await main()
