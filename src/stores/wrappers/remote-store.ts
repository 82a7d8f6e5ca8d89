/**
 * What every store on a network is wrapped in: limits, then patience, then copies nearby. The
 * environment sets the limits:
 *
 *   TINTYPE_LIMIT_UPLOAD     bytes a second, as 500k, 2M or 1G (powers of 1024); none by default
 *   TINTYPE_LIMIT_DOWNLOAD   the same for reading
 *   TINTYPE_CONNECTIONS      calls at a time in each thread, 1 to 64; 8 by default
 * @module
 */

import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { CodedError } from '../../util/coded-error.ts'
import type { Store, StoreSettings } from '../store.ts'
import { CachedStore } from './cached-store.ts'
import { CopyShelf } from './copy-shelf.ts'
import { LimitedStore, type Limits } from './limited-store.ts'
import { Pace, type PaceClock } from './pace.ts'
import { type Patience, RetryingStore } from './retrying-store.ts'

const DEFAULT_CONNECTIONS = 8
const MAX_CONNECTIONS = 64
const MAX_COPIES_BYTES = 1024 * 1024 * 1024
const UNITS: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

/** A variable of the environment does not say what it should. */
export class InvalidSettingError extends CodedError {
  readonly code = 'INVALID_SETTING'
  constructor(name: string, value: string, expected: string) {
    super(`${name}=${value} is not ${expected}`, { hint: `Set ${name} anew, or unset it.` })
  }
}

const PATIENCE = {
  budgetMs: 15 * 60_000,
  firstContactBudgetMs: 30_000,
  firstDelayMs: 500,
  maxDelayMs: 60_000,
  ticksMs: () => performance.now(),
  random: () => Math.random(),
  // An interrupted wait ends; what it waited for is then given up.
  sleep: (ms: number, signal: AbortSignal) => after(ms, undefined, { signal }).catch(() => {}),
} satisfies Patience

const CLOCK: PaceClock = {
  ticksUs: () => process.hrtime.bigint() / 1000n,
  sleep: (ms) => after(ms),
}

/** @throws {InvalidSettingError} */
export function asRemote(
  store: Store,
  settings: StoreSettings,
  { signal, onWait }: Pick<Patience, 'signal' | 'onWait'>,
): Store {
  const patient = new RetryingStore(new LimitedStore(store, limitsIn(settings)), {
    ...PATIENCE,
    signal,
    onWait,
  })
  if (settings.cacheDir === undefined) return patient
  const folder = join(settings.cacheDir, 'copies')
  const shelf = new CopyShelf(folder, { maxBytes: MAX_COPIES_BYTES, now: () => new Date() })
  return new CachedStore(patient, shelf)
}

function limitsIn({ env, paces }: StoreSettings): Limits {
  const pace = (name: string, memory: SharedArrayBuffer | undefined) => {
    const bytesPerSecond = rateIn(env, name)
    return bytesPerSecond === undefined ? undefined : new Pace(bytesPerSecond, CLOCK, memory)
  }
  return {
    parallel: connectionsIn(env),
    up: pace('TINTYPE_LIMIT_UPLOAD', paces?.up),
    down: pace('TINTYPE_LIMIT_DOWNLOAD', paces?.down),
  }
}

function rateIn(env: StoreSettings['env'], name: string): number | undefined {
  const value = env[name]
  if (!value) return undefined
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b(?:\/s)?)?$/i.exec(value)
  const rate = match ? Number(match[1]) * UNITS[match[2]!.toLowerCase()]! : 0
  if (rate >= 1) return rate
  throw new InvalidSettingError(name, value, 'a number of bytes a second, as 500k or 2M')
}

function connectionsIn(env: StoreSettings['env']): number {
  const value = env.TINTYPE_CONNECTIONS
  if (!value) return DEFAULT_CONNECTIONS
  const connections = /^\d{1,2}$/.test(value) ? Number(value) : 0
  if (connections >= 1 && connections <= MAX_CONNECTIONS) return connections
  throw new InvalidSettingError(
    'TINTYPE_CONNECTIONS',
    value,
    `a number from 1 to ${MAX_CONNECTIONS}`,
  )
}
