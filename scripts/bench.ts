/**
 * How fast the hot loops are, how fast contents become durable packfiles, how fast a repository of
 * a million blobs opens, and how a backup from zip archives compares with restic's of the same data
 * extracted.
 *
 *   npm run bench -- [--megabytes N] [--rounds N] [--blobs N]
 *
 * Everything happens in a temporary folder that is removed at the end. Other programs on the
 * machine make all figures worse: the ratios of one run tell more than its seconds.
 * @module
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { kernelBenchmarks } from '../src/kloset/kernels/kernels.bench.ts'
import { writerBenchmark } from '../src/kloset/writing/writer.bench.ts'
import { contest, medianOf, type Result } from './benchmark/contest.ts'
import { restic, resticVersion, sizeOf, tintype } from './benchmark/contestants.ts'
import { extractZips } from './benchmark/extract-zips.ts'
import { CAN_MEASURE_CPU, type Measured } from './benchmark/measured-run.ts'
import { benchOpening } from './benchmark/opening.ts'
import { generateBulk } from './sample-library/generate-bulk.ts'

const PHOTO_BYTES = 3_000_000
const PARTS = 3

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '600' },
    rounds: { type: 'string', default: '3' },
    blobs: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  const [megabytes, rounds] = [Number(options.megabytes), Number(options.rounds)]
  const blobs = Number(options.blobs)
  if (options.help || !(megabytes >= 10 && rounds >= 1 && blobs >= 1)) {
    console.log('npm run bench -- [--megabytes N, at least 10] [--rounds N] [--blobs N]')
    return
  }
  if (!existsSync(new URL('../dist/cli/main.js', import.meta.url))) {
    throw new Error('there is no built program: run "npm run build" first')
  }
  const folder = mkdtempSync(join(tmpdir(), 'tintype-bench-'))
  try {
    describeMachine()
    await benchLoops()
    await benchWriter(folder, megabytes, rounds)
    await benchOpenings(folder, blobs)
    await benchBackup(folder, megabytes, rounds)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function describeMachine(): void {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  const load = loadavg()[0]!.toFixed(1)
  console.log(`Node ${process.versions.node}, ${availableParallelism()} cores, ${processor}`)
  console.log(`${load} processes were running in the last minute: this should be near 0`)
}

async function benchLoops(): Promise<void> {
  title('Hot loops, one thread', 'MB/s')
  for (const { name, megabytesPerSecond } of await kernelBenchmarks()) row(name, megabytesPerSecond)
}

/** From memory to the disk: what is left of a backup when nothing has to be read. Best rounds. */
async function benchWriter(folder: string, megabytes: number, rounds: number): Promise<void> {
  const into = join(folder, 'writer')
  const threads = [0, ...Array.from({ length: availableParallelism() }, (_, n) => n + 1)]
  const best = new Map<string, number>()
  for (let round = 0; round < rounds; round++) {
    const figures = await writerBenchmark({ folder: into, megabytes: megabytes / 2, threads })
    for (const { name, megabytesPerSecond } of figures) {
      best.set(name, Math.max(best.get(name) ?? 0, megabytesPerSecond))
    }
    rmSync(into, { recursive: true, force: true })
  }
  title(`Writer, ${Math.ceil(megabytes / 2)} MB to this disk`, 'MB/s')
  for (const [name, megabytesPerSecond] of best) row(name, megabytesPerSecond)
}

/** Without the index of an earlier run, and with it. A store of a million blobs is a large library. */
async function benchOpenings(folder: string, blobs: number): Promise<void> {
  console.log(`\nOpening a repository of ${blobs} blobs`)
  columns('', ['seconds', 'without the key', 'peak MiB'])
  for (const { name, seconds, keySeconds, peakMiB } of await benchOpening(folder, blobs)) {
    const withoutKey = (seconds - keySeconds).toFixed(2)
    columns(name, [seconds.toFixed(2), withoutKey, peakMiB.toFixed(0)])
  }
}

async function benchBackup(folder: string, megabytes: number, rounds: number): Promise<void> {
  const [archives, extracted] = [join(folder, 'takeout'), join(folder, 'extracted')]
  const items = Math.max(PARTS, Math.round((megabytes * 1e6) / PHOTO_BYTES))
  const parts = await generateBulk(archives, { items, bytesPerItem: PHOTO_BYTES, parts: PARTS })
  const version = resticVersion()
  if (version === undefined) console.log('\nNo comparison: restic is not installed')
  else await extractZips(parts, extracted)
  if (!CAN_MEASURE_CPU) console.log('\nNo processor time, no memory: GNU time is not installed')

  const bytes = sizeOf(archives)
  const others = version === undefined ? [] : [restic(folder, extracted)]
  const contestants = [tintype(folder, archives), ...others]
  console.log(`\nBackup of ${items} photos, ${inMegabytes(bytes)} MB in ${PARTS} archives`)
  console.log(`tintype reads the archives; restic reads them extracted. ${version ?? ''}`)
  const results = contest(contestants, rounds, (round) => console.log(`  round ${round} done`))
  report(results, bytes)
}

function report(results: readonly Result[], bytes: number): void {
  console.log(`\nmedians of ${results[0]!.first.length} rounds`)
  columns('', ['wall s', 'MB/s', 'CPU s', 'peak MB', 'stored MB'])
  for (const { name, first, storedBytes } of results) {
    const measured = medianOf(first)
    const rate = bytes / 1e6 / measured.wallSeconds
    columns(`${name}: backup`, figures(measured, rate.toFixed(0), inMegabytes(storedBytes)))
  }
  for (const { name, unchanged, addedBytes } of results) {
    columns(
      `${name}: backup, nothing new`,
      figures(medianOf(unchanged), '', inMegabytes(addedBytes, 2)),
    )
  }
  for (const { name, list } of results) {
    columns(`${name}: list snapshots`, figures(medianOf(list), '', ''))
  }
  printRatios(results)
}

function figures(measured: Measured, rate: string, stored: string): string[] {
  const { wallSeconds, cpuSeconds, peakMegabytes } = measured
  return [
    wallSeconds.toFixed(2),
    rate,
    cpuSeconds?.toFixed(2) ?? '',
    peakMegabytes?.toFixed(0) ?? '',
    stored,
  ]
}

function printRatios([ours, theirs]: readonly Result[]): void {
  if (ours === undefined || theirs === undefined) return
  console.log(`\n${ours.name} / ${theirs.name} (below 1: ${ours.name} needs less)`)
  columns('', ['wall', 'each round', 'CPU'])
  for (const [name, kind] of [
    ['backup', 'first'],
    ['backup, nothing new', 'unchanged'],
  ] as const) {
    const [mine, other] = [medianOf(ours[kind]), medianOf(theirs[kind])]
    const each = ours[kind].map((one, at) => one.wallSeconds / theirs[kind][at]!.wallSeconds)
    const cpu = (mine.cpuSeconds ?? Number.NaN) / (other.cpuSeconds ?? Number.NaN)
    columns(name, [
      (mine.wallSeconds / other.wallSeconds).toFixed(2),
      each.map((ratio) => ratio.toFixed(2)).join(' '),
      Number.isNaN(cpu) ? '' : cpu.toFixed(2),
    ])
  }
}

function title(name: string, unit: string): void {
  console.log(`\n${name.padEnd(42)}${unit.padStart(8)}`)
}

function row(name: string, figure: number): void {
  console.log(`  ${name.padEnd(40)}${figure.toFixed(0).padStart(8)}`)
}

function columns(name: string, cells: readonly string[]): void {
  console.log(`  ${name.padEnd(30)}${cells.map((cell) => cell.padStart(16)).join('')}`)
}

function inMegabytes(bytes: number, digits = 0): string {
  return (bytes / 1e6).toFixed(digits)
}

await main()
