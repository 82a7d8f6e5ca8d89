/**
 * How fast bytes may go over the line, on average, for all threads of the process together.
 *
 * The shared memory holds one number, the moment at which everything taken so far is paid for, in
 * microseconds of a clock that all threads share. Whoever wants to send waits until that moment,
 * having moved it on by the time its own bytes cost: a token bucket that holds one call.
 * @module
 */
export interface PaceClock {
  /** Microseconds of a clock that never jumps and is the same in every thread. */
  ticksUs(): bigint
  sleep(ms: number): Promise<void>
}

const US_PER_SECOND = 1_000_000

export class Pace {
  /** To be handed to the other threads. */
  readonly memory: SharedArrayBuffer
  readonly #bytesPerSecond: number
  readonly #paidAt: BigInt64Array
  readonly #clock: PaceClock

  constructor(bytesPerSecond: number, clock: PaceClock, memory = new SharedArrayBuffer(8)) {
    this.#bytesPerSecond = bytesPerSecond
    this.#clock = clock
    this.memory = memory
    this.#paidAt = new BigInt64Array(memory)
  }

  /** Waits until earlier bytes are paid for, and takes `bytes`. */
  async take(bytes: number): Promise<void> {
    const now = this.#clock.ticksUs()
    const startUs = this.#charge(bytes, now)
    if (startUs > now) await this.#clock.sleep(Number(startUs - now) / 1000)
  }

  /** Takes `bytes` that went over the line already: whoever comes next waits for them. */
  charge(bytes: number): void {
    this.#charge(bytes, this.#clock.ticksUs())
  }

  /** @returns when the bytes may go */
  #charge(bytes: number, now: bigint): bigint {
    const costUs = BigInt(Math.ceil((bytes / this.#bytesPerSecond) * US_PER_SECOND))
    for (;;) {
      const paidAt = Atomics.load(this.#paidAt, 0)
      const startUs = paidAt > now ? paidAt : now
      const seen = Atomics.compareExchange(this.#paidAt, 0, paidAt, startUs + costUs)
      if (seen === paidAt) return startUs
    }
  }
}
