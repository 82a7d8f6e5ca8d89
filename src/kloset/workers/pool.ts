/**
 * Hands batches of contents to worker threads and gathers what they report.
 *
 * A worker gets its next batch when it has finished the one before, and only while whoever reads
 * the results keeps up. A worker that dies is as fatal as a failed write: what it had packed but
 * not yet written is lost.
 * @module
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { CodedError, toError } from '../../util/coded-error.ts'
import type { WrittenPack } from '../writing/pack-writer.ts'
import type { WriteGuard } from '../writing/write-guard.ts'
import type { ContentBatch, ContentResult } from './content.ts'
import type { ContentStorage } from './content-storage.ts'
import { type FromWorker, receivedError, type ToWorker, type WorkerSetup } from './messages.ts'

/** While so many results wait to be taken, no batch is handed out. */
const MAX_WAITING_RESULTS = 4096

/** A worker that is stopped may finish one packfile; one that hangs is ended. */
const STOP_TIMEOUT_MS = 20_000

/** A worker thread ended in the middle of its work. */
export class WorkerCrashedError extends CodedError {
  readonly code = 'WORKER_CRASHED'
  constructor(worker: string, detail: string, options: { cause?: unknown } = {}) {
    super(`${worker} ended unexpectedly: ${detail}`, {
      hint: 'Run the backup again, with fewer threads if memory is short. What was stored is kept.',
      ...options,
    })
  }
}

export interface WorkerPoolOptions {
  threads: number
  setup: WorkerSetup
  guard: WriteGuard
  signal: AbortSignal
  onWritten: (pack: WrittenPack) => void
  onBytes: (bytes: number) => void
}

interface Member {
  name: string
  thread: Worker
  exited: Promise<void>
  idle: boolean
  /** Has packed something that it was not told to flush. */
  unflushed: boolean
  /** How many flushes it has not answered yet. */
  flushes: number
}

export class WorkerPool implements ContentStorage {
  readonly #options: WorkerPoolOptions
  readonly #members: Member[]
  #batches: Iterator<ContentBatch> | undefined
  #results: ContentResult[] = []
  #stopping = false
  #waiting: (() => void)[] = []

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    this.#members = Array.from({ length: options.threads }, (_, at) => this.#spawn(at + 1))
    options.signal.addEventListener('abort', this.#onAbort)
  }

  async *store(batches: Iterable<ContentBatch>): AsyncGenerator<ContentResult> {
    this.#batches = batches[Symbol.iterator]()
    try {
      for (;;) {
        yield* this.#takeResults()
        this.#handOut()
        if (this.#results.length > 0) continue
        if (this.#batches === undefined && this.#members.every(({ idle }) => idle)) return
        await this.#news()
      }
    } finally {
      await this.#finishBatches()
    }
  }

  /** What has come in; workers that finish meanwhile get their next batch in between. */
  *#takeResults(): Generator<ContentResult> {
    const results = this.#results
    this.#results = []
    for (const result of results) {
      yield result
      this.#handOut()
    }
  }

  async flush(): Promise<void> {
    for (const member of this.#members) flush(member)
    while (this.#members.some(({ flushes }) => flushes > 0)) await this.#news()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    const putAway = this.#options.guard.cancelled
    await Promise.all(this.#members.map((member) => stop(member, putAway)))
  }

  readonly #onAbort = () => {
    const putAway = !this.#options.guard.failed
    for (const member of this.#members) tell(member, { kind: 'stop', putAway })
    this.#stopping = true
    this.#wake()
  }

  /** Whoever stops reading early leaves nobody working. */
  async #finishBatches(): Promise<void> {
    this.#batches = undefined
    while (!this.#stopping && this.#members.some(({ idle }) => !idle)) {
      this.#results = []
      if (this.#options.guard.failed) return
      await this.#news()
    }
    this.#results = []
  }

  /** Resolves when a worker has said something. @throws when the run cannot go on */
  async #news(): Promise<void> {
    this.#options.guard.check()
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#options.guard.check()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  #handOut(): void {
    for (const member of this.#members) {
      if (!member.idle || this.#results.length >= MAX_WAITING_RESULTS) continue
      const next = this.#batches?.next()
      if (next === undefined || next.done === true) {
        this.#batches = undefined
        // Its last packfile is checked and written while others work and the catalogue is made.
        if (member.unflushed) flush(member)
        continue
      }
      member.idle = false
      member.unflushed = true
      tell(member, { kind: 'batch', batch: next.value })
    }
  }

  #spawn(number: number): Member {
    const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)
    const name = `worker ${number}`
    const thread = new Worker(entry, { workerData: this.#options.setup, name })
    const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    const member: Member = { name, thread, exited, idle: false, unflushed: false, flushes: 0 }
    thread.on('message', (message: FromWorker) => this.#hear(member, message))
    thread.on('error', (error) => this.#crashed(name, toError(error).message, error))
    thread.on('exit', (code) => this.#crashed(name, `exit code ${code}`))
    return member
  }

  #hear(member: Member, message: FromWorker): void {
    if (message.kind === 'idle') member.idle = true
    else if (message.kind === 'flushed') member.flushes -= 1
    else if (message.kind === 'result') this.#results.push(message.result)
    else if (message.kind === 'bytes') this.#options.onBytes(message.bytes)
    else if (message.kind === 'failed') this.#options.guard.fail(receivedError(message.error))
    else this.#options.onWritten(message.pack)
    if (message.kind !== 'bytes') this.#wake()
  }

  #crashed(worker: string, detail: string, cause?: unknown): void {
    if (this.#stopping) return
    this.#options.guard.fail(new WorkerCrashedError(worker, detail, { cause }))
    this.#wake()
  }
}

function flush(member: Member): void {
  member.unflushed = false
  member.flushes += 1
  tell(member, { kind: 'flush' })
}

function tell(member: Member, message: ToWorker): void {
  member.thread.postMessage(message)
}

async function stop(member: Member, putAway: boolean): Promise<void> {
  tell(member, { kind: 'stop', putAway })
  const timer = setTimeout(() => void member.thread.terminate(), STOP_TIMEOUT_MS)
  await member.exited
  clearTimeout(timer)
}
