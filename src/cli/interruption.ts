/**
 * Ctrl-C and friends. The first signal asks the work to stop cleanly, the second ends the program
 * at once; what is in the repository is usable either way.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The part of `process` that signals come from. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
}

export interface InterruptionOptions {
  /** Told at the first signal. */
  onFirst: () => void
  /** Ends the program without waiting. */
  onSecond: () => void
}

/** Somebody pressed Ctrl-C at a prompt. */
export class InterruptedError extends CodedError {
  readonly code = 'ABORTED'
  constructor() {
    super('interrupted')
  }
}

/** Aborts `signal` at the first of the signals that end programs; stops listening when disposed. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController()
  readonly #source: SignalSource
  readonly #listener: () => void

  constructor(source: SignalSource, { onFirst, onSecond }: InterruptionOptions) {
    this.#source = source
    this.#listener = () => {
      if (this.signal.aborted) return onSecond()
      onFirst()
      this.#controller.abort()
    }
    for (const signal of SIGNALS) source.on(signal, this.#listener)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) this.#source.off(signal, this.#listener)
  }
}
