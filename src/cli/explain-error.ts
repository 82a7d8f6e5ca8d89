/**
 * What the person is told when something goes wrong: one sentence, and what to do.
 * @module
 */
import { inspect } from 'node:util'
import { CodedError, codeOf, toError } from '../util/coded-error.ts'
import { printable } from './printable.ts'

export interface Explanation {
  code: string
  message: string
  hint?: string
}

/** System errors in words; the rest of the sentence is the path. */
const SYSTEM_ERRORS: Readonly<Record<string, { says: string; hint: string }>> = {
  EACCES: { says: 'not allowed', hint: 'Check who owns it and its permissions.' },
  EPERM: { says: 'not allowed', hint: 'Check who owns it and its permissions.' },
  ENOENT: { says: 'does not exist', hint: 'Check the path.' },
  ENOTDIR: { says: 'is not a folder', hint: 'Check the path.' },
  EISDIR: { says: 'is a folder', hint: 'Check the path.' },
  ENOSPC: { says: 'the disk is full', hint: 'Make room and run the same command again.' },
  EDQUOT: { says: 'the quota is used up', hint: 'Make room and run the same command again.' },
  EFBIG: { says: 'a file became too large for this disk', hint: 'Use another file system.' },
  EROFS: { says: 'the disk is read-only', hint: 'Choose a place that can be written.' },
  EIO: { says: 'the disk does not answer', hint: 'Check the disk and its cable, then try again.' },
  EMFILE: { says: 'too many open files', hint: 'Raise the limit with: ulimit -n 4096' },
  ENFILE: { says: 'too many open files on this machine', hint: 'Close other programs.' },
}

export function explainError(thrown: unknown): Explanation {
  const error = toError(thrown)
  if (error instanceof CodedError) return explainCoded(error)
  if (error.name === 'AbortError') return { code: 'ABORTED', message: 'interrupted' }
  const code = codeOf(error)
  const known = code === undefined ? undefined : SYSTEM_ERRORS[code]
  if (code && known) {
    return {
      code,
      message: [pathOf(error), known.says].filter(Boolean).join(': '),
      hint: known.hint,
    }
  }
  return {
    code: code ?? 'UNEXPECTED',
    message: `something unexpected happened: ${printable(error.message)}`,
    hint: 'This is a defect. Run it again with --verbose and report what it prints.',
  }
}

function explainCoded(error: CodedError): Explanation {
  const explanation = { code: codeOf(error) ?? error.name, message: printable(error.message) }
  return error.hint === undefined ? explanation : { ...explanation, hint: printable(error.hint) }
}

function pathOf(error: Error): string | undefined {
  return 'path' in error && typeof error.path === 'string' ? printable(error.path) : undefined
}

/** Where an error came from, for `--verbose`: its stack and those of its causes, line by line. */
export function traceOf(thrown: unknown): string[] {
  return inspect(thrown, { depth: 3, colors: false }).split('\n').map(printable)
}
