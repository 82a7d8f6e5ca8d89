/**
 * A repository and a copy of it, beside a model of both: which snapshots there are, with what in
 * them, which were removed, what is held. The model knows no packfiles, states or locks.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Random, randomFrom } from '../../../scripts/sample-library/random.ts'
import { DamagedRepositoryError } from '../../../src/kloset/damage.ts'
import { type CheckReport, checkRepository } from '../../../src/kloset/reading/check.ts'
import { openSnapshot } from '../../../src/kloset/reading/snapshot-reader.ts'
import { openRepository, type Repository } from '../../../src/kloset/repository.ts'
import { acquireLock, release } from '../../../src/kloset/state/locks.ts'
import { randomMac } from '../../../src/kloset/state/random-mac.ts'
import { removeSnapshots } from '../../../src/kloset/state/remove-snapshots.ts'
import { holdsInForce } from '../../../src/operations/holds/holds.ts'
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts'
import type { Store } from '../../../src/stores/store.ts'
import { concatBytes, equalBytes } from '../../../src/util/bytes.ts'
import { quietly } from '../../../src/util/progress.ts'
import { FakeClock } from '../fake-clock.ts'
import {
  type Files,
  makeTiny,
  readFiles,
  sameFiles,
  TINY_PASSPHRASE,
  TINY_START,
} from './tiny-library.ts'

const MINUTE = 60_000

export interface Removed {
  files: Files
  /** What only it needed may have been deleted since. */
  mayBeFinal: boolean
  /** When, by the calendar, and how often somebody had set that before. */
  at: number
  jumps: number
}

/** What should be true. Snapshots by id. */
export interface Expected {
  main: Map<string, Files>
  copy: Map<string, Files>
  /** From the main repository. */
  removed: Map<string, Removed>
  /** Snapshots whose removal somebody who was killed was about to take back. */
  mayReturn: Set<string>
  /** Snapshots held in the main repository, by the name of the hold. */
  holds: Map<string, string>
  /** Of every run that began, whether or not it said that it saved anything. */
  attempts: Files[]
  /** A state was damaged: what only it said (a removal, the end of a hold) may be forgotten. */
  statesWereLost: boolean
}

export class World implements AsyncDisposable {
  readonly clock = new FakeClock(TINY_START)
  readonly now = () => this.clock.now()
  readonly signal = new AbortController().signal
  readonly main = new MemoryStore('main')
  readonly copy = new MemoryStore('copy')
  readonly folder = mkdtempSync(join(tmpdir(), 'tintype-model-'))
  readonly cacheDir = join(this.folder, 'cache')
  /** How often the calendar was set. */
  jumps = 0
  #numbers = 0
  /** Snapshots in the copy when that was looked at last. */
  #copied = 0
  readonly #random: Random

  private constructor(seed: number) {
    this.#random = randomFrom(seed)
  }

  static async begin(seed: number): Promise<World> {
    const world = new World(seed)
    await makeTiny(world.main, { now: world.now })
    await makeTiny(world.copy, { now: world.now, encrypted: true })
    return world
  }

  static expected(): Expected {
    return {
      ...{ main: new Map(), copy: new Map(), removed: new Map(), holds: new Map() },
      mayReturn: new Set(),
      ...{ attempts: [], statesWereLost: false },
    }
  }

  /** What an operation is given. */
  get work() {
    return { progress: quietly, signal: this.signal, now: this.now, clock: this.clock }
  }

  /** As a new process opens it, with what earlier ones left on this computer. */
  open(store: Store): Promise<Repository> {
    const passphrase = async () => TINY_PASSPHRASE
    return openRepository(store, { passphrase, cacheDir: this.cacheDir })
  }

  /** Whoever was killed left a lock behind, and that is found out. */
  async outwaitLocks(): Promise<void> {
    this.clock.advance(11 * MINUTE)
    await using repository = await this.open(this.main)
    const id = randomMac()
    await acquireLock(repository, id, { exclusive: true, clock: this.clock })
    await release(repository, id)
  }

  /** A number like no other in this world. */
  nextNumber(): number {
    this.#numbers += 1
    return this.#numbers
  }

  wipeLocal(): void {
    rmSync(this.cacheDir, { recursive: true, force: true })
  }

  async check(store: Store): Promise<CheckReport> {
    await using repository = await this.open(store)
    const snapshots = repository.index.snapshots()
    return checkRepository(repository, { level: 'full', snapshots, ...this.work })
  }

  /** What lies in the main repository that the model does not know must be some run's. */
  async adoptUnknown(expected: Expected): Promise<void> {
    await using repository = await this.open(this.main)
    for (const id of repository.index.snapshots()) {
      if (expected.main.has(id)) continue
      const wasSaved = expected.statesWereLost || expected.mayReturn.has(id)
      if (expected.removed.has(id) && !wasSaved) {
        throw new Error(`snapshot ${id} was removed, and is there again`)
      }
      const files = await this.#readUnlessSwept(expected, repository, id)
      if (files === undefined) continue
      if (!expected.attempts.some((attempt) => sameFiles(attempt, files))) {
        throw new Error(`snapshot ${id} is what nobody ever saved`)
      }
      expected.main.set(id, files)
      expected.removed.delete(id)
    }
  }

  /** Only a lost state said that it was removed, and it was swept: somebody removes it once more. */
  async #readUnlessSwept(
    { removed, statesWereLost }: Expected,
    repository: Repository,
    id: string,
  ): Promise<Files | undefined> {
    try {
      return await readFiles(repository, id)
    } catch (error) {
      const isSwept = statesWereLost && removed.get(id)?.mayBeFinal === true
      if (!isSwept || !(error instanceof DamagedRepositoryError)) throw error
      await removeSnapshots(repository, [id], this.now)
      return undefined
    }
  }

  /** What a killed program may have removed. */
  async noticeRemoved(expected: Expected): Promise<void> {
    await using repository = await this.open(this.main)
    for (const [id, files] of [...expected.main]) {
      if (repository.index.hasSnapshot(id)) continue
      if (!repository.index.isUnwanted(id)) throw new Error(`${id} is gone, and nobody removed it`)
      expected.main.delete(id)
      const [at, jumps] = [this.now().getTime(), this.jumps]
      expected.removed.set(id, { files, mayBeFinal: false, at, jumps })
    }
  }

  /** When a state is lost, nobody knows any more what only it said was removed, held or let go. */
  async acceptResurrected(expected: Expected): Promise<void> {
    await this.adoptUnknown(expected)
    await using repository = await this.open(this.main)
    expected.holds.clear()
    for (const [name, id] of heldBy(repository, this)) expected.holds.set(name, id)
  }

  /** After every command: the lists are right, and some file of some snapshot is. */
  async confirm(expected: Expected): Promise<void> {
    for (const side of ['main', 'copy'] as const) {
      if (side === 'copy' && expected.copy.size === this.#copied) continue // opening takes long
      await using repository = await this.open(this[side])
      requireSame(`snapshots of ${side}`, repository.index.snapshots(), [...expected[side].keys()])
      if (side === 'main') requireSame('holds', heldBy(repository, this), [...expected.holds])
      if (expected[side].size === 0) continue
      const [id, files] = this.#random.pick([...expected[side]])
      const path = this.#random.pick(Object.keys(files))
      await requireFile(repository, id, path, files[path]!)
    }
    this.#copied = expected.copy.size
  }

  /** In the end: everything restores, and a check of every byte has nothing to say. */
  async confirmAll(expected: Expected): Promise<void> {
    for (const side of ['main', 'copy'] as const) {
      await using repository = await this.open(this[side])
      for (const [id, files] of expected[side]) {
        const isWhole = sameFiles(await readFiles(repository, id), files)
        if (!isWhole) throw new Error(`snapshot ${id} of ${side} has other files`)
      }
      const { problems } = await this.check(this[side])
      requireSame(`problems of ${side}`, problems.map(inWords), [])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function heldBy(repository: Repository, { now }: World): [string, string][] {
  return holdsInForce(repository, now()).map(({ name, covers }) => {
    const snapshots = typeof covers === 'object' && 'snapshots' in covers ? covers.snapshots : []
    return [name, snapshots.join()]
  })
}

export async function requireFile(
  repository: Repository,
  id: string,
  path: string,
  expected: Uint8Array,
): Promise<void> {
  const reader = await openSnapshot(repository, id)
  const entry = await reader.entry(path)
  if (entry === undefined) throw new Error(`${id}:${path} is not there`)
  const parts: Uint8Array[] = []
  for await (const part of reader.content(entry)) parts.push(part)
  if (!equalBytes(concatBytes(parts), expected)) throw new Error(`${id}:${path} has other bytes`)
}

export function requireSame(what: string, found: unknown[], expected: unknown[]): void {
  const [a, b] = [found, expected].map((list) => JSON.stringify(list.map(String).sort()))
  if (a !== b) throw new Error(`${what}: found ${a}, expected ${b}`)
}

export function inWords({ code, subject, message }: CheckReport['problems'][number]): string {
  return `${code} ${subject}: ${message}`
}
