/**
 * What an answer that is no success means: may asking again help, is the request not allowed, or
 * is something wrong with clock, credentials, bucket or address.
 *
 * Codes: Amazon S3 API reference, "Error responses"; XMinio… of MinIO.
 * @module
 */
import { type HttpAnswer, HttpFailure, retryAfterMs } from '../../external/http-exchange.ts'
import { CodedError, codeOf, toError } from '../../util/coded-error.ts'
import { StoreAccessDeniedError, StoreDeleteForbiddenError } from '../access-errors.ts'
import { StoreWriteError } from '../store.ts'
import { TransientStoreError } from '../transient-error.ts'
import { parseServiceError, type ServiceError } from './s3-answers.ts'
import { S3CredentialsError } from './s3-credentials.ts'

/** What was tried, for people: `read` `states/ab/…` at `s3://host/bucket`. */
export interface Attempt {
  verb: 'read' | 'write' | 'delete' | 'list' | 'create'
  path: string
  location: string
}

const TRANSIENT_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504])
/** Transient although their status is 4xx: the bytes came damaged or late, or somebody else was first. */
const TRANSIENT_CODES = new Set([
  'BadDigest',
  'ConditionalRequestConflict',
  'IncompleteBody',
  'InternalError',
  'InvalidPart',
  'NoSuchUpload',
  'OperationAborted',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'XAmzContentSHA256Mismatch',
])
const CREDENTIAL_CODES = new Set([
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidSecurity',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
])
const FULL_CODES = new Set(['QuotaExceeded', 'XMinioAdminBucketQuotaExceeded', 'XMinioStorageFull'])
const REJECTED_HINT =
  'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile they come from.'
/** No store asks for a longer pause and means it. */
const MAX_RETRY_AFTER_MS = 3_600_000
/** Certificates do not get better by asking again. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT)/

/** The error that an answer stands for. Its status was no success, or its body is an error. */
export function errorOfAnswer(answer: HttpAnswer, attempt: Attempt, now: Date): CodedError {
  const { status } = answer
  const error = parseServiceError(answer.body)
  const code = error?.code ?? ''
  const what = describe(status, error)
  if (code === 'RequestTimeTooSkewed') return new ClockSkewError(attempt, answer, error!, now)
  if (TRANSIENT_STATUSES.has(status) || TRANSIENT_CODES.has(code)) {
    return transient(attempt, what, { retryAfterMs: pauseOf(answer, now) })
  }
  if (code === 'NoSuchBucket') return new NoSuchBucketError(attempt.location)
  if (status === 507 || FULL_CODES.has(code)) return storeFull(attempt, what)
  if (status === 401 || CREDENTIAL_CODES.has(code))
    return new S3CredentialsError(`the store answers ${what}`, { hint: REJECTED_HINT })
  if (status === 403) return denied(attempt, what)
  if (error === undefined && (status < 400 || status === 404)) {
    // Somebody answers in the store's place: a proxy, a page to sign in.
    return transient(attempt, `the answer is not S3's (status ${status})`)
  }
  return new S3RefusedError(attempt, what)
}

/** The error for what went wrong below HTTP. */
export function errorOfExchange(thrown: unknown, attempt: Attempt): CodedError {
  const cause = toError(thrown)
  if (CERTIFICATE.test(reasonOf(thrown))) return new S3ConnectionError(attempt, cause)
  return transient(attempt, cause.message, { cause })
}

export function transient(
  { verb, path, location }: Attempt,
  reason: string,
  options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
): TransientStoreError {
  const { retryAfterMs, cause } = options
  return new TransientStoreError(`cannot ${verb} ${path} at ${location}: ${reason}`, {
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

function describe(status: number, error: ServiceError | undefined): string {
  if (error === undefined) return `status ${status}`
  return error.message === '' ? error.code : `${error.code}, ${error.message}`
}

function denied({ verb, path, location }: Attempt, what: string): CodedError {
  if (verb === 'delete') return new StoreDeleteForbiddenError(path, location, what)
  return new StoreAccessDeniedError(`${verb} ${path}`, location, what)
}

function storeFull({ path, location }: Attempt, what: string): CodedError {
  return new StoreWriteError(
    `${location}/${path}`,
    Object.assign(new Error(what), { code: 'EDQUOT' }),
  )
}

/** A date counts by the server's own clock. */
function pauseOf({ headers }: HttpAnswer, now: Date): number | undefined {
  const server = Date.parse(headers.date ?? '') || now.getTime()
  const ms = retryAfterMs(headers, new Date(server))
  return ms === undefined ? undefined : Math.min(ms, MAX_RETRY_AFTER_MS)
}

/** The system's, of what went wrong below HTTP. */
export function reasonOf(thrown: unknown): string {
  return (thrown instanceof HttpFailure ? thrown.reason : codeOf(thrown)) ?? ''
}

/** The store does not accept requests whose time differs from its own by a quarter of an hour. */
export class ClockSkewError extends CodedError {
  readonly code = 'CLOCK_SKEW'
  constructor({ location }: Attempt, { headers }: HttpAnswer, error: ServiceError, now: Date) {
    const server = Date.parse(error.serverTime ?? '') || Date.parse(headers.date ?? '')
    super(`this computer's clock is ${differenceOf(now.getTime() - server)} that of ${location}`, {
      hint: 'Set the clock, then run the command again.',
    })
  }
}

function differenceOf(ms: number): string {
  if (Number.isNaN(ms)) return 'too far from'
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const amount =
    minutes < 120
      ? `${minutes} minutes`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} hours`
        : `${Math.round(minutes / 1440)} days`
  return `${amount} ${ms > 0 ? 'ahead of' : 'behind'}`
}

export class NoSuchBucketError extends CodedError {
  readonly code = 'S3_NO_SUCH_BUCKET'
  constructor(location: string) {
    super(`the bucket of ${location} does not exist`, {
      hint: 'Check how it is written. "create" makes a bucket that does not exist.',
    })
  }
}

/** The store understood a request and does not carry it out. */
export class S3RefusedError extends CodedError {
  readonly code = 'S3_REFUSED'
  constructor({ verb, path, location }: Attempt, what: string) {
    super(`${location} refuses to ${verb} ${path}: ${what}`, {
      hint: 'The words are the store’s own. Check location, region (AWS_REGION) and permissions.',
    })
  }
}

/** Nothing at the address behaves like an S3 store that can be trusted. */
export class S3ConnectionError extends CodedError {
  readonly code = 'S3_CONNECTION'
  constructor({ location }: Pick<Attempt, 'location'>, cause: Error) {
    const { problem, hint } = explain(cause)
    super(`there is no S3 store to talk to at ${location}: ${problem}`, { hint, cause })
  }
}

function explain(cause: Error): { problem: string; hint: string } {
  const code = reasonOf(cause)
  if (CERTIFICATE.test(code)) {
    return {
      problem: `its certificate is not trusted (${cause.message})`,
      hint: 'AWS_CA_BUNDLE names the file of an authority of your own.',
    }
  }
  if (code === 'EPROTO') {
    return { problem: 'it does not speak TLS', hint: 's3+http: is for stores that have no TLS.' }
  }
  return {
    problem: cause.message,
    hint: 'Check host and port, and whether the computer is online.',
  }
}
