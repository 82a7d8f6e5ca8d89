/**
 * Objects of a bucket by their keys. A success that the store reports is not believed at once:
 *
 * - What was written is asked for again: length, and checksum where the store tells one.
 * - What is read is compared with the length and checksum that come with it.
 * - That an object is missing, or ends too early, is what S3 itself says when asked for just that;
 *   a proxy's 404 or a body that was cut is neither.
 *
 * Whatever does not fit is a TransientStoreError: it says nothing about the stored bytes.
 * @module
 */
import type { HttpAnswer } from '../../external/http-exchange.ts'
import { concatBytes, equalBytes } from '../../util/bytes.ts'
import type { ByteRange } from '../store.ts'
import type { TransientStoreError } from '../transient-error.ts'
import { hasMd5, plainEtag } from './etag.ts'
import { abortStaleUploads, uploadInParts } from './multipart-upload.ts'
import { parseServiceError } from './s3-answers.ts'
import { lengthOf, md5Of, type S3Client, type S3Request } from './s3-client.ts'
import { transient } from './s3-errors.ts'

/** Packfiles have 64 MiB, states of huge repositories some hundred. */
export const MAX_OBJECT_BYTES = 2 ** 30

interface Head {
  size: number
  answer: HttpAnswer
}

export class S3Objects {
  readonly #client: S3Client
  readonly #partBytes: number
  #cleaning: Promise<unknown> | undefined

  /** @param partBytes what has more than two such parts goes up in parts */
  constructor(client: S3Client, partBytes: number) {
    this.#client = client
    this.#partBytes = partBytes
  }

  /** Resolves when the store has shown that it keeps what it was sent. */
  async write(key: string, parts: readonly Uint8Array[]): Promise<void> {
    if (lengthOf(parts) <= 2 * this.#partBytes) return this.#writeAtOnce(key, parts)
    this.#cleaning ??= abortStaleUploads(this.#client).catch(() => {}) // tidiness must not fail a write
    await this.#cleaning
    await uploadInParts(this.#client, key, parts, this.#partBytes)
    await this.#confirm(key, parts, undefined)
  }

  /**
   * Writes unless the object exists, as far as the store can do that: whose bytes are there is to
   * be looked at afterwards in any case.
   */
  async writeNew(key: string, bytes: Uint8Array): Promise<void> {
    const refusals = ['PreconditionFailed', 412, 'NotImplemented', 501]
    const { base64 } = md5Of([bytes])
    const answer = await this.#send(key, [bytes], base64, { 'if-none-match': '*' }, refusals)
    // One that is in the way may be ours, its answer lost. One that cannot do it on a condition
    // does it without.
    if (answer.status >= 300 && answer.status !== 412) await this.#send(key, [bytes], base64)
  }

  /** The whole object, or undefined when the store says that there is none. */
  async read(key: string, maxBytes = MAX_OBJECT_BYTES): Promise<Uint8Array | undefined> {
    const first = await this.#download(key, maxBytes)
    if (first === undefined || isIntact(first)) return first?.body
    const head = await this.head(key)
    if (head?.size !== first.body.length || plainEtag(head.answer) !== plainEtag(first)) {
      throw this.doubt('read', key, 'what came is not what the store says it has')
    }
    if (!hasMd5(first)) return first.body
    // Altered on the way, or in the store? What comes twice is what the store has, and is for the
    // reader to judge: every file of a repository carries its own proof.
    const second = await this.#download(key, maxBytes)
    if (second !== undefined && plainEtag(second) === plainEtag(first)) {
      if (isIntact(second) || equalBytes(first.body, second.body)) return second.body
    }
    throw this.doubt('read', key, 'it comes differently each time')
  }

  /** The range; or 'absent', or 'short' when the store confirms that the object ends before. */
  async readRange(key: string, range: ByteRange): Promise<Uint8Array | 'absent' | 'short'> {
    const end = range.offset + range.length
    if (range.length > 0) {
      const answer = await this.#client.send({
        method: 'GET',
        verb: 'read',
        key,
        headers: { range: `bytes=${range.offset}-${end - 1}` },
        maxAnswerBytes: MAX_OBJECT_BYTES,
        accept: ['NoSuchKey', 416],
      })
      if (answer.status === 404) return 'absent'
      if (answer.status === 200) return this.#cutFromWhole(key, range)
      if (isExactly(answer, range)) return answer.body
    }
    const head = await this.head(key)
    if (head === undefined) return 'absent'
    if (head.size < end) return 'short'
    if (range.length === 0) return new Uint8Array()
    throw this.doubt('read', key, 'what came is not the part that was asked for')
  }

  /** Some servers know no ranges. What else answers with 200 is found out by reading it whole. */
  async #cutFromWhole(key: string, { offset, length }: ByteRange) {
    const whole = await this.read(key)
    if (whole === undefined) return 'absent'
    return offset + length > whole.length ? 'short' : whole.subarray(offset, offset + length)
  }

  /** Undefined when S3 itself says that there is none. */
  async head(key: string): Promise<Head | undefined> {
    const accept = [400, 401, 403, 404]
    const answer = await this.#client.send({ method: 'HEAD', verb: 'read', key, accept })
    if (answer.status >= 400) {
      await this.#requireAbsence(key)
      return undefined
    }
    const size = answer.headers['content-length'] ?? ''
    if (!/^\d+$/.test(size)) throw this.doubt('read', key, 'the store does not tell its size')
    return { size: Number(size), answer }
  }

  /** One that is absent already is no error. */
  async remove(key: string): Promise<void> {
    const request: S3Request = { method: 'DELETE', verb: 'delete', key }
    const answer = await this.#client.send({ ...request, accept: ['NoSuchKey'] })
    const error = parseServiceError(answer.body)
    if (error !== undefined && error.code !== 'NoSuchKey') {
      throw this.#client.failure(answer, request)
    }
  }

  doubt(verb: S3Request['verb'], key: string, reason: string): TransientStoreError {
    return transient(this.#client.attempt({ verb, key }), reason)
  }

  async #writeAtOnce(key: string, parts: readonly Uint8Array[]): Promise<void> {
    const md5 = md5Of(parts)
    await this.#send(key, parts, md5.base64)
    await this.#confirm(key, parts, md5.hex)
  }

  async #send(
    key: string,
    body: readonly Uint8Array[],
    md5: string,
    headers: Record<string, string> = {},
    accept: (string | number)[] = [],
  ): Promise<HttpAnswer> {
    const sent = { ...headers, 'content-md5': md5 }
    const request: S3Request = { method: 'PUT', verb: 'write', key, headers: sent, body, accept }
    const answer = await this.#client.send(request)
    const isError = answer.status < 300 && parseServiceError(answer.body) !== undefined
    if (isError) throw this.#client.failure(answer, request)
    return answer
  }

  /** @param md5 undefined when the parts have one each, which was compared */
  async #confirm(key: string, parts: readonly Uint8Array[], md5: string | undefined) {
    const head = await this.head(key)
    if (head === undefined) throw this.doubt('write', key, 'what was written is not there')
    const size = lengthOf(parts)
    if (head.size !== size) {
      throw this.doubt('write', key, `it has ${head.size} bytes instead of ${size}`)
    }
    if (md5 === undefined || !hasMd5(head.answer) || plainEtag(head.answer) === md5) return
    // Some stores have ETags of their own that look like a checksum: let the bytes decide.
    const kept = await this.read(key)
    if (kept === undefined || !equalBytes(kept, concatBytes(parts))) {
      throw this.doubt('write', key, 'the store keeps something else than was sent')
    }
  }

  async #download(key: string, maxAnswerBytes: number): Promise<HttpAnswer | undefined> {
    const request: S3Request = { method: 'GET', verb: 'read', key, maxAnswerBytes }
    const answer = await this.#client.send({ ...request, accept: ['NoSuchKey'] })
    if (answer.status === 404) return undefined
    if (answer.status !== 200 || parseServiceError(answer.body) !== undefined) {
      throw this.#client.failure(answer, request)
    }
    return answer
  }

  /**
   * An answer to HEAD has no body: a 404 may be anybody's, and a refusal does not tell why. Only
   * S3's own words count.
   */
  async #requireAbsence(key: string): Promise<void> {
    const answer = await this.#client.send({
      method: 'GET',
      verb: 'read',
      key,
      headers: { range: 'bytes=0-0' },
      accept: ['NoSuchKey', 416],
      maxAnswerBytes: MAX_OBJECT_BYTES,
    })
    if (answer.status !== 404) throw this.doubt('read', key, 'it is there and it is not')
  }
}

/** Length and checksum are those the store sent along. */
function isIntact(answer: HttpAnswer): boolean {
  return hasMd5(answer) && md5Of([answer.body]).hex === plainEtag(answer)
}

function isExactly({ status, headers, body }: HttpAnswer, { offset, length }: ByteRange): boolean {
  const [, first, last] =
    /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(headers['content-range'] ?? '') ?? []
  const isAsked = Number(first) === offset && Number(last) === offset + length - 1
  return status === 206 && isAsked && body.length === length
}
