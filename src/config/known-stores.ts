/**
 * What this machine remembers of the stores it worked with: where they are, which copies were made
 * of them, how the last drill went. It is what the recovery kit prints, and nothing depends on it.
 *
 * One file a repository, `known-stores/REPOSITORY-ID.json` in the configuration folder:
 *
 *   {"version":1,"id":"32 hex","places":[{"location":"…","lastUsed":"ISO instant"}],
 *    "copies":[{"id":"32 hex","location":"…","lastSynced":"ISO instant"}],"lastDrill":{…}}
 *
 * Locations are those that are safe to print: credentials are not in them. Files that cannot be
 * understood count as absent, and one that cannot be written is no reason to fail: what was asked for
 * has been done by then.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const VERSION = 1
const REPOSITORY_ID = /^[0-9a-f]{32}$/

export interface KnownPlace {
  location: string
  /** ISO instant. */
  lastUsed: string
}

export interface KnownCopy {
  /** Of the repository that the copies were made into. */
  id: string
  location: string
  /** ISO instant. */
  lastSynced: string
}

export interface LastDrill {
  /** ISO instant. */
  at: string
  status: 'sound' | 'damaged' | 'unread'
  snapshot: string
  items: number
  /** How many there were to choose from. */
  of: number
  seconds: number
}

export interface KnownStore {
  id: string
  places: KnownPlace[]
  copies: KnownCopy[]
  lastDrill?: LastDrill
}

export class KnownStores {
  readonly #folder: string

  constructor(configDir: string) {
    this.#folder = join(configDir, 'known-stores')
  }

  /** Everything remembered of a repository; nothing of one that is new here. */
  async recall(id: string): Promise<KnownStore> {
    const nothing: KnownStore = { id, places: [], copies: [] }
    if (!REPOSITORY_ID.test(id)) return nothing
    try {
      const record: unknown = JSON.parse(await readFile(this.#path(id), 'utf8'))
      return isKnownStore(record) && record.id === id ? record : nothing
    } catch {
      return nothing
    }
  }

  /** The store was used at this place. */
  async rememberPlace(id: string, location: string, now: Date): Promise<void> {
    await this.#change(id, ({ places }) => {
      const others = places.filter((place) => place.location !== location)
      return { places: [...others, { location, lastUsed: now.toISOString() }] }
    })
  }

  /** Snapshots of the store are in the other one, too. */
  async rememberCopy(id: string, copy: { id: string; location: string }, now: Date): Promise<void> {
    await this.#change(id, ({ copies }) => {
      const others = copies.filter(({ location }) => location !== copy.location)
      return { copies: [...others, { ...copy, lastSynced: now.toISOString() }] }
    })
  }

  async rememberDrill(id: string, lastDrill: LastDrill): Promise<void> {
    await this.#change(id, () => ({ lastDrill }))
  }

  async #change(id: string, change: (known: KnownStore) => Partial<KnownStore>): Promise<void> {
    if (!REPOSITORY_ID.test(id)) return
    const known = await this.recall(id)
    const record = { version: VERSION, ...known, ...change(known) }
    const draft = `${this.#path(id)}.${randomUUID()}`
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await writeFile(draft, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 })
      await rename(draft, this.#path(id))
    } catch {
      await rm(draft, { force: true }).catch(() => {}) // it is only remembered, never needed
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`)
  }
}

function isKnownStore(record: unknown): record is KnownStore {
  if (typeof record !== 'object' || record === null) return false
  const { version, id, places, copies } = record as Record<string, unknown>
  return (
    version === VERSION &&
    typeof id === 'string' &&
    isListOf(places, 'location', 'lastUsed') &&
    isListOf(copies, 'id', 'location', 'lastSynced')
  )
}

function isListOf(list: unknown, ...keys: string[]): boolean {
  if (!Array.isArray(list)) return false
  return list.every(
    (each: unknown) =>
      typeof each === 'object' &&
      each !== null &&
      keys.every((key) => typeof (each as Record<string, unknown>)[key] === 'string'),
  )
}
