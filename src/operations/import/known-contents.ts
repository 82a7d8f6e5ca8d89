/**
 * Contents that need not be read again: their bytes lie in the repository already.
 *
 * Known from the ledgers of earlier imports, and from the journal an interrupted run left behind.
 * Both are hints only: a content counts as known when the repository proves to hold every chunk.
 * @module
 */
import type { StoredContent } from '../../kloset/workers/content.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'
import type { Entry } from '../../sources/source.ts'

export interface KnownContent {
  content: StoredContent
  facts: MediaFacts
}

/**
 * What makes two entries of different runs the same content: name, size and CRC-32 together.
 * The name counts without Takeout's `(n)`, which differs from export to export, and without the
 * case of its extension. A file of a folder has no CRC; it is known by the state the source saw it
 * in. Undefined when there is neither.
 */
export function contentKey(
  entry: Pick<Entry, 'path' | 'bytes' | 'crc32' | 'state'>,
): string | undefined {
  if (entry.crc32 === undefined) {
    return entry.state === undefined ? undefined : `${entry.bytes} state ${entry.state}`
  }
  const name = entry.path.slice(entry.path.lastIndexOf('/') + 1).normalize('NFC')
  const plain = name.toLowerCase().replace(/\(\d+\)(?=\.[^.]*$|$)/, '')
  return `${entry.bytes} ${entry.crc32.toString(16)} ${plain}`
}

/** Every key the survey's contents have: only these are worth remembering. */
export function keysOf(entries: readonly Entry[]): Set<string> {
  const keys = entries
    .filter((entry) => entry.class === 'media' || entry.kept === 'content')
    .map(contentKey)
    .filter((key) => key !== undefined)
  return new Set(keys)
}
