/**
 * What a maintenance found, decided and did.
 * @module
 */
import type { Compacted } from './compact-states.ts'
import type { PackDecisions } from './decisions.ts'
import type { Repacked } from './repack.ts'

/** Why nothing was coloured, swept or repacked. */
export interface Refusal {
  code: 'CLOCK_WENT_BACKWARDS' | 'TOO_MUCH_WOULD_GO'
  message: string
}

export interface MaintenanceReport {
  dryRun: boolean
  /** Snapshots that are listed. */
  snapshots: number
  /** Ids of snapshots that are not listed but held. */
  held: string[]
  /** Ids of snapshots that no state lists, but that are whole; a repair lists them again. */
  unlisted: string[]
  /** Published packfiles before anything was done. */
  packfiles: number
  /** Blobs that are needed. */
  blobs: number
  /** Every decision, also those that were not carried out. */
  decisions: PackDecisions
  refusals: Refusal[]
  coloured: string[]
  rescued: string[]
  swept: string[]
  /** Files of packfiles that an earlier run deleted; they are gone now. */
  leftovers: string[]
  repacked: Repacked
  /** Undefined when states were not looked at. */
  states: Compacted | undefined
  bytesFreed: number
  /** Locks that were left behind, and are gone now. */
  locksRemoved: string[]
  /** Somebody added to the repository meanwhile; the next run does the rest. */
  endedEarly: boolean
}

export function emptyReport(
  dryRun: boolean,
): Omit<
  MaintenanceReport,
  'snapshots' | 'held' | 'unlisted' | 'packfiles' | 'blobs' | 'decisions' | 'refusals' | 'leftovers'
> {
  return {
    ...{ dryRun, coloured: [], rescued: [], swept: [] },
    repacked: { packfiles: [], into: [], bytes: 0, unreadable: [], endedEarly: false },
    ...{ states: undefined, bytesFreed: 0, locksRemoved: [], endedEarly: false },
  }
}
