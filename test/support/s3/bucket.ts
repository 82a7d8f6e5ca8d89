/**
 * What an S3 server keeps: objects by key, and uploads that are under way.
 * @module
 */
import { createHash } from 'node:crypto'
import { concatBytes } from '../../../src/util/bytes.ts'

export interface StoredObject {
  bytes: Uint8Array
  etag: string
  modified: Date
  /** `x-amz-meta-…`, as they were sent. */
  metadata: Record<string, string>
}

interface Upload {
  key: string
  initiated: Date
  metadata: Record<string, string>
  parts: Map<number, { bytes: Uint8Array; etag: string }>
}

export class Bucket {
  readonly objects = new Map<string, StoredObject>()
  readonly uploads = new Map<string, Upload>()
  #uploadsBegun = 0

  put(
    key: string,
    bytes: Uint8Array,
    modified: Date,
    metadata: Record<string, string> = {},
  ): string {
    const etag = md5(bytes)
    this.objects.set(key, { bytes: bytes.slice(), etag, modified, metadata })
    return etag
  }

  begin(key: string, initiated: Date, metadata: Record<string, string> = {}): string {
    this.#uploadsBegun += 1
    const id = `upload-${this.#uploadsBegun}`
    this.uploads.set(id, { key, initiated, metadata, parts: new Map() })
    return id
  }

  /** @returns undefined when there is no such upload */
  putPart(id: string, number: number, bytes: Uint8Array): string | undefined {
    const etag = md5(bytes)
    const upload = this.uploads.get(id)
    upload?.parts.set(number, { bytes: bytes.slice(), etag })
    return upload && etag
  }

  /** @returns the ETag, or S3's code of what is wrong */
  complete(id: string, listed: { number: number; etag: string }[], now: Date, minPart: number) {
    const upload = this.uploads.get(id)
    if (upload === undefined) return { code: 'NoSuchUpload' }
    const parts = listed.map(({ number }) => upload.parts.get(number))
    const isKnown = parts.every((part, at) => part !== undefined && part.etag === listed[at]!.etag)
    if (!isKnown || listed.length === 0) return { code: 'InvalidPart' }
    const isOrdered = listed.every(({ number }, at) => at === 0 || number > listed[at - 1]!.number)
    if (!isOrdered) return { code: 'InvalidPartOrder' }
    if (parts.slice(0, -1).some((part) => part!.bytes.length < minPart)) {
      return { code: 'EntityTooSmall' }
    }
    const bytes = concatBytes(parts.map((part) => part!.bytes))
    const digests = parts.map((part) => Buffer.from(part!.etag, 'hex'))
    const etag = `${md5(concatBytes(digests))}-${parts.length}`
    const { key, metadata } = upload
    this.objects.set(key, { bytes, etag, modified: now, metadata })
    this.uploads.delete(id)
    return { etag }
  }
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}
