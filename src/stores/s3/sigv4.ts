/**
 * AWS Signature Version 4, as S3 wants it in the header `Authorization`:
 *
 *   canonical request   method, path, query, headers, names of the headers, hash of the body;
 *                       joined by newlines, one newline more after the headers
 *   string to sign      "AWS4-HMAC-SHA256", time, scope, SHA-256 of the canonical request
 *   scope               yyyymmdd/region/s3/aws4_request
 *   key                 HMAC chain over the scope's parts, starting with "AWS4" + secret
 *
 * Query names and values are percent-encoded but for A–Z a–z 0–9 - _ . ~ and sorted by their
 * bytes; in S3 alone the path is encoded once and not normalised. Source: Amazon S3 API reference,
 * "Signature calculations for the authorization header" (its examples are the vectors of the test).
 * @module
 */
import { createHash, createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import { compareBytes, utf8 } from '../../util/bytes.ts'

const ALGORITHM = 'AWS4-HMAC-SHA256'
const MASK = '***'

/** What a request is signed with. The secret leaves this object as a derived key only. */
export class S3Credentials {
  readonly accessKeyId: string
  readonly #secretAccessKey: string
  readonly #sessionToken: string | undefined
  #key: { scope: string; bytes: Uint8Array } | undefined

  constructor(accessKeyId: string, secretAccessKey: string, sessionToken?: string) {
    this.accessKeyId = accessKeyId
    this.#secretAccessKey = secretAccessKey
    this.#sessionToken = sessionToken
  }

  /** To be sent, and signed, with every request of temporary credentials. */
  get sessionToken(): string | undefined {
    return this.#sessionToken
  }

  /** The key for `date/region/s3/aws4_request`; it is the same for a whole day. */
  signingKey(scope: string): Uint8Array {
    if (this.#key?.scope !== scope) {
      const secret = utf8(`AWS4${this.#secretAccessKey}`)
      this.#key = { scope, bytes: scope.split('/').reduce(hmac, secret) }
    }
    return this.#key.bytes
  }

  toJSON(): string {
    return MASK
  }

  toString(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}

export interface SignableRequest {
  method: string
  /** Percent-encoded, from the first slash. */
  path: string
  /** As `canonicalQuery` writes it. */
  query: string
  /** Names in lower case. All of them are signed. */
  headers: Readonly<Record<string, string>>
  /** Lower-case hex SHA-256 of the body. */
  bodyHash: string
}

/** The value of the header `Authorization`. `headers` must hold host and x-amz-date already. */
export function authorization(
  request: SignableRequest,
  credentials: S3Credentials,
  { region, at }: { region: string; at: Date },
): string {
  const time = amzDate(at)
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`
  const names = Object.keys(request.headers).sort()
  const canonical = [
    request.method,
    request.path,
    request.query,
    ...names.map((name) => `${name}:${collapse(request.headers[name]!)}`),
    '',
    names.join(';'),
    request.bodyHash,
  ].join('\n')
  const toSign = [ALGORITHM, time, scope, sha256Hex([utf8(canonical)])].join('\n')
  const signature = Buffer.from(hmac(credentials.signingKey(scope), toSign)).toString('hex')
  return (
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope},` +
    `SignedHeaders=${names.join(';')},Signature=${signature}`
  )
}

/** The time of a request: 20130524T000000Z. */
export function amzDate(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

/** Both what is signed and what is sent. */
export function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .sort((a, b) => compareBytes(utf8(a), utf8(b)))
    .join('&')
}

/** A key as the path of a URL: its slashes stay. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeStrictly).join('/')
}

export function sha256Hex(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** `encodeURIComponent` leaves ! ' ( ) * as they are; the signature does not. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function collapse(value: string): string {
  return value.trim().replace(/ {2,}/g, ' ')
}

function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest()
}
