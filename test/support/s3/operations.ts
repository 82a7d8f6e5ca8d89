/**
 * The operations of S3 that a store and rclone use, on buckets in memory.
 * @module
 */
import { type Bucket, md5, type StoredObject } from './bucket.ts'
import { queryOf } from './signature.ts'

export interface Request {
  method: string
  url: string
  headers: Record<string, string | undefined>
  body: Uint8Array
}

export interface Reply {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

export interface Target {
  operation: string
  bucket: string
  key: string
  query: Map<string, string>
}

export interface Rules {
  now: Date
  region: string
  /** Most keys on a page of a listing. */
  pageSize: number
  /** What becomes of `If-None-Match: *`. */
  conditionalWrites: 'honoured' | 'ignored' | 'refused'
  minPartBytes: number
}

const utf8 = new TextEncoder()
const text = new TextDecoder()

/** @param host the bucket may stand in it: `bucket.localhost:9000` */
export function targetOf({ method, url, headers }: Request): Target {
  const query = new Map(queryOf(url))
  const path = decodeURIComponent(url.split('?')[0]!).slice(1)
  const inHost = /^(.+)\.localhost(?::\d+)?$/.exec(headers.host ?? '')?.[1]
  const slash = path.indexOf('/')
  const bucket = inHost ?? (slash < 0 ? path : path.slice(0, slash))
  const key = inHost !== undefined ? path : slash < 0 ? '' : path.slice(slash + 1)
  return { operation: operationOf(method, bucket, key, query, headers), bucket, key, query }
}

function operationOf(
  method: string,
  bucket: string,
  key: string,
  query: Map<string, string>,
  headers: Request['headers'],
): string {
  if (bucket === '') return 'ListBuckets'
  if (key === '') return bucketOperationOf(method, query)
  const inParts = query.has('uploadId')
  switch (method) {
    case 'POST':
      return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload'
    case 'PUT':
      if (inParts) return 'UploadPart'
      return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject'
    case 'DELETE':
      return inParts ? 'AbortMultipartUpload' : 'DeleteObject'
    default:
      return method === 'HEAD' ? 'HeadObject' : 'GetObject'
  }
}

function bucketOperationOf(method: string, query: Map<string, string>): string {
  if (method === 'PUT') return 'CreateBucket'
  if (method === 'HEAD') return 'HeadBucket'
  if (query.has('uploads')) return 'ListMultipartUploads'
  return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects'
}

type Operation = (target: Target, request: Request, bucket: Bucket, rules: Rules) => Reply

const OPERATIONS: Record<string, Operation> = {
  HeadBucket: () => reply(200),
  CreateBucket: () => errorReply(409, 'BucketAlreadyOwnedByYou'),
  ListObjects: listObjects,
  ListObjectsV2: listObjects,
  ListMultipartUploads: listUploads,
  PutObject: putObject,
  CopyObject: copyObject,
  GetObject: getObject,
  HeadObject: getObject,
  DeleteObject: ({ key }, _, bucket) => {
    bucket.objects.delete(key)
    return reply(204)
  },
  CreateMultipartUpload: ({ key, bucket: name }, request, bucket, { now }) => {
    const id = bucket.begin(key, now, metadataOf(request))
    return xml('InitiateMultipartUploadResult', { Bucket: name, Key: key, UploadId: id })
  },
  UploadPart: ({ query }, request, bucket) => {
    const broken = digestFault(request)
    if (broken) return broken
    const number = Number(query.get('partNumber'))
    const etag = bucket.putPart(query.get('uploadId') ?? '', number, request.body)
    return etag === undefined ? errorReply(404, 'NoSuchUpload') : reply(200, { etag: `"${etag}"` })
  },
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: ({ query }, _, bucket) =>
    bucket.uploads.delete(query.get('uploadId') ?? '')
      ? reply(204)
      : errorReply(404, 'NoSuchUpload'),
}

export function perform(
  target: Target,
  request: Request,
  buckets: Map<string, Bucket>,
  rules: Rules,
  makeBucket: () => Bucket,
): Reply {
  const bucket = buckets.get(target.bucket)
  if (target.operation === 'CreateBucket' && bucket === undefined) {
    buckets.set(target.bucket, makeBucket())
    return reply(200)
  }
  if (bucket === undefined) return errorReply(404, 'NoSuchBucket')
  const operation = OPERATIONS[target.operation]
  if (operation === undefined) return errorReply(501, 'NotImplemented')
  return operation(target, request, bucket, rules)
}

function putObject({ key }: Target, request: Request, bucket: Bucket, rules: Rules): Reply {
  const broken = digestFault(request)
  if (broken) return broken
  if (request.headers['if-none-match'] === '*') {
    if (rules.conditionalWrites === 'refused') return errorReply(501, 'NotImplemented')
    const isTaken = rules.conditionalWrites === 'honoured' && bucket.objects.has(key)
    if (isTaken) return errorReply(412, 'PreconditionFailed')
  }
  const etag = bucket.put(key, request.body, rules.now, metadataOf(request))
  return reply(200, { etag: `"${etag}"` })
}

function copyObject({ key }: Target, request: Request, bucket: Bucket, { now }: Rules): Reply {
  const source = decodeURIComponent(request.headers['x-amz-copy-source'] ?? '').replace(/^\//, '')
  const object = bucket.objects.get(source.slice(source.indexOf('/') + 1))
  if (object === undefined) return errorReply(404, 'NoSuchKey')
  bucket.objects.set(key, { ...object, modified: now, metadata: metadataOf(request) })
  return xml('CopyObjectResult', { ETag: `"${object.etag}"`, LastModified: now.toISOString() })
}

function getObject({ key, operation }: Target, request: Request, bucket: Bucket): Reply {
  const object = bucket.objects.get(key)
  if (object === undefined) {
    return operation === 'HeadObject' ? reply(404) : errorReply(404, 'NoSuchKey')
  }
  return objectReply(object, request.headers.range)
}

export function objectReply(object: StoredObject, range?: string): Reply {
  const headers = {
    etag: `"${object.etag}"`,
    'last-modified': object.modified.toUTCString(),
    'accept-ranges': 'bytes',
    ...object.metadata,
  }
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  if (from === undefined) return { status: 200, headers, body: object.bytes }
  const first = Number(from)
  const last = Math.min(to === '' ? Infinity : Number(to), object.bytes.length - 1)
  if (first > last) return errorReply(416, 'InvalidRange')
  const contentRange = `bytes ${first}-${last}/${object.bytes.length}`
  const body = object.bytes.subarray(first, last + 1)
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body }
}

function listObjects(
  { bucket: name, query, operation }: Target,
  _: Request,
  bucket: Bucket,
  rules: Rules,
) {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const after =
    tokenText(query.get('continuation-token')) ??
    query.get('marker') ??
    query.get('start-after') ??
    ''
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : escaped
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(prefix)).sort()
  const entries = grouped(keys, prefix, delimiter).filter((entry) => entry > after)
  const most = Math.min(rules.pageSize, Number(query.get('max-keys') ?? 1000))
  const page = entries.slice(0, most)
  const isTruncated = entries.length > most && most > 0
  const last = isTruncated ? page.at(-1)! : ''
  const contents = page.map((entry) => {
    const object = bucket.objects.get(entry)
    if (object === undefined || (delimiter && entry.endsWith(delimiter))) {
      return `<CommonPrefixes><Prefix>${encode(entry)}</Prefix></CommonPrefixes>`
    }
    const { etag, bytes, modified } = object
    return `<Contents><Key>${encode(entry)}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  })
  const token =
    operation === 'ListObjectsV2'
      ? `<KeyCount>${page.length}</KeyCount>${isTruncated ? `<NextContinuationToken>${Buffer.from(last).toString('base64')}</NextContinuationToken>` : ''}`
      : isTruncated
        ? `<NextMarker>${encode(last)}</NextMarker>`
        : ''
  const encoding = query.has('encoding-type') ? '<EncodingType>url</EncodingType>' : ''
  return xmlReply(
    'ListBucketResult',
    `<Name>${name}</Name><Prefix>${encode(prefix)}</Prefix><MaxKeys>${most}</MaxKeys>${encoding}<IsTruncated>${isTruncated}</IsTruncated>${token}${contents.join('')}`,
  )
}

/** Tokens are nobody's business but the server's. */
function tokenText(token: string | undefined): string | undefined {
  return token === undefined ? undefined : Buffer.from(token, 'base64').toString()
}

/** Keys, those with a delimiter behind the prefix folded into what comes before it. */
function grouped(keys: string[], prefix: string, delimiter: string): string[] {
  if (delimiter === '') return keys
  const fold = (key: string) => {
    const at = key.indexOf(delimiter, prefix.length)
    return at < 0 ? key : key.slice(0, at + delimiter.length)
  }
  return [...new Set(keys.map(fold))]
}

function listUploads({ query }: Target, _: Request, bucket: Bucket): Reply {
  const prefix = query.get('prefix') ?? ''
  const uploads = [...bucket.uploads].filter(([, { key }]) => key.startsWith(prefix))
  const entries = uploads.map(
    ([id, { key, initiated }]) =>
      `<Upload><Key>${escaped(key)}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
  )
  return xmlReply(
    'ListMultipartUploadsResult',
    `<IsTruncated>false</IsTruncated>${entries.join('')}`,
  )
}

function completeUpload(
  { key, bucket: name, query }: Target,
  request: Request,
  bucket: Bucket,
  rules: Rules,
) {
  const parts = [...text.decode(request.body).matchAll(/<Part>(.*?)<\/Part>/gs)].map(
    ([, part]) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part!)?.[1]),
      etag: /<ETag>(?:"|&#34;|&quot;)?([^"&<]*)/.exec(part!)?.[1] ?? '',
    }),
  )
  const { now, minPartBytes } = rules
  const done = bucket.complete(query.get('uploadId') ?? '', parts, now, minPartBytes)
  if (done.etag === undefined)
    return errorReply(done.code === 'NoSuchUpload' ? 404 : 400, done.code!)
  return xml('CompleteMultipartUploadResult', { Bucket: name, Key: key, ETag: `"${done.etag}"` })
}

function digestFault({ headers, body }: Request): Reply | undefined {
  const claimed = headers['content-md5']
  const isRight = !claimed || Buffer.from(claimed, 'base64').toString('hex') === md5(body)
  return isRight ? undefined : errorReply(400, 'BadDigest')
}

function metadataOf({ headers }: Request): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'))
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? '']))
}

export function reply(status: number, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: new Uint8Array() }
}

export function errorReply(status: number, code: string, more = ''): Reply {
  return {
    ...xmlReply('Error', `<Code>${code}</Code><Message>what ${code} means</Message>${more}`),
    status,
  }
}

function xml(root: string, fields: Record<string, string>): Reply {
  const inner = Object.entries(fields).map(
    ([name, value]) => `<${name}>${escaped(value)}</${name}>`,
  )
  return xmlReply(root, inner.join(''))
}

function xmlReply(root: string, inner: string): Reply {
  const document = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${root}>`
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: utf8.encode(document),
  }
}

function escaped(value: string): string {
  return value.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`)
}
