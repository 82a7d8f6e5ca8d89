/**
 * The one place that decides how a run ended. Text, JSON and exit code all come from here.
 * @module
 */
import type { Problem, ProblemCode } from '../photos/library.ts'
import { codeOf } from '../util/coded-error.ts'

export type Outcome =
  | 'done'
  | 'different'
  | 'failed'
  | 'incomplete'
  | 'usage'
  | 'damaged'
  | 'missing'
  | 'unavailable'
  | 'io'
  | 'busy'
  | 'denied'
  | 'misconfigured'
  | 'interrupted'

/** Exit codes of the command line contract; sysexits where one fits. */
const EXIT_CODES: Record<Outcome, number> = {
  done: 0,
  different: 1, // only where a script asked to be told so
  failed: 1,
  incomplete: 3,
  usage: 64,
  damaged: 65,
  missing: 66,
  unavailable: 69,
  io: 74,
  busy: 75,
  denied: 77,
  misconfigured: 78,
  interrupted: 130,
}

export function exitCodeOf(outcome: Outcome): number {
  return EXIT_CODES[outcome]
}

export type RunStatus = 'complete' | 'incomplete' | 'failed'

export function outcomeOfStatus(status: RunStatus): Outcome {
  return status === 'complete' ? 'done' : status
}

/** `unread`: nothing is known to be damaged, but something did not let itself be read. */
export type Soundness = 'sound' | 'damaged' | 'unread'

/** What the errors that reading met say about what is stored. */
export function soundnessOf(errors: readonly unknown[]): Soundness {
  if (errors.length === 0) return 'sound'
  return errors.some((error) => outcomeOfError(error) === 'damaged') ? 'damaged' : 'unread'
}

/** Of each direction: some snapshots, or none, could not be copied because their data is damaged. */
export function outcomeOfSync(statuses: readonly RunStatus[]): Outcome {
  if (statuses.every((status) => status === 'complete')) return 'done'
  return statuses.every((status) => status === 'failed') ? 'damaged' : 'incomplete'
}

export function outcomeOfCheck(status: Soundness): Outcome {
  if (status === 'sound') return 'done'
  return status === 'damaged' ? 'damaged' : 'io'
}

/** Problems that mean: something the owner has, or should have, is not in what was read. */
const LOSSES: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'ORPHAN_SIDECAR',
  'EMPTY_FILE',
  'MISSING_PART',
  'MISSING_FILES',
  'DAMAGED_PART',
  'DAMAGED_ENTRY',
  'DAMAGED_LEDGER',
  'LOST_CONTENT',
  'ARCHIVE_NOT_READ',
  'REJECTED',
  'NOT_AN_ARCHIVE',
])

/** `items`: how many there were to save; none at all is a failure. */
export function statusOfReading(problems: readonly Problem[], items: number): RunStatus {
  if (items === 0) return 'failed'
  const isLoss = ({ code, resolved }: Problem) => LOSSES.has(code) && resolved !== true
  return problems.some(isLoss) ? 'incomplete' : 'complete'
}

/** By `code` of the error; what has none is a failure. */
const OUTCOMES_OF_CODES: Record<string, Outcome> = {
  ABORTED: 'interrupted',
  AMBIGUOUS_HOLD: 'usage',
  AMBIGUOUS_ITEM: 'usage',
  AMBIGUOUS_SNAPSHOT: 'usage',
  CHUNKER_UNSUPPORTED: 'misconfigured',
  CLOCK_WENT_BACKWARDS: 'incomplete',
  CLOCK_SKEW: 'misconfigured',
  COPY_DIFFERS: 'damaged',
  CREATE_ELSEWHERE: 'usage',
  DESTINATION_UNSAFE: 'denied',
  EISDIR: 'missing',
  EMPTY_PASSPHRASE: 'usage',
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  FILE_EXISTS: 'usage',
  GOOGLE_PHOTOS_STORE: 'usage',
  HELD: 'denied',
  HOLD_EXISTS: 'usage',
  HOLD_NOT_FOUND: 'missing',
  HOLD_TOO_LARGE: 'usage',
  INVALID_SETTING: 'misconfigured',
  ITEM_NOT_FOUND: 'missing',
  KDF_UNACCEPTABLE: 'misconfigured',
  LIBRARY_MOVED_ON: 'busy',
  LOCK_LOST: 'busy',
  MIXED_SOURCES: 'usage',
  NAME_NOT_CONFIGURED: 'misconfigured',
  NOTHING_TO_DRILL: 'missing',
  NOTHING_TO_IMPORT: 'missing',
  NOTHING_TO_WRITE: 'missing',
  NOT_A_FOLDER: 'missing',
  NOT_A_STORE: 'missing',
  NOT_COMPARABLE: 'usage',
  NO_CATALOGUE: 'missing',
  NO_QUARANTINE: 'unavailable',
  NO_SUCH_ALBUM: 'missing',
  PASSPHRASES_DIFFER: 'usage',
  PASSPHRASE_COMMAND_FAILED: 'unavailable',
  PACKFILE_UNREADABLE: 'incomplete',
  PASSPHRASE_FILE_UNREADABLE: 'missing',
  PASSPHRASE_NEEDED: 'denied',
  PATH_NOT_FOUND: 'missing',
  RCLONE_FAILED: 'unavailable',
  RCLONE_MISSING: 'unavailable',
  RCLONE_REMOTE_UNKNOWN: 'misconfigured',
  RCLONE_TOO_OLD: 'unavailable',
  READ_ONLY_STORE: 'denied',
  REMOVAL_FINAL: 'missing',
  REPOSITORY_BUSY: 'busy',
  REPOSITORY_CHANGED: 'denied',
  S3_CONNECTION: 'unavailable',
  S3_CREDENTIALS: 'denied',
  S3_LOCATION: 'usage',
  S3_NO_SUCH_BUCKET: 'missing',
  SAME_REPOSITORY: 'usage',
  SEVERAL_SOURCES: 'misconfigured',
  SNAPSHOT_ALREADY_THERE: 'busy',
  SNAPSHOT_HELD: 'denied',
  SNAPSHOT_NOT_COPIED: 'damaged',
  SNAPSHOT_NOT_FOUND: 'missing',
  SOURCE_EMPTY: 'missing',
  SOURCE_NOT_FOUND: 'missing',
  STORE_ACCESS_DENIED: 'denied',
  STORE_DELETE_FORBIDDEN: 'denied',
  STORE_EXISTS: 'usage',
  STORE_LOCATION: 'usage',
  STORE_UNREACHABLE: 'unavailable',
  TOO_MUCH_WOULD_GO: 'incomplete',
  UNKNOWN_STORE_SCHEME: 'usage',
  UNSUPPORTED_REPOSITORY: 'misconfigured',
  USAGE: 'usage',
  WEAK_PASSPHRASE: 'usage',
  WRONG_PASSPHRASE: 'denied',
}

const DAMAGE =
  /^(DAMAGED_|MALFORMED_|ENCODING_DAMAGED$|NOT_IN_STORE$|SHORT_READ$|BLOB_NOT_FOUND$|UNREADABLE_)/
const INPUT_OUTPUT =
  /^(STORE_(READ|WRITE)_FAILED|WRITER_FAILED|E(NOSPC|IO|DQUOT|FBIG|ROFS|MFILE|NFILE))$/
const DENIED = /^(EACCES|EPERM)$/

export function outcomeOfError(error: unknown): Outcome {
  if (isAbort(error)) return 'interrupted'
  const code = codeOf(error)
  if (code === undefined) return 'failed'
  if (OUTCOMES_OF_CODES[code]) return OUTCOMES_OF_CODES[code]
  if (DAMAGE.test(code)) return 'damaged'
  if (INPUT_OUTPUT.test(code)) return 'io'
  if (DENIED.test(code)) return 'denied'
  return 'failed'
}

export function exitCodeOfError(error: unknown): number {
  return exitCodeOf(outcomeOfError(error))
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
