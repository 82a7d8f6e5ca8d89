/**
 * The root of every error a person may meet.
 *
 * `message` says what happened, to which thing, where. `code` is for programs and is explained
 * in docs/errors.md. `hint` says what to do next. None of them ever holds a secret.
 * @module
 */
export abstract class CodedError extends Error {
  abstract readonly code: string
  /** What the person can do now, one sentence. */
  readonly hint: string | undefined

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.hint = options.hint
  }
}

/** Any thrown value as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The `code` of a coded or system error (`ENOSPC`), or undefined. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}
