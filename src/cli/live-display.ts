/**
 * The live display: two lines at the bottom of the terminal while long work runs.
 *
 *   Saving photos and videos  [############--------]  62 %
 *     2 of 4 parts · 1,234 of 5,678 items · 12.3 of 45.6 GB · 87.5 MB/s · about 6 min left
 * @module
 */
import type { Amounts, Progress } from '../util/progress.ts'
import { formatBytes, formatCount, formatRate, formatRemaining, truncate } from './format.ts'
import { printable } from './printable.ts'
import { ProgressMeter } from './progress-meter.ts'
import { plain, type Style } from './style.ts'
import type { Terminal } from './terminal.ts'

const REDRAW_EVERY_MS = 125
const BAR_CELLS = 20

/** Draws the progress it is told until it is disposed. `nowMs` is a clock that never jumps. */
export class LiveDisplay implements Progress, Disposable {
  readonly #terminal: Terminal
  readonly #nowMs: () => number
  readonly #timer: NodeJS.Timeout
  #meter: ProgressMeter | undefined

  constructor(terminal: Terminal, nowMs: () => number) {
    this.#terminal = terminal
    this.#nowMs = nowMs
    this.#timer = setInterval(() => this.redraw(), REDRAW_EVERY_MS).unref()
  }

  stage(title: string, totals: Amounts = {}): void {
    this.#meter = new ProgressMeter(title, totals, this.#nowMs())
    this.redraw()
  }

  advance(done: Amounts): void {
    this.#meter?.advance(done)
  }

  redraw(): void {
    if (!this.#meter) return
    const nowMs = this.#nowMs()
    this.#meter.sample(nowMs)
    const { columns, noteStyle } = this.#terminal
    this.#terminal.showStatus(progressLines(this.#meter, nowMs, columns - 1, noteStyle))
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#terminal.clearStatus()
  }
}

/** In pipes with `--verbose`: one line for every stage. */
export class StageNotes implements Progress {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  stage(title: string): void {
    this.#terminal.note(`${printable(title)}…`)
  }

  advance(): void {}
}

/** The two lines, each at most `columns` wide. */
export function progressLines(
  meter: ProgressMeter,
  nowMs: number,
  columns: number,
  style: Style = plain,
): string[] {
  const { fraction } = meter
  const bar = fraction === undefined ? '' : `  ${barOf(fraction)}  ${Math.floor(fraction * 100)} %`
  const title = truncate(printable(meter.title), Math.max(1, columns - bar.length))
  const amounts = amountsOf(meter, nowMs).join(' · ')
  const first = style.strong(title) + truncate(bar, Math.max(0, columns - title.length))
  return amounts === '' ? [first] : [first, truncate(`  ${amounts}`, columns)]
}

function barOf(fraction: number): string {
  const full = Math.floor(fraction * BAR_CELLS)
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_CELLS - full)}]`
}

function amountsOf(meter: ProgressMeter, nowMs: number): string[] {
  const { done, totals } = meter
  const amounts: string[] = []
  if (done.parts || totals.parts) amounts.push(ofTotal(done.parts, totals.parts, 'parts'))
  if (done.items || totals.items) amounts.push(ofTotal(done.items, totals.items, 'items'))
  if (done.bytes || totals.bytes) amounts.push(bytesOfTotal(done.bytes, totals.bytes))
  const bytesPerSecond = meter.rate('bytes', nowMs)
  if (bytesPerSecond >= 1) amounts.push(formatRate(bytesPerSecond))
  const seconds = meter.remainingSeconds(nowMs)
  if (seconds !== undefined) amounts.push(`${formatRemaining(seconds)} left`)
  return amounts
}

function ofTotal(done: number, total: number | undefined, word: string): string {
  return total === undefined
    ? `${formatCount(done)} ${word}`
    : `${formatCount(done)} of ${formatCount(total)} ${word}`
}

function bytesOfTotal(done: number, total: number | undefined): string {
  return total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`
}
