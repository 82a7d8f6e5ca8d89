/**
 * A `.ptar` file on a web server, read by range: `ptar+https://host/photos.ptar`.
 *
 * The server must tell the size and give ranges as HTTP means them (206, `bytes a-b/size`); one that
 * sends the whole file instead is refused before the file fills the memory. A file that is replaced
 * while it is read shows in its size or its ETag, and reading ends: pieces of two files make none.
 * @module
 */
import {
  type HttpAnswer,
  HttpClient,
  HttpFailure,
  retryAfterMs,
} from '../../external/http-exchange.ts'
import { toError } from '../../util/coded-error.ts'
import { StoreAccessDeniedError } from '../access-errors.ts'
import { type ByteRange, NotAStoreError, StoreReadError } from '../store.ts'
import { TransientStoreError } from '../transient-error.ts'
import type { PtarFile } from './ptar-file.ts'

const CONNECTIONS = 8

export class WebPtarFile implements PtarFile {
  readonly location: string
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #http = new HttpClient({ connections: CONNECTIONS })
  readonly #now: () => Date
  #version: Promise<{ size: number; tag: string | undefined }> | undefined

  constructor(
    { url, headers }: { url: string; headers: Readonly<Record<string, string>> },
    now: () => Date = () => new Date(),
  ) {
    this.location = `ptar+${url}`
    this.#url = url
    this.#headers = headers
    this.#now = now
  }

  async size(): Promise<number> {
    return (await this.#firstLook()).size
  }

  async read({ offset, length }: ByteRange): Promise<Uint8Array> {
    const { size, tag } = await this.#firstLook()
    if (length === 0) return new Uint8Array()
    const last = offset + length - 1
    const answer = await this.#ask('GET', { range: `bytes=${offset}-${last}` }, length)
    if (
      answer.status === 206 &&
      answer.headers['content-range'] === `bytes ${offset}-${last}/${size}`
    ) {
      if (tagOf(answer) === tag && answer.body.length === length) return answer.body
    }
    const isOther = answer.status === 206 || answer.status === 416
    const detail = isOther
      ? 'the file was replaced while it was read'
      : `it gives no ranges (${answer.status})`
    throw new StoreReadError(this.location, new Error(detail))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http[Symbol.dispose]()
  }

  #firstLook() {
    this.#version ??= this.#look().catch((error: unknown) => {
      this.#version = undefined // the next call tries again
      throw error
    })
    return this.#version
  }

  async #look() {
    const answer = await this.#ask('HEAD', {}, 0)
    const size = Number(answer.headers['content-length'] ?? Number.NaN)
    if (answer.status === 200 && Number.isSafeInteger(size)) return { size, tag: tagOf(answer) }
    throw new NotAStoreError(this.location, `its server does not tell its size (${answer.status})`)
  }

  async #ask(
    method: 'GET' | 'HEAD',
    headers: Record<string, string>,
    maxBytes: number,
  ): Promise<HttpAnswer> {
    const all = { ...headers, ...this.#headers, 'accept-encoding': 'identity' }
    const request = { method, url: this.#url, headers: all, maxBytes: Math.max(maxBytes, 65_536) }
    const answer = await this.#http.exchange(request).catch((error: unknown) => {
      if (!(error instanceof HttpFailure)) throw error
      throw new TransientStoreError(`${this.location} did not answer: ${toError(error).message}`, {
        cause: error,
      })
    })
    this.#requireUsable(answer)
    return answer
  }

  #requireUsable({ status, headers }: HttpAnswer): void {
    if (status === 404 || status === 410)
      throw new NotAStoreError(this.location, 'there is nothing')
    if (status === 401 || status === 403) {
      throw new StoreAccessDeniedError('read it', this.location, `the server answered ${status}`)
    }
    if (status < 500 && status !== 408 && status !== 429) return
    const waitMs = retryAfterMs(headers, this.#now())
    throw new TransientStoreError(
      `${this.location} cannot be read now: the server answered ${status}`,
      {
        ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
      },
    )
  }
}

function tagOf({ headers }: HttpAnswer): string | undefined {
  return headers.etag ?? headers['last-modified']
}
