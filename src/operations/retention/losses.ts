/**
 * A library that suddenly has far fewer photos than before is more likely an accident than a wish: an
 * account that was emptied, a disk that was not mounted, an export that came incomplete.
 * @module
 */

/** With less than this part of the photos a later snapshot is a loss. */
const ENOUGH = 0.8

interface Counted {
  id: string
  items: number | undefined
}

/**
 * The last snapshot with more photos than the newest one, so many more that it is a loss; the last
 * one before that with more again; and so on. With them the newest one that tells its number of
 * photos, without which nobody would know of the loss the next time.
 * @param newestFirst snapshots of one source; those of which nobody counted the photos are passed over
 */
export function beforeLosses(newestFirst: readonly Counted[]): string[] {
  const kept: string[] = []
  let later: { id: string; items: number } | undefined
  for (const { id, items } of newestFirst) {
    if (items === undefined) continue
    if (later !== undefined && items * ENOUGH <= later.items) continue
    if (later !== undefined) kept.push(id)
    if (later !== undefined && kept.length === 1) kept.unshift(later.id)
    later = { id, items }
  }
  return kept
}
