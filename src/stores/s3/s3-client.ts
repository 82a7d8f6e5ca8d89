/**
 * Signs requests for one bucket, sends them, and tells success from everything else.
 *
 * The region need not be known: a store that lies in another one says so, and is asked again
 * there. At Amazon this changes the host as well; no other redirect is ever followed.
 *
 * Until the store has answered once as S3 does, a wrong address is the likeliest reason of most
 * failures; these are then final, so that nobody waits a quarter of an hour for a typing mistake.
 * @module
 */
import { createHash } from 'node:crypto'
import type { HttpAnswer, HttpClient } from '../../external/http-exchange.ts'
import { toError } from '../../util/coded-error.ts'
import { TransientStoreError } from '../transient-error.ts'
import { parseServiceError } from './s3-answers.ts'
import type { S3Identity } from './s3-credentials.ts'
import {
  type Attempt,
  errorOfAnswer,
  errorOfExchange,
  reasonOf,
  S3ConnectionError,
} from './s3-errors.ts'
import type { S3Location } from './s3-location.ts'
import {
  amzDate,
  authorization,
  canonicalQuery,
  encodeKey,
  type S3Credentials,
  sha256Hex,
} from './sigv4.ts'

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  verb: Attempt['verb']
  /** Below the prefix; empty for the bucket itself. */
  key?: string
  query?: Readonly<Record<string, string>>
  /** Names in lower case; those every request has are added. */
  headers?: Readonly<Record<string, string>>
  body?: readonly Uint8Array[]
  maxAnswerBytes?: number
  /** Codes and statuses the caller wants to see as an answer, not as an error. */
  accept?: readonly (string | number)[]
}

const SMALL_ANSWER_BYTES = 65_536
const REGION = /^[a-z0-9-]{1,64}$/i

export class S3Client {
  readonly location: S3Location
  readonly #credentials: S3Credentials
  readonly #http: HttpClient
  readonly #now: () => Date
  #region: string
  #host: string
  /** Something at the address has answered as S3 does. */
  #met = false

  constructor(
    location: S3Location,
    { credentials, region }: S3Identity,
    { http, now }: { http: HttpClient; now: () => Date },
  ) {
    this.location = location
    this.#credentials = credentials
    this.#http = http
    this.#now = now
    this.#region = region
    this.#host = location.host
  }

  /** The region that the store was found in. */
  get region(): string {
    return this.#region
  }

  /**
   * The answer, when it is a success or one the caller accepts.
   * @throws {TransientStoreError} when asking again may help, and other CodedErrors when not
   */
  async send(request: S3Request): Promise<HttpAnswer> {
    const answer = await this.#exchange(request)
    const region = this.#otherRegion(answer)
    if (region === undefined) return this.#judge(answer, request)
    this.#moveTo(region)
    return this.#judge(await this.#exchange(request), request)
  }

  /** The error for an answer that turned out not to be what was asked for. */
  failure(answer: HttpAnswer, request: S3Request): Error {
    return errorOfAnswer(answer, this.attempt(request), this.#now())
  }

  attempt({ verb, key = '' }: Pick<S3Request, 'verb' | 'key'>): Attempt {
    return { verb, path: key || 'the bucket', location: this.location.text }
  }

  close(): void {
    this.#http[Symbol.dispose]()
  }

  #judge(answer: HttpAnswer, request: S3Request): HttpAnswer {
    const { status } = answer
    const success = status >= 200 && status < 300
    const error = success ? undefined : parseServiceError(answer.body)
    if (error !== undefined || success) this.#met = true
    if (success || request.accept?.includes(status)) return answer
    if (error !== undefined && request.accept?.includes(error.code)) return answer
    const failure = this.failure(answer, request)
    const isNotS3 = status < 500 && status !== 429 && failure instanceof TransientStoreError
    if (!this.#met && error === undefined && isNotS3) {
      throw new S3ConnectionError(this.attempt(request), new Error(`status ${status}`))
    }
    throw failure
  }

  async #exchange(request: S3Request): Promise<HttpAnswer> {
    const { location } = this
    const body = request.body ?? []
    const query = canonicalQuery(request.query ?? {})
    const path = this.#path(request.key)
    const headers = this.#headers(request, path, query, body)
    const sends = request.method === 'PUT' || request.method === 'POST'
    try {
      return await this.#http.exchange({
        method: request.method,
        url: {
          secure: location.secure,
          host: this.#requestHost(),
          port: location.port,
          path: query === '' ? path : `${path}?${query}`,
        },
        headers,
        ...(sends ? { body } : {}),
        maxBytes: request.maxAnswerBytes ?? SMALL_ANSWER_BYTES,
        isRepeatable: true, // an upload in parts that was begun twice is cleared away later
      })
    } catch (thrown) {
      if (toError(thrown).name === 'AbortError') throw thrown
      const mayBeMistyped = /^(ENOTFOUND|ECONNREFUSED|EPROTO|HPE_)/.test(reasonOf(thrown))
      if (!this.#met && mayBeMistyped) {
        throw new S3ConnectionError(this.attempt(request), toError(thrown))
      }
      throw errorOfExchange(thrown, this.attempt(request))
    }
  }

  #headers(
    request: S3Request,
    path: string,
    query: string,
    body: readonly Uint8Array[],
  ): Record<string, string> {
    const at = this.#now()
    const bodyHash = sha256Hex(body)
    const { sessionToken } = this.#credentials
    const signed: Record<string, string> = {
      ...request.headers,
      host: this.#hostHeader(),
      'x-amz-content-sha256': bodyHash,
      'x-amz-date': amzDate(at),
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    }
    const signable = { method: request.method, path, query, headers: signed, bodyHash }
    return {
      ...signed,
      // What proxies may change is not signed.
      'accept-encoding': 'identity',
      'user-agent': 'tintype',
      authorization: authorization(signable, this.#credentials, { region: this.#region, at }),
    }
  }

  #path(key: string | undefined): string {
    const { bucket, prefix, bucketInHost } = this.location
    const inBucket = key === undefined ? '' : encodeKey(prefix + key)
    return bucketInHost ? `/${inBucket}` : `/${bucket}${inBucket && `/${inBucket}`}`
  }

  #requestHost(): string {
    const { bucket, bucketInHost } = this.location
    return bucketInHost ? `${bucket}.${this.#host}` : this.#host
  }

  /** Servers compute the signature with the header as clients commonly write it. */
  #hostHeader(): string {
    const { secure, port } = this.location
    const host = this.#requestHost()
    const written = host.includes(':') ? `[${host}]` : host
    return port === (secure ? 443 : 80) ? written : `${written}:${port}`
  }

  /** The region the bucket lies in, when the answer says that it is another one. */
  #otherRegion({ status, headers, body }: HttpAnswer): string | undefined {
    if (![301, 307, 400, 403].includes(status)) return undefined
    const region = headers['x-amz-bucket-region'] ?? parseServiceError(body)?.region
    return region && REGION.test(region) && region !== this.#region ? region : undefined
  }

  #moveTo(region: string): void {
    this.#region = region
    const amazon = /^s3[.-].*?(amazonaws\.com(?:\.cn)?)$/.exec(this.#host)?.[1]
    if (amazon !== undefined) this.#host = `s3.${region}.${amazon}`
  }
}

export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

/** MD5 as the header Content-MD5 and as an ETag have it. */
export function md5Of(parts: readonly Uint8Array[]): { base64: string; hex: string } {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  const digest = hash.digest()
  return { base64: digest.toString('base64'), hex: digest.toString('hex') }
}
