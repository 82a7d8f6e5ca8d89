/**
 * Takes the states of a store into an index: all of them, whatever others do meanwhile.
 *
 * A state that was listed and is gone when it is read was merged into another one, which the
 * listing may not have had yet. So the store is listed again until everything listed was read: an
 * index that misses entries would take blobs for absent that are there, and, worse, packfiles for
 * sound that are about to be swept.
 * @module
 */
import { NotInStoreError } from '../../stores/store.ts'
import { DamagedFileError, DamagedRepositoryError } from '../damage.ts'
import { loadState, type StateTools } from './state-file.ts'
import type { StateIndex } from './state-index.ts'

/** Requests under way at once; a remote store answers each in some tenths of a second. */
const MOST_IN_FLIGHT = 16
/** As long as nobody knows how large states are. */
const FIRST_IN_FLIGHT = 4
/** Plain bytes of states that may be waiting: what a state takes in memory is a multiple. */
const MAX_WAITING_BYTES = 48 * 1024 * 1024
/** How often a state may be listed and yet be absent before the store is not believed. */
const MAX_ABSENCES = 3

export interface TakenIn {
  /** Every state of the last listing. */
  listed: Set<string>
  /** States that are there but cannot be read. */
  damaged: Map<string, DamagedRepositoryError>
  /** How many states were read, and their plain bytes. */
  states: number
  bytes: number
}

/** @throws whatever the store throws when it does not answer: then the index is not complete */
export async function takeInStates(tools: StateTools, index: StateIndex): Promise<TakenIn> {
  const absences = new Map<string, number>()
  const damaged = new Map<string, DamagedRepositoryError>()
  let [states, bytes] = [0, 0]
  while (true) {
    const listed = await listStates(tools)
    const merged = index.mergedStates()
    const waiting = [...listed].filter(
      (id) => !index.hasState(id) && !merged.has(id) && !damaged.has(id),
    )
    const reading = new Reading(tools, index, waiting)
    await reading.finish()
    states += reading.states
    bytes += reading.bytes
    for (const [id, error] of reading.damaged) damaged.set(id, error)
    for (const id of reading.absent) {
      const times = (absences.get(id) ?? 0) + 1
      absences.set(id, times)
      if (times >= MAX_ABSENCES) damaged.set(id, neverThere(id))
    }
    if (reading.absent.length === 0) return { listed, damaged, states, bytes }
  }
}

async function listStates({ store }: StateTools): Promise<Set<string>> {
  const listed = new Set<string>()
  for await (const id of store.list('state')) listed.add(id)
  return listed
}

/** Reads states side by side. Each is taken in at once and let go: the order means nothing. */
class Reading {
  readonly damaged = new Map<string, DamagedRepositoryError>()
  readonly absent: string[] = []
  states = 0
  bytes = 0
  readonly #tools: StateTools
  readonly #index: StateIndex
  readonly #waiting: string[]
  #inFlight = 0
  #largest = 0

  constructor(tools: StateTools, index: StateIndex, waiting: readonly string[]) {
    this.#tools = tools
    this.#index = index
    this.#waiting = waiting.toReversed()
  }

  /** Resolves when all is read; rejects with the first failure, when nothing is under way any more. */
  finish(): Promise<void> {
    return new Promise((resolve, reject) => {
      let failure: { error: unknown } | undefined
      const next = () => {
        while (failure === undefined && this.#mayStart()) {
          this.#inFlight += 1
          this.#take(this.#waiting.pop()!)
            .catch((error: unknown) => {
              failure ??= { error }
            })
            .finally(() => {
              this.#inFlight -= 1
              next()
            })
        }
        if (this.#inFlight > 0) return
        if (failure === undefined) resolve()
        else reject(failure.error)
      }
      next()
    })
  }

  #mayStart(): boolean {
    return this.#waiting.length > 0 && this.#inFlight < this.#allowed()
  }

  #allowed(): number {
    if (this.#largest === 0) return FIRST_IN_FLIGHT
    return Math.min(MOST_IN_FLIGHT, Math.max(1, Math.floor(MAX_WAITING_BYTES / this.#largest)))
  }

  async #take(id: string): Promise<void> {
    try {
      const state = await loadState(this.#tools, id)
      this.#index.ingest(id, state)
      this.states += 1
      this.bytes += state.plainBytes
      this.#largest = Math.max(this.#largest, state.plainBytes)
    } catch (error) {
      if (error instanceof NotInStoreError) this.absent.push(id)
      else if (error instanceof DamagedRepositoryError) this.damaged.set(id, error)
      else throw error
    }
  }
}

function neverThere(id: string): DamagedFileError {
  return new DamagedFileError(`state ${id}`, 'the store lists it but does not have it')
}
