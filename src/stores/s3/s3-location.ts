/**
 * Where an S3 store is, and how its bucket is addressed:
 *
 *   s3://host[:port]/bucket[/prefix]        over TLS, port 443
 *   s3+http://host[:port]/bucket[/prefix]   without, port 80: this computer and private networks
 *
 * The bucket stands in the path of the location whatever the requests look like, as in Plakar.
 * Requests name it in the path (`https://host/bucket/key`) or in the host (`https://bucket.host/key`):
 * the latter is what Amazon wants, the former what everybody else understands.
 *
 * Plakar takes host and path as they stand, percent signs included. A prefix that both programs
 * would not write the same is therefore refused.
 * @module
 */
import { isIP } from 'node:net'
import { CodedError } from '../../util/coded-error.ts'
import type { StoreSettings } from '../store.ts'

export type Scheme = 's3' | 's3+http'

export interface S3Location {
  /** As a person writes it; there is nothing secret in it. */
  text: string
  secure: boolean
  /** Without brackets, port or bucket. */
  host: string
  port: number
  bucket: string
  /** Empty, or ending in a slash: what all keys begin with. */
  prefix: string
  /** Requests name the bucket in the host. */
  bucketInHost: boolean
}

const FORM =
  /^\/\/(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?\/([^/]+)(\/.*)?$/i
/** Amazon's rule is narrower; other servers, and Amazon's oldest buckets, know these too. */
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i
/** What neither we nor Go's net/url (Plakar) would percent-encode. */
const PREFIX_SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.~$&+,:;=@-]+$/
const AMAZON = /(^|\.)amazonaws\.com(\.cn)?$/
const AMAZON_WITH_BUCKET = /^(.+)\.(s3[.-](?:.+\.)?amazonaws\.com(?:\.cn)?)$/

/**
 * @param rest what follows the scheme and its colon
 * @throws {S3LocationError}
 */
export function parseS3Location(
  scheme: Scheme,
  rest: string,
  env: StoreSettings['env'],
): S3Location {
  if (rest.includes('@') && rest.indexOf('@') < rest.indexOf('/', 2)) {
    // Not even the rest of it is repeated: there may be a password in it.
    throw new S3LocationError(`a name or password does not belong into an ${scheme}: location`)
  }
  const match = FORM.exec(rest)
  if (match === null) throw new S3LocationError(`"${scheme}:${rest}" does not name host and bucket`)
  const host = match[1]!.toLowerCase().replace(/^\[|\]$/g, '')
  const secure = scheme === 's3'
  const port = match[2] === undefined ? (secure ? 443 : 80) : Number(match[2])
  if (port < 1 || port > 65_535) throw new S3LocationError(`there is no port ${match[2]}`)
  requireTrustedNetwork(scheme, host, env)
  requireNoBucketInHost(host)
  const bucket = requireBucket(match[3]!)
  const prefix = requirePrefix(match[4] ?? '')
  const authority = match[2] === undefined ? match[1]! : `${match[1]}:${match[2]}`
  return {
    text: `${scheme}://${authority.toLowerCase()}/${bucket}${prefix && `/${prefix.slice(0, -1)}`}`,
    secure,
    host,
    port,
    bucket,
    prefix,
    bucketInHost: isBucketInHost(host, bucket, env),
  }
}

function requireBucket(bucket: string): string {
  if (BUCKET.test(bucket) && !bucket.includes('..')) return bucket
  throw new S3LocationError(`"${bucket}" cannot be the name of a bucket`)
}

function requirePrefix(path: string): string {
  const segments = path.replace(/^\/+|\/+$/g, '').split('/')
  if (segments.length === 1 && segments[0] === '') return ''
  for (const segment of segments) {
    if (PREFIX_SEGMENT.test(segment)) continue
    throw new S3LocationError(
      `"${segment}" cannot be part of a prefix: letters, digits and _ . ~ $ & + , : ; = @ - can`,
    )
  }
  return `${segments.join('/')}/`
}

/** `photos.s3.amazonaws.com/a` could mean bucket photos, or bucket a at an endpoint "photos.…". */
function requireNoBucketInHost(host: string): void {
  const [, bucket, endpoint] = AMAZON_WITH_BUCKET.exec(host) ?? []
  if (bucket === undefined) return
  throw new S3LocationError(
    `the bucket stands behind the host: write s3://${endpoint}/${bucket} and then the prefix`,
  )
}

/**
 * Without TLS whoever listens sees what is stored, encrypted or not, and may answer in the
 * store's place. That is accepted where the wires are one's own, or on demand.
 */
function requireTrustedNetwork(scheme: Scheme, host: string, env: StoreSettings['env']): void {
  if (scheme === 's3' || isOwnNetwork(host) || env.TINTYPE_S3_ALLOW_HTTP === '1') return
  throw new S3LocationError(`s3+http: does not protect what is sent to ${host}`, {
    hint: 'Use s3: instead. TINTYPE_S3_ALLOW_HTTP=1 insists, for a network that nobody else is in.',
  })
}

/** This computer, or an address of a private network (RFC 1918, 4193, 3927, 4291). */
function isOwnNetwork(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  if (isIP(host) === 4) {
    return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)
  }
  return isIP(host) === 6 && /^(::1$|f[cd]|fe[89ab])/.test(host)
}

function isBucketInHost(host: string, bucket: string, env: StoreSettings['env']): boolean {
  const wanted = env.TINTYPE_S3_ADDRESSING || 'auto'
  // A certificate for *.host does not cover another dot, and host names know no capitals.
  const isHostLabel = /^[a-z0-9-]+$/.test(bucket) && isIP(host) === 0
  if (wanted === 'auto') return isHostLabel && AMAZON.test(host)
  if (wanted === 'path') return false
  if (wanted !== 'virtual') {
    throw new S3LocationError('TINTYPE_S3_ADDRESSING is neither path nor virtual')
  }
  if (isHostLabel) return true
  throw new S3LocationError(`"${bucket}" cannot stand in a host name, as virtual addressing wants`)
}

/** An `s3:` location, or a setting beside it, that cannot be meant. */
export class S3LocationError extends CodedError {
  readonly code = 'S3_LOCATION'
  constructor(problem: string, { hint }: { hint?: string } = {}) {
    super(problem, {
      hint:
        hint ??
        'The form is s3://HOST/BUCKET or s3://HOST/BUCKET/PREFIX; see docs/guide/stores.md.',
    })
  }
}
