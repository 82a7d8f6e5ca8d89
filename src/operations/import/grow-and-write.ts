/**
 * What an import makes of the library, and the snapshot that says so: everything but its contents,
 * which are stored by then. Done again when another import was faster (publish-grown.ts).
 * @module
 */
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import { type Growth, growLibrary } from '../../photos/growth/grow-library.ts'
import type { Problem } from '../../photos/library.ts'
import type { Survey } from '../../sources/source.ts'
import type { Progress } from '../../util/progress.ts'
import { HALVES_PATH, IMPORTS_PATH } from '../snapshot-tree.ts'
import type { StoredReport } from '../stored-report.ts'
import { noteAmendments } from './amendments.ts'
import { type Arrivals, arrivingItems } from './arriving-items.ts'
import { circumstancesOf, growthProblems } from './circumstances.ts'
import { withDescribedBefore } from './described-before.ts'
import { halfLines, readHalves, type StoredHalves } from './halves.ts'
import { halvesNow } from './halves-now.ts'
import { storedReport } from './import-report.ts'
import { type JoinedExports, joinExports, joinedProblems } from './join-exports.ts'
import type { Ground, Grown } from './publish-grown.ts'
import type { ReadContents } from './read-contents.ts'
import { writeImportFolder, writeReport } from './write-import-folder.ts'
import { lostFiles, writeLibraryTree, writeText } from './write-tree.ts'

export interface ImportWork {
  id: string
  /** Of the source. */
  kind: string
  survey: Survey
  read: ReadContents
  writer: SnapshotWriter
  progress: Progress
  /** What the person says the export is. */
  told: 'full' | 'incremental' | undefined
  started: Date
  /** Of what was read before. */
  problems: readonly Problem[]
}

export async function growAndWrite(work: ImportWork, ground: Ground): Promise<Grown> {
  work.progress.stage('Writing the catalogue')
  const grown = await grow(work, ground)
  const report = await write(work, ground, grown)
  work.progress.stage('Publishing the snapshot')
  return { growth: grown.growth, report }
}

interface GrownLibrary {
  growth: Growth
  contents: Arrivals['contents']
  waiting: StoredHalves
  joined: JoinedExports | undefined
  /** Files whose content is not in the store any more. */
  lost: ReadonlySet<string>
  problems: Problem[]
}

async function grow(work: ImportWork, { previous, carried }: Ground): Promise<GrownLibrary> {
  const { kind, survey, read, told, started } = work
  const waiting = await readHalves(previous)
  const joined = await joinExports(previous, waiting, survey, read)
  const { items, contents } = arrivingItems(read, { kind, ...(joined ? { joined } : {}) })
  await noteAmendments(items, read.inventory, survey, carried)
  const inventory = joined?.inventory ?? read.inventory
  const open = joinedProblems(read.inventory.problems, joined)
  const circumstances = circumstancesOf({ inventory, problems: open, kind, told, started, joined })
  const growth = growLibrary(previous.library, items, inventory.albums, circumstances)
  const lost = lostFiles(growth.library, carried.paths, contents)
  const problems = [
    ...[...lost, ...carried.lost].map(lostContent),
    ...[...work.problems, ...carried.problems, ...waiting.problems],
    ...growthProblems(growth),
    ...withDescribedBefore(open, read, growth.library),
  ]
  return { growth, contents, waiting, joined, lost, problems }
}

async function write(
  { id, survey, read, writer, started }: ImportWork,
  { carried }: Ground,
  { growth, contents, waiting, joined, lost, problems }: GrownLibrary,
): Promise<StoredReport> {
  const { library } = growth
  const folder = { path: `${IMPORTS_PATH}/${id}`, read, growth, carried, now: started }
  await writeLibraryTree(writer, { library, contents, carried: carried.paths, lost, now: started })
  const rows = await writeImportFolder(writer, survey, folder)
  const halves = await halvesNow(waiting.rows, { id, survey, read, rows, joined, library })
  await writeText(writer, HALVES_PATH, halfLines(halves.rows), started)
  const found = { growth, problems, started, joined, halves: halves.counts }
  const report = storedReport(id, survey, read, found)
  await writeReport(writer, report, folder)
  return report
}

function lostContent(path: string): Problem {
  const message =
    'An earlier import saved this file, and its content is no longer in the store. It stays in the catalogue; another copy of the store, or an archive that has it, brings it back'
  return { code: 'LOST_CONTENT', path, message }
}
