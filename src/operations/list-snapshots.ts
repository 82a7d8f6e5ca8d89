import { timestampToDate } from '../kloset/msgpack/timestamp.ts'
import { listSnapshots } from '../kloset/reading/snapshot-list.ts'
import type { HeaderRecord } from '../kloset/records/header.ts'
import type { Repository } from '../kloset/repository.ts'
import { type SnapshotQuery, selectSnapshots } from './query/snapshot-query.ts'
import { CONTEXT } from './snapshot-tree.ts'

export interface SnapshotLine {
  id: string
  /** ISO instant. */
  taken: string
  /** Photos and videos; absent for snapshots of other programs. */
  items?: number
  /** Sum of all file sizes. */
  bytes: number
  source: string
  /** As the import ended; `complete` for snapshots of other programs. */
  status: string
}

/** What `query` means, newest first; without one, all. Reads headers only. */
export async function listSnapshotLines(
  repository: Repository,
  query?: SnapshotQuery,
): Promise<SnapshotLine[]> {
  const headers = await listSnapshots(repository)
  const meant = query ? selectSnapshots(headers, query, new Date()) : headers
  return meant.map(snapshotLine)
}

export function snapshotLine(header: HeaderRecord): SnapshotLine {
  const source = header.sources[0]
  const items = contextValue(header, CONTEXT.items)
  const importer = source?.importer
  return {
    id: header.identifier,
    taken: timestampToDate(header.timestamp).toISOString(),
    ...(items === undefined ? {} : { items: Number(items) }),
    bytes: totalBytes(header),
    source:
      contextValue(header, CONTEXT.source) ?? `${importer?.type}:${importer?.directory ?? ''}`,
    status: contextValue(header, CONTEXT.status) ?? 'complete',
  }
}

export function contextValue(header: HeaderRecord, key: string): string | undefined {
  return header.context?.find((pair) => pair.key === key)?.value
}

function totalBytes(header: HeaderRecord): number {
  const summary = header.sources[0]?.summary
  return (summary?.directory.size ?? 0) + (summary?.below.size ?? 0)
}
