/**
 * What is to become of each snapshot, before anything happens to it.
 * @module
 */
import type { HeaderRecord } from '../../kloset/records/header.ts'
import type { Repository } from '../../kloset/repository.ts'
import { CodedError } from '../../util/coded-error.ts'
import { coverage } from '../holds/coverage.ts'
import type { Hold } from '../holds/hold-record.ts'
import { type SnapshotLine, snapshotLine } from '../list-snapshots.ts'
import type { KeepReason } from './retention.ts'

export type HeldReason = { kind: 'held'; hold: Hold }

export interface Decision {
  snapshot: SnapshotLine
  action: 'keep' | 'remove'
  /** Why it stays; empty when nothing keeps it. */
  reasons: readonly (KeepReason | HeldReason)[]
}

export interface RemovalPlan {
  /** Newest first. */
  decisions: readonly Decision[]
  /** Ids of what is to go. */
  removes: readonly string[]
  /** How many snapshots there are, those without a decision included. */
  snapshots: number
}

export interface PlanOptions {
  now: Date
  signal?: AbortSignal
}

/**
 * @param considered newest first; nothing else is touched
 * @param kept reasons of those that stay, by id
 */
export async function planRemoval(
  repository: Repository,
  considered: readonly HeaderRecord[],
  kept: ReadonlyMap<string, readonly KeepReason[]>,
  options: PlanOptions,
): Promise<RemovalPlan> {
  const candidates = considered.map(({ identifier }) => identifier).filter((id) => !kept.has(id))
  const needed = await heldBack(repository, candidates, options)
  const decisions = considered.map((header): Decision => {
    const held = needed.get(header.identifier) ?? []
    const reasons = [
      ...(kept.get(header.identifier) ?? []),
      ...held.map((hold) => ({ kind: 'held' as const, hold })),
    ]
    const action = reasons.length > 0 ? 'keep' : 'remove'
    return { snapshot: snapshotLine(header), action, reasons }
  })
  const removes = candidates.filter((id) => !needed.has(id))
  return { decisions, removes, snapshots: repository.index.snapshots().length }
}

/** Which of them holds keep, by id, when all others stay. */
export function heldBack(
  repository: Repository,
  candidates: readonly string[],
  options: PlanOptions,
): Promise<Map<string, Hold[]>> {
  const leaving = new Set(candidates)
  const staying = repository.index.snapshots().filter((id) => !leaving.has(id))
  return coverage(repository, { candidates, staying, ...options })
}

/** What was named cannot go, because somebody holds it. */
export class HeldError extends CodedError {
  readonly code = 'HELD'
  constructor(held: ReadonlyMap<string, readonly Hold[]>) {
    const sentences = [...held].map(
      ([id, holds]) => `${id.slice(0, 8)} by ${holds.map(describe).join(' and ')}`,
    )
    super(`nothing was removed, because something is held: ${sentences.join('; ')}`, {
      hint: 'See what it covers with "hold ls". Who may end it: hold rm NAME --reason TEXT',
    })
  }
}

function describe({ name, reason, author, end }: Hold): string {
  const until = end === undefined ? '' : ` until ${end.slice(0, 10)}`
  return `"${name}"${until} (${[reason, author].filter((text) => text !== '').join('; ')})`
}
