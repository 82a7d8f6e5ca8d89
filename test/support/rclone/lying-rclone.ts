/**
 * A program named `rclone` that stands in front of the real one, passes orders on, and lies as the
 * test tells it to. What to do is read before each order from a file beside it:
 *
 *   {"path": "/operations/uploadfile", "lie": "torn"}
 *
 *   torn     the upload reaches the real rclone only in part; the answer is that of success
 *   nothing  the order reaches nobody; the answer is {} and 200
 *   cut      the answer breaks off, its announced length being that of the whole
 *   half     the answer is cut and announced as that short
 *   shorter  of a listing only the first half, in proper JSON
 *   noisy    one byte of the answer is another
 *   busy     the answer is that the service has too many requests
 *   die      somebody kills the program
 * @module
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export type Lie = 'busy' | 'cut' | 'die' | 'half' | 'noisy' | 'nothing' | 'shorter' | 'torn'

const PROGRAM = `#!NODE
const { spawn } = require('node:child_process')
const http = require('node:http')
const fs = require('node:fs')
const real = spawn('REAL', process.argv.slice(2), { stdio: ['ignore', 'ignore', 'pipe'] })
process.on('SIGTERM', () => real.kill('SIGTERM'))
real.on('exit', (code) => process.exit(code ?? 1))
let said = ''
real.stderr.on('data', (text) => {
  const before = said
  said += text
  const found = /http:\\/\\/127\\.0\\.0\\.1:\\d+/
  if (found.test(said) && !found.test(before)) listen(found.exec(said)[0])
})
function listen(target) {
  const server = http.createServer((request, response) => pass(target, request, response))
  server.listen(0, '127.0.0.1', () => {
    process.stderr.write('Serving remote control on http://127.0.0.1:' + server.address().port + '/\\n')
  })
}
function lieFor(url) {
  try {
    const plan = JSON.parse(fs.readFileSync('PLAN', 'utf8'))
    if (!url.startsWith(plan.path)) return undefined
    fs.rmSync('PLAN')
    return plan.lie
  } catch { return undefined }
}
function pass(target, request, response) {
  const lie = lieFor(request.url)
  const pieces = []
  request.on('data', (piece) => pieces.push(piece)).on('end', () => {
    let body = Buffer.concat(pieces)
    if (lie === 'die') { real.kill('SIGKILL'); return process.kill(process.pid, 'SIGKILL') }
    if (lie === 'nothing') return response.end('{}')
    if (lie === 'busy') {
      response.statusCode = 500
      return response.end(JSON.stringify({ error: 'googleapi: Error 429: too many requests', status: 500 }))
    }
    const headers = { ...request.headers }
    if (lie === 'torn') {
      const end = body.lastIndexOf('\\r\\n--')
      const start = body.indexOf('\\r\\n\\r\\n') + 4
      body = Buffer.concat([body.subarray(0, start + ((end - start) >> 1)), body.subarray(end)])
      headers['content-length'] = String(body.length)
    }
    const passed = http.request(target + request.url, { method: request.method, headers }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part)).on('end', () => tell(lie, answer, Buffer.concat(parts), response))
    })
    passed.end(body)
  })
}
function tell(lie, answer, body, response) {
  const headers = { ...answer.headers }
  if (lie === 'shorter') {
    const value = JSON.parse(body)
    value.list.length = value.list.length >> 1
    body = Buffer.from(JSON.stringify(value))
  }
  if (lie === 'noisy') body[body.length >> 1] ^= 1
  if (lie === 'half') body = body.subarray(0, body.length >> 1)
  if (lie !== 'cut' && headers['content-length']) headers['content-length'] = String(body.length)
  response.writeHead(answer.statusCode, headers)
  if (lie === 'cut') response.write(body.subarray(0, body.length >> 1), () => response.destroy())
  else response.end(body)
}
`

export class LyingRclone {
  readonly #plan: string
  readonly #folder: string

  constructor(home: string) {
    this.#folder = join(home, 'bin')
    this.#plan = join(home, 'plan.json')
    mkdirSync(this.#folder, { recursive: true })
    const real = execFileSync('which', ['rclone'], { encoding: 'utf8' }).trim()
    const program = PROGRAM.replace('NODE', process.execPath)
      .replace('REAL', real)
      .replaceAll('PLAN', this.#plan)
    writeFileSync(join(this.#folder, 'rclone'), program, { mode: 0o755 })
  }

  /** The environment in which it is found before the real one. */
  foundFirst(env: Record<string, string>): Record<string, string> {
    return { ...env, PATH: `${this.#folder}${delimiter}${env.PATH}` }
  }

  /** Lies once, to the next order whose path begins so; afterwards it is honest. */
  lieOnceTo(path: string, lie: Lie): void {
    writeFileSync(this.#plan, JSON.stringify({ path, lie }))
  }

  honest(): void {
    rmSync(this.#plan, { force: true })
  }
}
