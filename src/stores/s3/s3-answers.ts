/**
 * S3's answers in XML, as far as a store needs them:
 *
 *   ListBucketResult                 IsTruncated, NextContinuationToken, KeyCount, Contents/Key
 *   InitiateMultipartUploadResult    UploadId
 *   CompleteMultipartUploadResult    ETag; may be an <Error> although the status was 200
 *   ListMultipartUploadsResult       Upload/{Key,UploadId,Initiated}
 *   Error                            Code, Message, Region, ServerTime …
 *
 * Source: Amazon S3 API reference. What does not have the form is an AnswerError, never an empty
 * result: a listing that was cut would look like a store that lost files.
 * @module
 */
import { child, parseXml, textOf, type XmlElement, XmlError } from './strict-xml.ts'

export interface KeyPage {
  keys: string[]
  /** Where the next page begins; undefined on the last one. */
  next: string | undefined
}

export interface PendingUpload {
  key: string
  id: string
  initiated: Date
}

export interface ServiceError {
  code: string
  message: string
  region: string | undefined
  serverTime: string | undefined
}

const MAX_MESSAGE_LENGTH = 200
const MAX_TOKEN_LENGTH = 4096

/** @throws {AnswerError} */
export function parseKeyPage(body: Uint8Array): KeyPage {
  const root = parseRoot(body, 'ListBucketResult')
  const contents = root.children.filter(({ name }) => name === 'Contents')
  const decode = keyDecoder(textOf(root, 'EncodingType'))
  const keys = contents.map((entry) => decode(requireText(entry, 'Key')))
  const count = textOf(root, 'KeyCount')
  if (count !== undefined && Number(count) !== keys.length) {
    throw new AnswerError(`a listing announces ${count} keys and has ${keys.length}`)
  }
  return { keys, next: nextToken(root, 'NextContinuationToken') }
}

/** @throws {AnswerError} */
export function parseUploadId(body: Uint8Array): string {
  return requireText(parseRoot(body, 'InitiateMultipartUploadResult'), 'UploadId')
}

/** @throws {AnswerError} */
export function parseCompletion(body: Uint8Array): void {
  requireText(parseRoot(body, 'CompleteMultipartUploadResult'), 'ETag')
}

/** The first page of what was begun and not finished. @throws {AnswerError} */
export function parsePendingUploads(body: Uint8Array): PendingUpload[] {
  const root = parseRoot(body, 'ListMultipartUploadsResult')
  const decode = keyDecoder(textOf(root, 'EncodingType'))
  return root.children
    .filter(({ name }) => name === 'Upload')
    .map((upload) => ({
      key: decode(requireText(upload, 'Key')),
      id: requireText(upload, 'UploadId'),
      initiated: new Date(requireText(upload, 'Initiated')),
    }))
}

/** The error in a body, or undefined when it does not hold one. */
export function parseServiceError(body: Uint8Array): ServiceError | undefined {
  // Whatever we store begins with other bytes, so that most bodies need not be looked at.
  if (!startsLikeXml(body)) return undefined
  try {
    const root = parseXml(body)
    if (root.name !== 'Error') return undefined
    return {
      code: legible(textOf(root, 'Code') ?? ''),
      message: legible(textOf(root, 'Message') ?? ''),
      region: textOf(root, 'Region'),
      serverTime: textOf(root, 'ServerTime'),
    }
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

function startsLikeXml(body: Uint8Array): boolean {
  const first = body.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf)
  return first === '<'.charCodeAt(0)
}

function parseRoot(body: Uint8Array, name: string): XmlElement {
  const failure = parseServiceError(body)
  if (failure !== undefined) {
    throw new AnswerError(`${failure.code}: ${failure.message}`, failure.code)
  }
  try {
    const root = parseXml(body)
    if (root.name === name) return root
    throw new AnswerError(`it answered with ${legible(root.name)} instead of ${name}`)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new AnswerError(`its answer cannot be read: ${error.message}`)
  }
}

/** @throws {AnswerError} when there is more and nothing tells where */
function nextToken(root: XmlElement, name: string): string | undefined {
  const truncated = textOf(root, 'IsTruncated')
  if (truncated === 'false') return undefined
  if (truncated !== 'true') throw new AnswerError('a listing does not say whether it is complete')
  const token = textOf(root, name) ?? ''
  if (token !== '' && token.length <= MAX_TOKEN_LENGTH) return token
  throw new AnswerError('a listing is cut and does not say how it goes on')
}

function requireText(element: XmlElement, name: string): string {
  const text = child(element, name)?.text
  if (text) return text
  throw new AnswerError(`${element.name} lacks ${name}`)
}

/** Keys are asked for in URL encoding; servers that do not know it do not mention it. */
function keyDecoder(encoding: string | undefined): (key: string) => string {
  if (encoding === undefined || encoding === '') return (key) => key
  if (encoding !== 'url') throw new AnswerError('keys are in an encoding that was not asked for')
  return (key) => {
    try {
      return decodeURIComponent(key.replaceAll('+', ' '))
    } catch {
      throw new AnswerError('a key is not URL-encoded as the listing says')
    }
  }
}

function legible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be shown
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
  return line.length <= MAX_MESSAGE_LENGTH ? line : `${line.slice(0, MAX_MESSAGE_LENGTH)}…`
}

/** The answer is not what was asked for. Internal: the client says what that was, and where. */
export class AnswerError extends Error {
  override name = 'AnswerError'
  /** S3's code, when the answer was an error after all. */
  readonly serviceCode: string | undefined
  constructor(message: string, serviceCode?: string) {
    super(message)
    this.serviceCode = serviceCode
  }
}
