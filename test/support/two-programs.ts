/**
 * The real plakar and our own program, on stores below one folder that is gone in the end. Plakar has
 * homes, each with caches of its own: one that saw a store before is warm, a new one is cold.
 * @module
 */
import { type FSWatcher, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openRepository, type Repository } from '../../src/kloset/repository.ts'
import { checkRepositoryAt } from '../../src/operations/check-repository.ts'
import { openStore } from '../../src/stores/registry.ts'
import { quietly } from '../../src/util/progress.ts'
import { PLAKAR, plakarEnv, runPlakar, stopPlakar } from './plakar.ts'
import { PASSPHRASE, type Ran, runProgram, runTintype } from './run-program.ts'

/** plakar may leave its own lock behind for minutes; this way it takes none. */
export const UNLOCKED = { PLAKAR_LOCKLESS: '1' }
/** A maintenance that deletes what an earlier one, however short ago, found not to be needed. */
export const AT_ONCE = { ...UNLOCKED, PLAKAR_GRACEPERIOD: '0s' }

export class TwoPrograms implements AsyncDisposable {
  readonly folder: string
  /** A home of plakar that is used again and again. */
  readonly warm: string
  readonly #homes: string[] = []

  private constructor(folder: string) {
    this.folder = folder
    this.warm = join(folder, 'warm')
  }

  static async start(): Promise<TwoPrograms> {
    const programs = new TwoPrograms(mkdtempSync(join(tmpdir(), 'tintype-interop-')))
    await programs.#furnish(programs.warm)
    return programs
  }

  /** A home of plakar that knows nothing. */
  async cold(): Promise<string> {
    const home = mkdtempSync(join(this.folder, 'cold-'))
    await this.#furnish(home)
    return home
  }

  /** What plakar writes to its standard output. Fails when it fails. */
  async plakar(
    store: string,
    args: readonly string[],
    { home = this.warm, env = UNLOCKED }: { home?: string; env?: Record<string, string> } = {},
  ): Promise<string> {
    const ran = await runPlakar(home, ['at', store, ...args], env)
    expect(ran, `plakar ${args.join(' ')}: ${ran.stderr}${ran.stdout}`).toMatchObject({ code: 0 })
    return ran.stdout
  }

  /** Fails when our program fails. */
  async tintype(store: string, args: readonly string[]): Promise<Ran> {
    const ran = await runTintype(this.folder, ['at', store, ...args])
    expect(ran, `tintype ${args.join(' ')}: ${ran.stderr}${ran.stdout}`).toMatchObject({ code: 0 })
    return ran
  }

  /** Ids of snapshots, sorted, as our program lists them. */
  ids(store: string): Promise<string[]> {
    return withRepository(store, async ({ index }) => index.snapshots().sort())
  }

  /** The same as plakar lists them. */
  async plakarIds(store: string, home = this.warm): Promise<string[]> {
    const listed = await this.plakar(store, ['ls', '-uuid'], { home })
    return (listed.match(/\b[0-9a-f]{64}\b/g) ?? []).sort()
  }

  /** Two maintenances of plakar: what the first one colours, the second one deletes. */
  async cleanWithPlakar(store: string, home = this.warm): Promise<void> {
    for (let turn = 0; turn < 2; turn++) {
      await this.plakar(store, ['maintenance'], { home, env: AT_ONCE })
    }
  }

  /** Both list the same and find nothing wrong, plakar in a warm home and in another one. */
  async expectSound(store: string, cold?: string): Promise<void> {
    await expectFullySound(store)
    const ids = await this.ids(store)
    for (const home of [this.warm, cold ?? (await this.cold())]) {
      expect(await this.plakarIds(store, home)).toEqual(ids)
      if (ids.length > 0) await this.plakar(store, ['check'], { home })
    }
  }

  /** Kills a plakar as soon as it has a lock. @returns the id of the lock that it leaves */
  async killWithLock(store: string, command: readonly string[]): Promise<string> {
    const locks = join(store, 'locks')
    const before = readdirSync(locks)
    const left = () => readdirSync(locks).find((id) => isId(id) && !before.includes(id))
    for (let attempt = 0; attempt < 20; attempt++) {
      let watcher: FSWatcher | undefined
      await runProgram(PLAKAR!, ['-stdio', 'at', store, ...command], {
        env: plakarEnv(this.warm, { PLAKAR_GRACEPERIOD: '0s' }),
        onStart: (child) => {
          watcher = watch(locks, () => {
            if (left() !== undefined) child.kill('SIGKILL')
          })
        },
      })
      watcher?.close()
      const id = left()
      if (id !== undefined) return id
    }
    throw new Error('plakar was always faster than the signal')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const home of this.#homes) await stopPlakar(home)
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #furnish(home: string): Promise<void> {
    this.#homes.push(home)
    await runPlakar(home, ['-disable-security-check'])
  }
}

/** Our full check finds nothing. */
export async function expectFullySound(store: string): Promise<void> {
  const { problems } = await withRepository(store, (repository) =>
    checkRepositoryAt(repository, {
      ...{ level: 'full', progress: quietly, signal: new AbortController().signal },
      now: () => new Date(),
    }),
  )
  expect(problems).toEqual([])
}

/** Opens a store for `work`, without a local cache. */
export async function withRepository<T>(
  store: string,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  await using repository = await openRepository(await openStore(store, { env: {} }), {
    passphrase: async () => PASSPHRASE,
  })
  return await work(repository)
}

/** As opposed to a file that is still being written. */
const isId = (name: string) => /^[0-9a-f]{64}$/.test(name)
