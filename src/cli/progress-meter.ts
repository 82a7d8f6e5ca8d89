/**
 * How far a stage is, how fast it goes and how long it will take: numbers only.
 * @module
 */
import type { Amounts } from '../util/progress.ts'

/** The rate is that of the last seconds, so that it follows a slower disk soon. */
const WINDOW_MS = 10_000
const SAMPLE_EVERY_MS = 500
/** Nothing is said about the rest before this; the first seconds are not typical. */
const TRUST_AFTER_MS = 3_000

export type Measure = 'bytes' | 'items' | 'parts'

/** What a stage is measured by: the finest amount whose total is known, else any that moves. */
const MEASURES: readonly Measure[] = ['bytes', 'items', 'parts']

export class ProgressMeter {
  readonly title: string
  readonly totals: Amounts
  readonly done = { bytes: 0, items: 0, parts: 0 }
  readonly #startedMs: number
  #samples: { atMs: number; bytes: number; items: number; parts: number }[]

  constructor(title: string, totals: Amounts, nowMs: number) {
    this.title = title
    this.totals = totals
    this.#startedMs = nowMs
    this.#samples = [{ atMs: nowMs, ...this.done }]
  }

  advance(amounts: Amounts): void {
    for (const measure of MEASURES) this.done[measure] += amounts[measure] ?? 0
  }

  /** Remembers where the stage is now; called at every redraw. */
  sample(nowMs: number): void {
    const last = this.#samples.at(-1)
    if (last && nowMs - last.atMs < SAMPLE_EVERY_MS) return
    this.#samples.push({ atMs: nowMs, ...this.done })
    while (this.#samples.length > 2 && nowMs - this.#samples[1]!.atMs >= WINDOW_MS) {
      this.#samples.shift()
    }
  }

  /** Units a second, lately. */
  rate(measure: Measure, nowMs: number): number {
    const oldest = this.#samples[0]!
    const seconds = (nowMs - oldest.atMs) / 1000
    return seconds <= 0 ? 0 : (this.done[measure] - oldest[measure]) / seconds
  }

  /** Between 0 and 1; undefined when no total is known. */
  get fraction(): number | undefined {
    const measure = MEASURES.find((each) => (this.totals[each] ?? 0) > 0)
    if (measure === undefined) return undefined
    return Math.min(1, this.done[measure] / (this.totals[measure] ?? 1))
  }

  /** Seconds to go; undefined while nothing can be said. */
  remainingSeconds(nowMs: number): number | undefined {
    const measure = MEASURES.find((each) => (this.totals[each] ?? 0) > 0)
    if (measure === undefined || nowMs - this.#startedMs < TRUST_AFTER_MS) return undefined
    const rate = this.rate(measure, nowMs)
    const left = (this.totals[measure] ?? 0) - this.done[measure]
    return rate <= 0 || left <= 0 ? undefined : left / rate
  }
}
