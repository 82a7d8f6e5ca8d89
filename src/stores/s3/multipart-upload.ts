/**
 * Large files go up in parts, some at a time, and become visible at once when they are completed.
 *
 * The parts are views of the caller's bytes, so that no more memory is needed than one slice per
 * connection. An upload that fails is aborted; one whose program died stays with the store, unseen
 * and paid for, until a later upload finds it a day old.
 *
 * Amazon takes parts of 5 MiB to 5 GiB, 10 000 of them. Plakar's have 16 MiB as well.
 * @module
 */

import { utf8 } from '../../util/bytes.ts'
import { mapConcurrently } from '../../util/map-concurrently.ts'
import { isStoredName } from '../stored-name.ts'
import { hasMd5, plainEtag } from './etag.ts'
import { AnswerError, parseCompletion, parsePendingUploads, parseUploadId } from './s3-answers.ts'
import { lengthOf, md5Of, type S3Client, type S3Request } from './s3-client.ts'
import { transient } from './s3-errors.ts'

/** At least 5 MiB, at most what is worth sending again. */
export const PART_BYTES = 16 * 1_048_576
const PARTS_AT_ONCE = 4
const STALE_UPLOAD_MS = 24 * 3_600_000

interface Part {
  number: number
  bytes: Uint8Array[]
}

/** Resolves when the store says that the file is complete; its size is still to be confirmed. */
export async function uploadInParts(
  client: S3Client,
  key: string,
  content: readonly Uint8Array[],
  partBytes = PART_BYTES,
): Promise<void> {
  const begin: S3Request = { method: 'POST', verb: 'write', key, query: { uploads: '' } }
  const uploadId = parsed(client, begin, parseUploadId, (await client.send(begin)).body)
  try {
    const etags: string[] = []
    const parts = splitIntoParts(content, partBytes)
    for await (const etag of mapConcurrently(parts, PARTS_AT_ONCE, (part) =>
      sendPart(client, key, uploadId, part),
    )) {
      etags.push(etag)
    }
    const complete: S3Request = {
      method: 'POST',
      verb: 'write',
      key,
      query: { uploadId },
      body: [utf8(completionOf(etags))],
    }
    // The status is sent before the work is done; only the body tells how it ended.
    parsed(client, complete, parseCompletion, (await client.send(complete)).body)
  } catch (error) {
    await abortUpload(client, key, uploadId)
    throw error
  }
}

/** Aborts what dead runs began a day ago or earlier, by the store's clock. */
export async function abortStaleUploads(client: S3Client): Promise<void> {
  const { prefix } = client.location
  const answer = await client.send({
    method: 'GET',
    verb: 'list',
    query: { uploads: '', prefix: `${prefix}packfiles/`, 'encoding-type': 'url' },
    maxAnswerBytes: 8 * 1_048_576,
  })
  const now = Date.parse(answer.headers.date ?? '')
  for (const { key, id, initiated } of parsePendingUploads(answer.body)) {
    const isOurs = key.startsWith(prefix) && isStoredName(key.slice(key.lastIndexOf('/') + 1))
    const isStale = now - initiated.getTime() > STALE_UPLOAD_MS
    if (isOurs && isStale) await abortUpload(client, key.slice(prefix.length), id)
  }
}

async function sendPart(
  client: S3Client,
  key: string,
  uploadId: string,
  { number, bytes }: Part,
): Promise<string> {
  const md5 = md5Of(bytes)
  const request: S3Request = {
    method: 'PUT',
    verb: 'write',
    key,
    query: { partNumber: String(number), uploadId },
    headers: { 'content-md5': md5.base64 },
    body: bytes,
  }
  const answer = await client.send(request)
  const etag = plainEtag(answer)
  const isWrong = hasMd5(answer) && etag !== md5.hex
  if (etag !== undefined && !isWrong) return etag
  throw transient(client.attempt(request), `part ${number} did not arrive as it was sent`)
}

/** An abort that fails leaves what the next upload finds. */
async function abortUpload(client: S3Client, key: string, uploadId: string): Promise<void> {
  await client.send({ method: 'DELETE', verb: 'delete', key, query: { uploadId } }).catch(() => {})
}

function parsed<T>(
  client: S3Client,
  request: S3Request,
  parse: (body: Uint8Array) => T,
  body: Uint8Array,
): T {
  try {
    return parse(body)
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error
    throw transient(client.attempt(request), error.message, { cause: error })
  }
}

function completionOf(etags: readonly string[]): string {
  const parts = etags.map(
    (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>"${escaped(etag)}"</ETag></Part>`,
  )
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Views of `content`, `partBytes` each but for the last one. */
export function splitIntoParts(content: readonly Uint8Array[], partBytes: number): Part[] {
  const parts: Part[] = []
  let last: Uint8Array[] = []
  for (const piece of content) {
    for (let at = 0; at < piece.length; ) {
      const room = partBytes - lengthOf(last)
      const view = piece.subarray(at, at + room)
      last.push(view)
      at += view.length
      if (view.length < room) continue
      parts.push({ number: parts.length + 1, bytes: last })
      last = []
    }
  }
  if (last.length > 0) parts.push({ number: parts.length + 1, bytes: last })
  return parts
}
