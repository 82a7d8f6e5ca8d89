import type { Clock } from '../../src/util/clock.ts'

/**
 * A clock that stands still unless somebody waits on it or moves it. `now` and `ticksMs` can be
 * moved apart, as a calendar that is set does.
 */
export class FakeClock implements Clock {
  #now: number
  #ticks = 0
  /** How long everybody waited so far. */
  sleptMs = 0
  /** Called after each wait: what happens meanwhile. */
  onSleep: () => Promise<void> | void = () => {}

  constructor(now: Date | string) {
    this.#now = new Date(now).getTime()
  }

  now(): Date {
    return new Date(this.#now)
  }

  ticksMs(): number {
    return this.#ticks
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.advance(ms)
    this.sleptMs += ms
    await this.onSleep()
    signal?.throwIfAborted()
  }

  /** Time passes. */
  advance(ms: number): void {
    this.#now += ms
    this.#ticks += ms
  }

  /** Somebody sets the calendar. */
  setCalendar(now: Date | string): void {
    this.#now = new Date(now).getTime()
  }
}
