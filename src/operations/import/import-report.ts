/**
 * The report of an import, as it lies in the snapshot.
 * @module
 */
import type { Growth } from '../../photos/growth/grow-library.ts'
import type { Problem } from '../../photos/library.ts'
import type { Inventory, Survey, Verdict } from '../../sources/source.ts'
import { statusOfReading } from '../outcome.ts'
import type { HalvesCounts, StoredReport } from '../stored-report.ts'
import { halvesReasons } from './halves-now.ts'
import type { JoinedExports } from './join-exports.ts'
import { libraryFacts } from './library-facts.ts'
import type { ReadContents } from './read-contents.ts'

/** What is stored of an import, and told of it. */
export function storedReport(
  id: string,
  survey: Survey,
  read: ReadContents,
  {
    growth,
    problems,
    started,
    joined,
    halves,
  }: {
    growth: Growth
    problems: Problem[]
    started: Date
    joined: JoinedExports | undefined
    halves: HalvesCounts
  },
): StoredReport {
  const { summary: own } = read.inventory
  const verdict = joined?.inventory.summary.verdict ?? own.verdict
  const summary = { ...own, ...(verdict ? { verdict: withHalves(verdict, halves) } : {}) }
  return {
    import: id,
    started: started.toISOString(),
    source: describeSource(read.inventory),
    status: statusOfReading(problems, growth.library.items.length),
    items: growth.library.items.length,
    added: growth.added,
    changed: growth.changed,
    unchanged: growth.unchanged,
    vanished: growth.vanished,
    extent: growth.extent,
    library: libraryFacts(growth.library),
    halves,
    ...rejectionsOf(read.inventory),
    bytesRead: survey.bytesRead + bytesStoredFrom(read, survey),
    problems,
    summary,
  }
}

function withHalves({ answer, reasons }: Verdict, halves: HalvesCounts): Verdict {
  return { answer, reasons: [...reasons, ...halvesReasons(halves)] }
}

/** Every rejected entry counts once: it was damaged, or refused without reading. */
export function rejectionsOf({ problems, summary }: Inventory): {
  failed: number
  refused: number
} {
  const failed = problems.filter(({ code }) => code === 'DAMAGED_ENTRY').length
  return { failed, refused: summary.rejected - failed }
}

/** Which exports, never where they lay: local paths do not belong into a snapshot. */
function describeSource(inventory: Inventory): string {
  return inventory.summary.exports.map(({ id }) => id).join('+')
}

/** Bytes read after the survey: contents that were neither known before nor stored as they passed. */
export function bytesStoredFrom(read: ReadContents, survey: Survey): number {
  let bytes = 0
  for (const [index, stored] of read.stored) {
    const wasCounted = read.known.has(index) || survey.taken?.has(index)
    if (!wasCounted) bytes += stored.size
  }
  return bytes
}
