/**
 * What a check finds. Damage, and a disk that does not answer, are different findings: only the
 * first says anything about the bytes. A note is neither: something to know that costs nobody
 * anything.
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
  /** A packfile is sound, but not what the states say lies there. */
  PACKFILE_MISMATCH: 'PACKFILE_MISMATCH',
  /** A file's content is sound, but not as long as its entry says. */
  SIZE_MISMATCH: 'SIZE_MISMATCH',
  /** The tree and the listings of a snapshot do not say the same. */
  TREE_MISMATCH: 'TREE_MISMATCH',
  UNREADABLE_LOCK: 'UNREADABLE_LOCK',
  /** This computer saw a snapshot that is gone without having been removed. */
  SNAPSHOT_VANISHED: 'SNAPSHOT_VANISHED',
  STATE_VANISHED: 'STATE_VANISHED',
} as const

/** Codes of what is no problem. */
export const CheckNoteCode = {
  /** No state names it. */
  ORPHAN_PACKFILE: 'ORPHAN_PACKFILE',
  /** It was deleted, and its file is still there. */
  LEFTOVER_PACKFILE: 'LEFTOVER_PACKFILE',
  DUPLICATE_STATE: 'DUPLICATE_STATE',
  IN_QUARANTINE: 'IN_QUARANTINE',
  /** Bytes came altered once, and right when they were read again. */
  UNSTEADY_READ: 'UNSTEADY_READ',
} as const

export class Findings {
  readonly problems: CheckProblem[] = []
  readonly notes: CheckProblem[] = []
  readonly #known = new Set<string>()

  /** Notes a problem; the same code for the same subject once. */
  add(code: string, subject: string, message: string): void {
    if (this.#isNew(code, subject)) this.problems.push({ code, subject, message })
  }

  /** Something that is no problem. */
  note(code: string, subject: string, message: string): void {
    if (this.#isNew(code, subject)) this.notes.push({ code, subject, message })
  }

  /** Takes over what another one found; its problems as notes where nothing needs their subject. */
  take(other: Findings, asNotes = false): void {
    for (const { code, subject, message } of other.problems) {
      if (asNotes) this.note(code, subject, message)
      else this.add(code, subject, message)
    }
    for (const { code, subject, message } of other.notes) this.note(code, subject, message)
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

  #isNew(code: string, subject: string): boolean {
    const key = `${code} ${subject}`
    if (this.#known.has(key)) return false
    this.#known.add(key)
    return true
  }
}

/**
 * Runs `work`, and once more when it finds anything wrong: what a network altered or lost on the
 * way is not what the store has. Only what is found both times, or the second time, counts.
 */
export async function judgeTwice(
  findings: Findings,
  subject: string,
  work: (findings: Findings) => Promise<void>,
  asNotes = false,
): Promise<boolean> {
  const first = new Findings()
  await first.guard(subject, () => work(first))
  if (first.problems.length === 0) return true
  const second = new Findings()
  await second.guard(subject, () => work(second))
  findings.take(second, asNotes)
  if (second.problems.length > 0) return false
  const message = `it was read again and is sound; the first time: ${first.problems[0]!.message}`
  findings.note(CheckNoteCode.UNSTEADY_READ, subject, message)
  return true
}

function problemCode(error: unknown): string | undefined {
  if (error instanceof DamagedRepositoryError) return error.code
  if (error instanceof UnsupportedRepositoryError) return error.code
  if (error instanceof NotInStoreError) return CheckProblemCode.PACKFILE_MISSING
  if (error instanceof ShortReadError) return CheckProblemCode.PACKFILE_TOO_SHORT
  if (error instanceof NotAStoreError) return error.code
  const code = codeOf(error) ?? ''
  const isUnanswered = code === 'STORE_UNREACHABLE' || /^E[A-Z0-9]+$/.test(code)
  if (error instanceof StoreReadError || isUnanswered) return CheckProblemCode.COULD_NOT_READ
  return undefined
}
