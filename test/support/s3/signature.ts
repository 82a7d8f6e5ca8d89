/**
 * The server's side of Signature Version 4, written from the specification and apart from the
 * client's: in the header `Authorization`, and in the query of a presigned URL (rclone 1.60 sends
 * small files so). The client's secret is only ever compared.
 * @module
 */
import { createHash, createHmac } from 'node:crypto'

export interface SignedRequest {
  method: string
  /** As it came over the wire. */
  url: string
  headers: Record<string, string | undefined>
  body: Uint8Array
}

export interface KeyPair {
  accessKeyId: string
  secretAccessKey: string
}

/** The S3 code of what is wrong with the signature, or undefined. */
export function signatureFault(
  request: SignedRequest,
  { accessKeyId, secretAccessKey }: KeyPair,
  now: Date,
): string | undefined {
  const claim = claimOf(request)
  if (claim === undefined) return 'AccessDenied'
  const [keyId, day, region, service] = claim.credential.split('/')
  if (keyId !== accessKeyId) return 'InvalidAccessKeyId'
  if (Math.abs(timeOf(claim.time) - now.getTime()) > 900_000) return 'RequestTimeTooSkewed'
  const bodyHash = request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'
  if (bodyHash !== 'UNSIGNED-PAYLOAD' && bodyHash !== hashOf(request.body)) {
    return 'XAmzContentSHA256Mismatch'
  }
  const scope = `${day}/${region}/${service}/aws4_request`
  const toSign = `AWS4-HMAC-SHA256\n${claim.time}\n${scope}\n${hashOf(canonicalOf(request, claim, bodyHash))}`
  let key: string | Uint8Array = `AWS4${secretAccessKey}`
  for (const step of [day!, region!, service!, 'aws4_request']) key = mac(key, step)
  const expected = Buffer.from(mac(key, toSign)).toString('hex')
  return expected === claim.signature ? undefined : 'SignatureDoesNotMatch'
}

interface Claim {
  credential: string
  signedHeaders: string[]
  signature: string
  time: string
  /** Without the signature itself. */
  query: [string, string][]
}

function claimOf({ url, headers }: SignedRequest): Claim | undefined {
  const query = queryOf(url)
  const presigned = new Map(query)
  if (presigned.has('X-Amz-Signature')) {
    return {
      credential: presigned.get('X-Amz-Credential') ?? '',
      signedHeaders: (presigned.get('X-Amz-SignedHeaders') ?? '').split(';'),
      signature: presigned.get('X-Amz-Signature') ?? '',
      time: presigned.get('X-Amz-Date') ?? '',
      query: query.filter(([name]) => name !== 'X-Amz-Signature'),
    }
  }
  const field = (name: string) =>
    new RegExp(`${name}=([^, ]+)`).exec(headers.authorization ?? '')?.[1] ?? ''
  if (!headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) return undefined
  return {
    credential: field('Credential'),
    signedHeaders: field('SignedHeaders').split(';'),
    signature: field('Signature'),
    time: headers['x-amz-date'] ?? '',
    query,
  }
}

function canonicalOf(request: SignedRequest, claim: Claim, bodyHash: string): string {
  const path = request.url.split('?')[0]!
  const query = claim.query.map(([name, value]) => `${encode(name)}=${encode(value)}`).sort()
  const headers = claim.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  )
  return [
    request.method,
    path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    query.join('&'),
    headers.join(''),
    claim.signedHeaders.join(';'),
    bodyHash,
  ].join('\n')
}

/** Names and values decoded, in the order they came in. */
export function queryOf(url: string): [string, string][] {
  const text = url.split('?')[1] ?? ''
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name, ...value] = pair.split('=')
      return [decodeURIComponent(name!), decodeURIComponent(value.join('='))]
    })
}

function encode(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => String.fromCharCode(byte))
    .map((c) =>
      /[A-Za-z0-9_.~-]/.test(c)
        ? c
        : `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
}

function timeOf(amzDate: string): number {
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? []
  return Date.UTC(Number(y), Number(m) - 1, Number(d), Number(h), Number(min), Number(s))
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function mac(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest()
}
