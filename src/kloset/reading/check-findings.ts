/**
 * What a check finds. Damage, and a disk that does not answer, are different findings: only the
 * first says anything about the bytes.
 * @module
 */
import {
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  StoreReadError,
} from '../../stores/store.ts'
import { codeOf, toError } from '../../util/coded-error.ts'
import type { Progress } from '../../util/progress.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { UnsupportedRepositoryError } from '../supported-configuration.ts'

export interface CheckProblem {
  /** An error code, or one of {@link CheckProblemCode}. */
  code: string
  /** What is affected: `CONFIG`, `state …`, `packfile …`, `SNAPSHOT:PATH`. */
  subject: string
  message: string
}

/** What every step of a check is given. */
export interface CheckWork {
  findings: Findings
  progress: Progress
  signal: AbortSignal
}

/** Codes of problems that are not errors anywhere else. */
export const CheckProblemCode = {
  /** The disk or the network failed. Nothing is known about the bytes. */
  COULD_NOT_READ: 'COULD_NOT_READ',
  PACKFILE_MISSING: 'PACKFILE_MISSING',
  PACKFILE_TOO_SHORT: 'PACKFILE_TOO_SHORT',
  /** A file's content is sound, but not as long as its entry says. */
  SIZE_MISMATCH: 'SIZE_MISMATCH',
  /** The tree and the listings of a snapshot do not say the same. */
  TREE_MISMATCH: 'TREE_MISMATCH',
} as const

export class Findings {
  readonly problems: CheckProblem[] = []
  readonly #known = new Set<string>()

  /** Notes a problem; the same code for the same subject once. */
  add(code: string, subject: string, message: string): void {
    const key = `${code} ${subject}`
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.problems.push({ code, subject, message })
  }

  /** Runs `work`; what it throws becomes a problem of `subject`. Returns undefined then. */
  async guard<T>(subject: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.addError(subject, error)
      return undefined
    }
  }

  /** @throws `error` itself when it is neither damage nor a failure to read */
  addError(subject: string, error: unknown): void {
    const code = problemCode(error)
    if (code === undefined) throw error
    this.add(code, subject, toError(error).message)
  }
}

function problemCode(error: unknown): string | undefined {
  if (error instanceof DamagedRepositoryError) return error.code
  if (error instanceof UnsupportedRepositoryError) return error.code
  if (error instanceof NotInStoreError) return CheckProblemCode.PACKFILE_MISSING
  if (error instanceof ShortReadError) return CheckProblemCode.PACKFILE_TOO_SHORT
  if (error instanceof NotAStoreError) return error.code
  const isSystemError = /^E[A-Z0-9]+$/.test(codeOf(error) ?? '')
  if (error instanceof StoreReadError || isSystemError) return CheckProblemCode.COULD_NOT_READ
  return undefined
}
