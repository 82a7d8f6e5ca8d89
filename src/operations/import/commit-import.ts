/**
 * The last step of an import: the snapshot becomes visible, unless another import was faster.
 *
 * Its time is when the import began; but later than that of the snapshot it grew from, whatever the
 * clocks of two computers say: the newest one must be the one that has everything.
 * @module
 */
import { timestampToDate } from '../../kloset/msgpack/timestamp.ts'
import type { Repository } from '../../kloset/repository.ts'
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import type { Growth } from '../../photos/growth/grow-library.ts'
import { CONTEXT, IMPORTER_TYPE } from '../snapshot-tree.ts'
import type { StoredReport } from '../stored-report.ts'
import { isNewest, LibraryMovedOnError, type PreviousLibrary } from './previous-library.ts'

export interface ImportToCommit {
  repository: Repository
  previous: PreviousLibrary
  report: StoredReport
  growth: Growth
  client: string
  /** Awaited before it is looked whether another import was faster. */
  beforeLook: () => Promise<void>
}

export function commitImport(
  writer: SnapshotWriter,
  { repository, previous, report, growth, client, beforeLook }: ImportToCommit,
): Promise<{ id: string; bytesStored: number }> {
  const started = new Date(report.started)
  const header = {
    importer: { type: IMPORTER_TYPE, origin: 'takeout', directory: '/' },
    name: 'library',
    tags: [],
    timestamp: laterThan(previous, started),
    durationMs: Date.now() - started.getTime(),
    context: contextOf(report, growth, client),
  }
  const confirm = async () => {
    await beforeLook()
    if (!(await isNewest(repository, previous))) throw new LibraryMovedOnError()
  }
  return writer.commit(header, { confirm })
}

function laterThan({ reader }: PreviousLibrary, started: Date): Date {
  const earlier = reader && timestampToDate(reader.header.timestamp).getTime()
  return new Date(Math.max(started.getTime(), (earlier ?? 0) + 1))
}

function contextOf(report: StoredReport, { library }: Growth, client: string): [string, string][] {
  return [
    [CONTEXT.client, client],
    [CONTEXT.items, String(library.items.length)],
    [CONTEXT.albums, String(library.albums.length)],
    [CONTEXT.status, report.status],
    [CONTEXT.source, report.source],
    [CONTEXT.import, report.import],
  ]
}
