/**
 * A clock that waits for nobody: sleeping moves it on.
 * @module
 */
import type { Clock } from '../../../src/util/clock.ts'

export class SteadyClock implements Clock {
  #calendarMs: number
  #ticksMs = 0

  constructor(start = new Date('2026-11-21T12:00:00Z')) {
    this.#calendarMs = start.getTime()
  }

  now(): Date {
    return new Date(this.#calendarMs)
  }

  ticksMs(): number {
    return this.#ticksMs
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.pass(ms)
  }

  /** So much time goes by, for everybody. */
  pass(ms: number): void {
    this.#ticksMs += ms
    this.#calendarMs += ms
  }

  /** Somebody sets the calendar; the stopwatch does not notice. */
  set(calendar: Date): void {
    this.#calendarMs = calendar.getTime()
  }
}
