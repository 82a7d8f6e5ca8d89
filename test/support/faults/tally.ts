/**
 * What a fault suite ends with: how many faults were tried, and what became of what was saved.
 * @module
 */

/**
 * - `survived`: all that was reported saved is whole, and the next run completes.
 * - `degraded`: the same, but something had to be found by a check or done by hand first.
 * - `lost`: a snapshot that was reported saved is gone, or other bytes came back. Never acceptable.
 */
export type Fate = 'survived' | 'degraded' | 'lost'

export class Tally {
  readonly #title: string
  readonly #rows = new Map<string, Record<Fate, number>>()
  readonly #stories: string[] = []

  constructor(title: string) {
    this.#title = title
  }

  count(fault: string, fate: Fate, story = ''): void {
    const row = this.#rows.get(fault) ?? { survived: 0, degraded: 0, lost: 0 }
    row[fate] += 1
    this.#rows.set(fault, row)
    if (fate === 'lost') this.#stories.push(`${fault}: ${story}`)
  }

  get tried(): number {
    return this.#sum('survived') + this.#sum('degraded') + this.#sum('lost')
  }

  /** How each loss came about; empty when there was none. */
  get lost(): readonly string[] {
    return this.#stories
  }

  print(): void {
    const width = Math.max(12, ...[...this.#rows.keys()].map((fault) => fault.length))
    const line = (name: string, numbers: readonly (string | number)[]) =>
      `  ${name.padEnd(width)} ${numbers.map((n) => String(n).padStart(9)).join('')}\n`
    const rows = [...this.#rows].map(([fault, { survived, degraded, lost }]) =>
      line(fault, [survived + degraded + lost, survived, degraded, lost]),
    )
    const sums = [this.tried, this.#sum('survived'), this.#sum('degraded'), this.#sum('lost')]
    process.stdout.write(
      `\n${this.#title}\n${line('fault', ['tried', 'survived', 'degraded', 'lost'])}${rows.join('')}${line('all', sums)}`,
    )
  }

  #sum(fate: Fate): number {
    return [...this.#rows.values()].reduce((sum, row) => sum + row[fate], 0)
  }
}
