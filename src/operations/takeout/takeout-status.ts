/**
 * `takeout status`: the chain of exports, from the reports that imports left in the newest snapshot.
 * @module
 */
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../kloset/repository.ts'
import { fromUtf8 } from '../../util/bytes.ts'
import { stampInstant } from '../import/export-stamp.ts'
import { parseHalves, waitingHalves } from '../import/halves.ts'
import { newestLibrary } from '../import/previous-library.ts'
import { HALVES_PATH, IMPORTS_PATH, MAX_REPORT_BYTES, REPORT_NAME } from '../snapshot-tree.ts'
import type { StoredReport } from '../stored-report.ts'
import { type ExportChain, exportChain, type SeenExport } from './export-chain.ts'

export interface TakeoutStatus extends ExportChain {
  /** Import folders whose report cannot be read. */
  unreadable: string[]
  /** What lacks its other half: photos without metadata file, metadata files without photo. */
  waiting: Waiting[]
}

export interface Waiting {
  kind: 'photo' | 'sidecar'
  /** Where its export has it. */
  path: string
  export: string
}

export async function takeoutStatus(repository: Repository, now: Date): Promise<TakeoutStatus> {
  const reader = await newestLibrary(repository)
  const unreadable: string[] = []
  const exports = new Map<string, SeenExport>()
  for await (const report of reader ? storedReports(reader, unreadable) : []) {
    noteReport(report, exports)
  }
  const waiting = reader ? await whatWaits(reader, unreadable) : []
  return { ...exportChain([...exports.values()], now), unreadable, waiting }
}

/** None in a library of a version that kept no list of them. */
async function whatWaits(reader: SnapshotReader, unreadable: string[]): Promise<Waiting[]> {
  if (!(await reader.entry(HALVES_PATH))) return []
  try {
    return waitingHalves(await parseHalves(reader)).map(
      ({ class: kind, path, export: exportId }) => ({
        ...{ kind: kind === 'media' ? 'photo' : 'sidecar', path, export: exportId },
      }),
    )
  } catch {
    unreadable.push(HALVES_PATH)
    return []
  }
}

/** By their names, which begin with their time. */
async function* storedReports(
  reader: SnapshotReader,
  unreadable: string[],
): AsyncGenerator<StoredReport> {
  if (!(await reader.entry(IMPORTS_PATH))) return
  for await (const folder of reader.list(IMPORTS_PATH)) {
    try {
      const bytes = await reader.readFile(`${folder.path}/${REPORT_NAME}`, MAX_REPORT_BYTES)
      yield JSON.parse(fromUtf8(bytes)) as StoredReport
    } catch {
      unreadable.push(folder.path)
    }
  }
}

/** What several exports brought in one run counts for the newest of them. */
function noteReport(report: StoredReport, exports: Map<string, SeenExport>): void {
  const ids = report.summary.exports.map(({ id }) => id)
  const dated = ids.filter((id) => stampInstant(id) !== undefined).sort()
  for (const id of dated) {
    const known = exports.get(id)
    const made = stampInstant(id)
    const added = id === dated.at(-1) ? report.added : 0
    const kind = report.extent?.kind ?? 'unknown'
    exports.set(id, {
      id,
      ...(made === undefined ? {} : { made }),
      imported: known?.imported ?? report.started,
      kind: kindAfter(known?.kind, kind),
      added: (known?.added ?? 0) + added,
      runs: (known?.runs ?? 0) + 1,
    })
  }
}

/** The parts of the first export are all of the first export. */
function kindAfter(known: SeenExport['kind'] | undefined, now: SeenExport['kind']) {
  return known === 'first' ? 'first' : now
}
