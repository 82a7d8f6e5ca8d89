/**
 * The last step of an import: the snapshot becomes visible, unless another import was faster.
 * @module
 */
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
}

export function commitImport(
  writer: SnapshotWriter,
  { repository, previous, report, growth, client }: ImportToCommit,
): Promise<{ id: string; bytesStored: number }> {
  const started = new Date(report.started)
  const header = {
    importer: { type: IMPORTER_TYPE, origin: 'takeout', directory: '/' },
    name: 'library',
    tags: [],
    timestamp: started,
    durationMs: Date.now() - started.getTime(),
    context: contextOf(report, growth, client),
  }
  const confirm = async () => {
    if (await isNewest(repository, previous)) return
    await writer.checkpoint() // what was read is known when it is run again
    throw new LibraryMovedOnError()
  }
  return writer.commit(header, { confirm })
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
