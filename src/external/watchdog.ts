/**
 * Tells a slow connection from a dead one: it bites when nothing moved for too long.
 * @module
 */

/** Calls back once unless it is told often enough that something moved. */
export interface Watchdog {
  moved(): void
  stop(): void
}

/** Tests start one that they let bite themselves. */
export type StartWatchdog = (onStall: () => void, idleMs: number) => Watchdog

export function startWatchdog(onStall: () => void, idleMs: number): Watchdog {
  const timer = setTimeout(onStall, idleMs)
  return { moved: () => timer.refresh(), stop: () => clearTimeout(timer) }
}
