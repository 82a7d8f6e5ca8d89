/**
 * How long work tells whoever watches where it stands. Front ends draw it; operations only speak.
 * @module
 */

export interface Amounts {
  parts?: number
  items?: number
  bytes?: number
}

export interface Progress {
  /** A new stage begins, e.g. "Reading archive directories"; totals when they are known. */
  stage(title: string, totals?: Amounts): void
  /** So much more was done in the current stage. */
  advance(done: Amounts): void
}

/** For tests and pipes: says nothing. */
export const quietly: Progress = {
  stage() {},
  advance() {},
}
