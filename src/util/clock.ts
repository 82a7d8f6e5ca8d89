/**
 * Time as an argument: what a calendar says, what a stopwatch says, and waiting. Only the stopwatch
 * is to be trusted with how long something took: nobody sets it.
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'

export interface Clock {
  now(): Date
  /** Milliseconds since some moment; never goes back. */
  ticksMs(): number
  /** @throws the signal's reason when it is aborted meanwhile */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  ticksMs: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted()
    try {
      await wait(ms, undefined, { signal })
    } catch (thrown) {
      signal?.throwIfAborted()
      throw thrown
    }
  },
}

/** The system's clock with another calendar. */
export function clockOf(now: () => Date): Clock {
  return { ...systemClock, now }
}
