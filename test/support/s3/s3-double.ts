/**
 * An S3 server in this process, on loopback, that keeps everything in memory: it checks signatures
 * and digests as Amazon does, writes down every request, and misbehaves as it was told.
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { concatBytes, fromUtf8, utf8 } from '../../../src/util/bytes.ts'
import { Bucket } from './bucket.ts'
import { type Fault, FaultPlan, type PlannedFault, type SeenRequest } from './faults.ts'
import {
  errorReply,
  objectReply,
  perform,
  type Reply,
  type Request,
  type Rules,
  reply,
  type Target,
  targetOf,
} from './operations.ts'
import { type KeyPair, signatureFault } from './signature.ts'

export interface S3DoubleOptions extends Partial<Omit<Rules, 'now'>> {
  port?: number
  buckets?: string[]
  keyPair?: KeyPair
  now?: () => Date
  /** The credentials may not delete, as in a store that only ever grows. */
  forbidDelete?: boolean
}

export const KEY_PAIR: KeyPair = {
  accessKeyId: 'AKIADOUBLE',
  secretAccessKey: 'secret of the double',
}

export class S3Double implements AsyncDisposable {
  readonly buckets = new Map<string, Bucket>()
  readonly requests: SeenRequest[] = []
  readonly faults = new FaultPlan()
  readonly rules: Omit<Rules, 'now'>
  forbidDelete: boolean
  /** Of all requests, those included whose sender went away in the middle. */
  bodyBytesArrived = 0
  /** The most parts of one file that were under way at once. */
  mostAtOnce = 0
  readonly #keyPair: KeyPair
  readonly #now: () => Date
  readonly #server: Server
  #underWay = 0
  #stalled: () => void = () => {}

  private constructor(options: S3DoubleOptions) {
    this.rules = {
      region: 'us-east-1',
      pageSize: 1000,
      conditionalWrites: 'honoured',
      minPartBytes: 1,
      ...options,
    }
    this.forbidDelete = options.forbidDelete ?? false
    this.#keyPair = options.keyPair ?? KEY_PAIR
    this.#now = options.now ?? (() => new Date())
    for (const name of options.buckets ?? ['photos']) this.buckets.set(name, new Bucket())
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => response.destroy(error))
    })
  }

  static async start(options: S3DoubleOptions = {}): Promise<S3Double> {
    const double = new S3Double(options)
    await new Promise<void>((resolve, reject) => {
      double.#server.once('error', reject)
      double.#server.listen(options.port ?? 0, '127.0.0.1', resolve)
    })
    return double
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** A place in the bucket, as our program writes it. */
  location(prefix = '', bucket = 'photos'): string {
    return `s3+http://127.0.0.1:${this.port}/${bucket}${prefix && `/${prefix}`}`
  }

  /** What a client needs to know besides the location. */
  get env(): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.#keyPair
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  }

  bucket(name = 'photos'): Bucket {
    return this.buckets.get(name)!
  }

  /** Plans a fault. */
  fail(plan: PlannedFault): void {
    this.faults.add(plan)
  }

  /** Resolves when a request was left without the rest of its answer. */
  whenStalled(): Promise<void> {
    return new Promise((resolve) => {
      this.#stalled = resolve
    })
  }

  operations(): string[] {
    return this.requests.map(({ operation }) => operation)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = incoming.headers as Request['headers']
    const { method = '', url = '' } = incoming
    const target = targetOf({ method, url, headers, body: new Uint8Array() })
    if (target.operation === 'UploadPart') {
      this.#underWay += 1
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay)
    }
    try {
      const count = (bytes: number) => {
        this.bodyBytesArrived += bytes
      }
      const request = { method, url, headers, body: await bodyOf(incoming, count) }
      const fault = this.faults.next(target.operation, target.key)
      const status = this.#handle(target, request, fault, response)
      const { operation, bucket, key } = target
      const bodyBytes = request.body.length
      this.requests.push({ operation, bucket, key, method, url, headers, bodyBytes, status })
    } finally {
      if (target.operation === 'UploadPart') this.#underWay -= 1
    }
  }

  #handle(target: Target, request: Request, fault: Fault | undefined, to: ServerResponse): number {
    if (fault?.kind === 'reset-before') return cut(to)
    const given = this.#reply(target, request, fault)
    if (fault?.kind === 'reset-after' || fault?.kind === 'torn') return cut(to)
    return this.#send(given, fault, request.method, to)
  }

  #reply(target: Target, request: Request, fault: Fault | undefined): Reply {
    const now = this.#now()
    const serverTime = fault?.kind === 'skew' ? new Date(now.getTime() + fault.ms) : now
    const unsigned = signatureFault(request, this.#keyPair, serverTime)
    if (unsigned !== undefined) {
      const time = `<ServerTime>${serverTime.toISOString()}</ServerTime>`
      return errorReply(403, unsigned, time)
    }
    const instead = insteadOf(fault)
    if (instead !== undefined) return instead
    const isDelete = target.operation === 'DeleteObject'
    if (isDelete && this.forbidDelete) return errorReply(403, 'AccessDenied')
    const changed = changedRequest(request, fault)
    const rules = { ...this.rules, now }
    const truth = perform(target, request, this.#snapshot(fault), rules, () => new Bucket())
    if (changed === undefined) return this.#otherObject(target, request, fault) ?? truth
    // The answer speaks of what was sent, whatever is kept of it.
    if (changed !== 'nothing') {
      perform(target, changed, this.buckets, rules, () => new Bucket())
    }
    return truth
  }

  /** The buckets that an operation works on: copies when it shall leave no trace, or see less. */
  #snapshot(fault: Fault | undefined): Map<string, Bucket> {
    const leavesNoTrace = /^(torn|torn-but-200|altered-but-200|lost-but-200)$/.test(
      fault?.kind ?? '',
    )
    if (!leavesNoTrace && fault?.kind !== 'stale-list') return this.buckets
    const copies = new Map<string, Bucket>()
    for (const [name, bucket] of this.buckets) {
      const copy = new Bucket()
      for (const [key, object] of bucket.objects) {
        if (fault?.kind !== 'stale-list' || !fault.without(key)) copy.objects.set(key, object)
      }
      for (const [id, upload] of bucket.uploads) {
        copy.uploads.set(id, { ...upload, parts: new Map(upload.parts) })
      }
      copies.set(name, copy)
    }
    return copies
  }

  #otherObject({ bucket }: Target, request: Request, fault: Fault | undefined): Reply | undefined {
    if (fault?.kind !== 'other-object') return undefined
    const other = this.buckets.get(bucket)?.objects.get(fault.key)
    const range = fault.ignoreRange ? undefined : request.headers.range
    return other && objectReply(other, range)
  }

  #send(given: Reply, fault: Fault | undefined, method: string, to: ServerResponse): number {
    const { status, headers, body } = changedReply(given, fault)
    const half = fault?.kind === 'stall' || fault?.kind === 'short-body'
    to.writeHead(status, {
      'content-length': body.length,
      date: this.#now().toUTCString(),
      ...headers,
    })
    if (half) {
      to.write(body.subarray(0, body.length >> 1), () => {
        if (fault.kind === 'short-body') to.destroy()
        else this.#stalled()
      })
      to.flushHeaders()
    } else to.end(method === 'HEAD' ? undefined : body)
    return status
  }
}

function cut(response: ServerResponse): number {
  response.socket?.resetAndDestroy()
  return 0
}

function insteadOf(fault: Fault | undefined): Reply | undefined {
  if (fault?.kind === 'answer') {
    const region = fault.region === undefined ? '' : `<Region>${fault.region}</Region>`
    const given = fault.code ? errorReply(fault.status, fault.code, region) : reply(fault.status)
    if (fault.retryAfter !== undefined) given.headers['retry-after'] = fault.retryAfter
    return given
  }
  if (fault?.kind === 'error-in-200') {
    return { ...errorReply(200, fault.code ?? 'InternalError'), status: 200 }
  }
  if (fault?.kind === 'web-page') {
    const body = utf8('<!DOCTYPE html><html><body>Welcome to the hotel</body></html>')
    return { status: 200, headers: { 'content-type': 'text/html' }, body }
  }
  return undefined
}

/** What is kept in the place of what was sent; undefined when that is kept. */
function changedRequest(
  request: Request,
  fault: Fault | undefined,
): Request | 'nothing' | undefined {
  const { body, headers } = request
  const unchecked = { ...headers, 'content-md5': undefined }
  const half = body.length >> 1
  switch (fault?.kind) {
    case 'torn':
    case 'torn-but-200':
      return { ...request, headers: unchecked, body: body.slice(0, half) }
    case 'altered-but-200': {
      const altered = concatBytes([body.subarray(0, half), new Uint8Array(body.length - half)])
      return { ...request, headers: unchecked, body: altered }
    }
    case 'lost-but-200':
      return 'nothing'
    default:
      return undefined
  }
}

function changedReply(given: Reply, fault: Fault | undefined): Reply {
  const { body } = given
  switch (fault?.kind) {
    case 'cut-body':
      return { ...given, body: body.subarray(0, body.length >> 1) }
    case 'header':
      return { ...given, headers: { ...given.headers, [fault.name]: fault.value } }
    case 'flip': {
      const flipped = body.slice()
      flipped[flipped.length >> 1]! ^= 0x10
      return { ...given, body: flipped }
    }
    case 'cut-list':
      return { ...given, body: utf8(cutList(fromUtf8(body), fault.how)) }
    default:
      return given
  }
}

function cutList(listing: string, how: (Fault & { kind: 'cut-list' })['how']): string {
  const without = listing.replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, '')
  const truncated = without.replace(/<IsTruncated>\w+</, '<IsTruncated>true<')
  switch (how) {
    case 'no-token':
      return truncated
    case 'same-token':
      return truncated.replace(
        '</IsTruncated>',
        '$&<NextContinuationToken>0</NextContinuationToken>',
      )
    case 'count':
      return listing.replace(/<Contents>(?!.*<Contents>).*?<\/Contents>/s, '')
    case 'unsaid':
      return listing.replace(/<IsTruncated>\w+<\/IsTruncated>/, '')
    case 'foreign-keys':
      return listing.replaceAll('<Key>', '<Key>elsewhere/')
  }
}

async function bodyOf(
  incoming: IncomingMessage,
  arrived: (bytes: number) => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    arrived(chunk.length)
  }
  return concatBytes(chunks)
}
