/**
 * Whatever people and accidents do to a repository, one thing after the other, it holds what a
 * simple model says it holds. fast-check makes up the histories and shortens one that goes wrong.
 *
 * `SEED=n` gives the same histories each time, `HISTORIES=n` so many of them; a failure prints besides
 * what `FC_PATH` and `FC_REPLAY` are to be for the shortest one. `SLOW=1` works for ten minutes.
 * @module
 */
import fc from 'fast-check'
import { afterAll, describe, it, vi } from 'vitest'
import { ACCIDENTS } from '../support/faults/model-accidents.ts'
import { DEEDS } from '../support/faults/model-commands.ts'
import { World } from '../support/faults/model-world.ts'
import { SEED } from '../support/faults/seed.ts'
import { reseed } from '../support/faults/seeded-crypto.ts'

// Names are random, and what an accident meets depends on them.
vi.mock('node:crypto', async (original) => {
  const { seededCrypto } = await import('../support/faults/seeded-crypto.ts')
  return { ...(await original<typeof import('node:crypto')>()), ...seededCrypto }
})

const isSlow = process.env.SLOW === '1'
const HISTORIES = Number(process.env.HISTORIES ?? (isSlow ? 100_000 : 40))
const BUDGET_MS = isSlow || process.env.HISTORIES !== undefined ? 600_000 : 30_000
const { FC_PATH: path, FC_REPLAY: replayPath } = process.env

const done = new Map<string, number>()
let histories = 0
afterAll(() => {
  const lines = [...done].sort().map(([what, times]) => `  ${what.padEnd(34)}${times}\n`)
  process.stdout.write(
    `\nA model of a repository (SEED=${SEED}): ${histories} histories\n${lines.join('')}`,
  )
})

describe('a repository', () => {
  it('holds what was saved and not removed, whatever is done to it', async () => {
    const commands = fc.commands([...DEEDS, ...ACCIDENTS], {
      ...{ maxCommands: 24, size: 'max' },
      ...(replayPath === undefined ? {} : { replayPath }),
    })
    const history = fc.asyncProperty(commands, async (commands) => {
      reseed(SEED)
      await using world = await World.begin(SEED)
      const model = World.expected()
      await fc.asyncModelRun(() => ({ model, real: world }), commands)
      await world.confirmAll(model)
      histories += 1
      for (const command of commands) {
        const [what] = String(command).split('(')
        done.set(what!, (done.get(what!) ?? 0) + 1)
      }
    })
    await fc.assert(history, {
      ...{ seed: SEED, numRuns: HISTORIES, interruptAfterTimeLimit: BUDGET_MS },
      ...(path === undefined ? {} : { path }),
    })
  }, 900_000)
})
