/**
 * How fast something is on this machine.
 * @module
 */

/**
 * Megabytes (10^6) per second that `run`, which handles `bytes`, reaches within about
 * `durationMs`: the best of its rounds, since other programs can only make it slower.
 */
export function megabytesPerSecond(
  bytes: number,
  run: () => void,
  durationMs: number,
  now: () => number = () => performance.now(),
): number {
  const start = now()
  let bestMs = Number.POSITIVE_INFINITY
  let end = start
  while (end - start < durationMs || bestMs === Number.POSITIVE_INFINITY) {
    run()
    const roundEnd = now()
    if (roundEnd > end) bestMs = Math.min(bestMs, roundEnd - end)
    end = roundEnd
  }
  return bytes / 1000 / bestMs
}
