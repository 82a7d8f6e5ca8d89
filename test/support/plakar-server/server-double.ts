/**
 * The protocol of `plakar server` in this process, as seen with plakar 1.1.4: every success is 200,
 * a range ends one byte early and works for packfiles only, what is absent answers 500.
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** May answer in the server's place, by returning true. */
export type Interference = (request: IncomingMessage, response: ServerResponse) => boolean

export class ServerDouble implements AsyncDisposable {
  config: Uint8Array | undefined
  readonly files = new Map<string, Uint8Array>()
  readonly asked: string[] = []
  allowDelete = true
  /** It opens its store when CONFIG is asked for, and fails before. */
  isOpen = false
  token: string | undefined
  /** Tried one after the other, each until it has answered once. */
  interferences: Interference[] = []
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  static async start(config?: Uint8Array): Promise<ServerDouble> {
    const double = new ServerDouble()
    double.config = config
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve))
    return double
  }

  /** Without `http:`. */
  get rest(): string {
    return `//127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim())
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const at = this.interferences.findIndex((interfere) => interfere(request, response))
    if (at >= 0) this.interferences.splice(at, 1)
    else if (this.token && request.headers.authorization !== `Bearer ${this.token}`) {
      answer(response, 401, 'who are you')
    } else this.#answer(request, response, Buffer.concat(pieces))
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: Buffer): ServerResponse {
    const { method = '', url = '' } = request
    if (url === '/') this.isOpen = true
    if (!this.isOpen) return answer(response, 500, 'open : no such file or directory\n')
    if (url === '/') return answer(response, this.config ? 200 : 500, this.config ?? 'no CONFIG')
    const match = /^\/resources\/(packfiles|states|locks)(?:\/([0-9a-f]{64}))?$/.exec(url)
    if (match === null) return answer(response, 400, 'Invalid resource type\n')
    const [, collection, name] = match
    const path = `${collection}/${name}`
    if (name === undefined) return answer(response, 200, this.#list(collection!))
    if (method === 'PUT') this.files.set(path, new Uint8Array(body))
    if (method === 'PUT') return answer(response, 200, '')
    if (method === 'DELETE') return this.#delete(response, path)
    const file = this.files.get(path)
    if (file === undefined)
      return answer(response, 500, `open ${path}: no such file or directory\n`)
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    if (range !== null && Number(range[1]) >= Number(range[2])) {
      return answer(response, 400, 'Invalid range\n')
    }
    const isRange = range !== null && collection === 'packfiles'
    return answer(response, 200, isRange ? file.slice(Number(range[1]), Number(range[2])) : file)
  }

  #list(collection: string): string {
    const names = [...this.files.keys()].filter((path) => path.startsWith(`${collection}/`))
    return `${JSON.stringify(names.map((path) => path.slice(path.indexOf('/') + 1)))}\n`
  }

  #delete(response: ServerResponse, path: string): ServerResponse {
    if (!this.allowDelete) return answer(response, 403, 'not allowed to delete\n')
    if (this.files.delete(path)) return answer(response, 200, '')
    return answer(response, 500, `remove ${path}: no such file or directory\n`)
  }
}

/** Go's server tells the length of small answers only. */
function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
): ServerResponse {
  const bytes = Buffer.from(body as Uint8Array)
  if (bytes.length < 2048) response.setHeader('content-length', bytes.length)
  response.writeHead(status)
  return response.end(bytes)
}
