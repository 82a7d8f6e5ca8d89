import { timestampToDate } from '../../kloset/msgpack/timestamp.ts'
import type { HeaderRecord } from '../../kloset/records/header.ts'
import { snapshotLine } from '../list-snapshots.ts'
import { type GroupKey, groupNames } from '../query/snapshot-query.ts'
import type { RetentionFacts } from './retention.ts'

/** What retention needs to know of a snapshot, from its header alone. */
export function retentionFacts(header: HeaderRecord, groupBy?: GroupKey): RetentionFacts {
  const { items, status } = snapshotLine(header)
  return {
    id: header.identifier,
    taken: timestampToDate(header.timestamp),
    tags: header.tags ?? [],
    source: sourceOf(header),
    groups: groupBy === undefined ? [] : groupNames(header, groupBy),
    items,
    complete: status === 'complete',
  }
}

/**
 * A library is one source, whatever exports it was fed with. For other programs it is the kind of
 * source, the computer, the folder and the name given to it.
 */
function sourceOf({ name, sources }: HeaderRecord): string {
  const { type, origin, directory } = sources[0]!.importer
  return JSON.stringify([type, origin, directory, name])
}
