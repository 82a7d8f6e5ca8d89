/**
 * What an ETag says. It is the MD5 of what was sent in one piece, unless the store encrypts with
 * keys of its own (KMS) or of the client (SSE-C), or does as it likes; of a file that came in parts
 * it ends in "-" and their number. Source: Amazon S3 API reference, "Object", ETag.
 * @module
 */
import type { HttpAnswer } from '../../external/http-exchange.ts'

/** Without quotes, or undefined when there is none. */
export function plainEtag({ headers }: HttpAnswer): string | undefined {
  return headers.etag?.replace(/^"|"$/g, '') || undefined
}

/** The ETag looks like the MD5 of the content. */
export function hasMd5(answer: HttpAnswer): boolean {
  const { headers } = answer
  const encrypted =
    headers['x-amz-server-side-encryption']?.startsWith('aws:kms') ||
    headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined
  return !encrypted && /^[0-9a-f]{32}$/.test(plainEtag(answer) ?? '')
}
