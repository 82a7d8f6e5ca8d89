/**
 * What is known of an import as a whole when its library grows: how new it is, and whether it can
 * be whole at all.
 * @module
 */
import type { Growth, ImportCircumstances } from '../../photos/growth/grow-library.ts'
import type { Problem, ProblemCode, SeenAlbum } from '../../photos/library.ts'
import type { Inventory } from '../../sources/source.ts'
import { exportStamp, newestStamp } from './export-stamp.ts'
import type { JoinedExports } from './join-exports.ts'

export interface Told {
  inventory: Inventory
  problems: readonly Problem[]
  /** Kind of the source. */
  kind: string
  told: 'full' | 'incremental' | undefined
  started: Date
  joined?: JoinedExports | undefined
}

export function circumstancesOf({
  inventory,
  problems,
  kind,
  told,
  started,
  joined,
}: Told): ImportCircumstances {
  const exports = inventory.summary.exports.map(({ id }) => id)
  const dated = exports.filter((id) => exportStamp(id) !== undefined)
  const stamp = newestStamp(exports)
  const gap =
    kind === 'takeout' ? gapOf(problems, inventory, joined) : 'it is not an export of Google Photos'
  return {
    ...(told === undefined ? {} : { told }),
    ...(gap === undefined ? {} : { gap }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(joined ? { seenAt: joined.seenAt } : {}),
    exports: dated,
    ...(joined?.isWhole ? { joined: dated } : {}),
    export: exports.at(-1) ?? '',
    now: started.toISOString(),
  }
}

/** Something of the export was not read, so nothing can be concluded from what it lacks. */
const GAPS: ReadonlyMap<ProblemCode, string> = new Map<ProblemCode, string>([
  ['MISSING_PART', 'a part of it is missing'],
  ['MISSING_FILES', 'files of it are missing'],
  ['DAMAGED_PART', 'a part of it is damaged'],
  ['NOT_AN_ARCHIVE', 'a part of it is damaged'],
  ['DAMAGED_ENTRY', 'a file of it could not be read'],
  ['REJECTED', 'a file of it was refused'],
])

/** A few photos that Google did not export are in no way unusual. */
const MOST_ORPHANS = 0.01

function gapOf(
  problems: readonly Problem[],
  { entries, summary }: Inventory,
  joined: JoinedExports | undefined,
): string | undefined {
  const open = problems.filter(({ resolved }) => !resolved)
  for (const { code } of open) if (GAPS.has(code)) return GAPS.get(code)
  // Also those whose photo another export brought: it is missing in this one all the same.
  const orphans = entries.filter(
    (entry) => entry.class === 'sidecar' && entry.apart && !joined?.halves.has(entry.index),
  )
  const isMuch = orphans.length > summary.sidecars * MOST_ORPHANS
  return isMuch ? 'photos are missing whose metadata are there' : undefined
}

/** More than this can hardly be what somebody wanted. */
const ALARMING_SHARE = 0.2

/** What the person should know about how the library grew. */
export function growthProblems(growth: Growth): Problem[] {
  const { extent, vanished, sameShots, library } = growth
  const problems = growth.ambiguousAlbums.map(ambiguousAlbum)
  if (extent.kind === 'full' && vanished > extent.known * ALARMING_SHARE) {
    const message = `${vanished} of ${extent.known} photos and videos that Google Photos had are not in this export. They are kept and marked as vanished. If you did not delete them, look for a part of the export that is missing`
    problems.push({ code: 'MANY_VANISHED', path: 'library', message })
  }
  const pathOf = new Map(library.items.map(({ id, files }) => [id, files[0]!.path]))
  for (const { id, path } of sameShots) {
    const message = `Other bytes, but the same camera, moment, name and size as ${pathOf.get(id)}: it is kept beside it, as one photo`
    problems.push({ code: 'SAME_SHOT', path, message, resolved: true })
  }
  return problems
}

function ambiguousAlbum({ title, folders }: SeenAlbum): Problem {
  const message = `Other exports have several albums "${title}", and nothing tells which of them this one is: it stays an album of its own`
  return { code: 'AMBIGUOUS', path: folders[0] ?? title, message }
}
