/**
 * What the fault suites draw their faults from: always the same ones, so that a red run tells of the
 * change at hand; others each time with `SLOW=1`; `SEED=n` repeats a run.
 * @module
 */
const isSlow = process.env.SLOW === '1'

export const SEED = Number(process.env.SEED ?? (isSlow ? Date.now() % 1_000_000 : 1))
