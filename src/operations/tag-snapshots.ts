/**
 * Gives snapshots other tags, or makes duplicates of them.
 *
 * A snapshot cannot be changed. One with the new tags is made of the same tree, and only when it is
 * there the old one is removed: a crash in between leaves both, never none. The new one says in its
 * context which snapshot it was made for, and keeps time, name and all else.
 * @module
 */

import { readHeader } from '../kloset/reading/snapshot-header.ts'
import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import type { Repository } from '../kloset/repository.ts'
import { removeSnapshots } from '../kloset/state/remove-snapshots.ts'
import { copyHeader } from '../kloset/transfer/copy-header.ts'
import { CodedError } from '../util/coded-error.ts'
import { holdsInForce } from './holds/holds.ts'
import type { WorkOptions } from './work-options.ts'

export interface TagChange {
  add: readonly string[]
  remove: readonly string[]
  /** Takes the place of all tags there are; `add` and `remove` then apply to it. */
  set?: readonly string[]
}

export interface MadeSnapshot {
  /** The same as `original` when there was nothing to change. */
  id: string
  original: string
  tags: string[]
}

export interface MakeOptions extends WorkOptions {
  now: () => Date
}

/** A hold keeps this very snapshot, so none may take its place. */
export class SnapshotHeldError extends CodedError {
  readonly code = 'SNAPSHOT_HELD'
  constructor(id: string, hold: string) {
    super(`snapshot ${id.slice(0, 8)} cannot be given other tags: the hold "${hold}" keeps it`, {
      hint: 'A snapshot with other tags is another snapshot. End the hold first, or make a duplicate with "dup".',
    })
  }
}

/** @throws {SnapshotHeldError} before anything is changed */
export async function tagSnapshots(
  repository: Repository,
  references: readonly string[],
  change: TagChange,
  options: MakeOptions,
): Promise<MadeSnapshot[]> {
  const ids = await idsOf(repository, references)
  for (const id of ids) requireNotHeld(repository, id, options.now())
  const made: MadeSnapshot[] = []
  for (const original of ids) {
    const before = (await readHeader(repository, original)).tags ?? []
    const tags = changedTags(before, change)
    const isSame = tags.join('\n') === before.join('\n')
    const id = isSame ? original : await replace(repository, original, tags, options)
    made.push({ id, original, tags })
    options.progress.advance({ items: 1 })
  }
  return made
}

export async function duplicateSnapshots(
  repository: Repository,
  references: readonly string[],
  options: MakeOptions,
): Promise<MadeSnapshot[]> {
  const made: MadeSnapshot[] = []
  for (const original of await idsOf(repository, references)) {
    const id = await copyHeader(repository, original, (header) => header, headerOptions(options))
    made.push({ id, original, tags: (await readHeader(repository, id)).tags ?? [] })
    options.progress.advance({ items: 1 })
  }
  return made
}

async function replace(
  repository: Repository,
  original: string,
  tags: string[],
  options: MakeOptions,
): Promise<string> {
  const change = headerOptions(options)
  const id = await copyHeader(repository, original, (header) => ({ ...header, tags }), change)
  await repository.refresh()
  requireNotHeld(repository, original, options.now()) // since a moment ago; then both stay
  await removeSnapshots(repository, [original], options.now)
  return id
}

function headerOptions({ now, signal, progress }: MakeOptions) {
  return { now, signal, onWait: (what: string) => progress.stage(what) }
}

async function idsOf(repository: Repository, references: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const reference of references) ids.push(await findSnapshot(repository, reference))
  return [...new Set(ids)]
}

/** Sorted by when they came: those that stay, then the new ones. */
function changedTags(before: readonly string[], { add, remove, set }: TagChange): string[] {
  const unwanted = new Set(remove)
  return [...new Set([...(set ?? before), ...add])].filter((tag) => !unwanted.has(tag))
}

function requireNotHeld(repository: Repository, id: string, now: Date): void {
  for (const { covers, name } of holdsInForce(repository, now)) {
    const isHeld =
      covers === 'everything' || ('snapshots' in covers && covers.snapshots.includes(id))
    if (isHeld) throw new SnapshotHeldError(id, name)
  }
}
