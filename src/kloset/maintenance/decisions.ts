/**
 * What is to become of each packfile: a pure function of what was found out. Every decision is part
 * of the report.
 *
 *   not needed                          → coloured now, swept after the grace period by a later run
 *   coloured, but needed after all      → rescued
 *   coloured for the grace period       → swept
 *   coloured not so long                → waits
 *   mostly not needed                   → what is needed is copied, then it is coloured
 *   unknown to every state, and old     → coloured; younger ones may belong to a run under way, and
 *                                         what a snapshot consists of stays for a repair to list
 *
 * @module
 */
import type { PackUse } from './pack-use.ts'

export interface PackFacts {
  /** Of every packfile that states publish. */
  uses: ReadonlyMap<string, PackUse>
  /** Coloured ones, with the time (ns); those no state publishes as well. */
  coloured: ReadonlyMap<string, bigint>
  /** In the store, but no state publishes them. */
  orphans: readonly Orphan[]
}

export interface Orphan {
  name: string
  /** When it was made, as it says itself (ns); undefined when it cannot be read. */
  made: bigint | undefined
  /** A snapshot that no state lists, but that is whole, needs something in it. */
  isNeeded: boolean
}

export interface PackRules {
  /** ns since 1970. */
  now: bigint
  graceNs: bigint
  /** Packfiles of which a smaller share is needed are repacked; 0 repacks none. */
  repackBelow: number
}

export interface PackDecisions {
  /** Not needed, and coloured from now on. */
  colour: string[]
  /** Orphans among {@link colour}. */
  orphans: string[]
  rescue: string[]
  sweep: string[]
  /** Coloured, and when their time comes (ns). */
  waiting: { packfile: string; until: bigint }[]
  repack: string[]
  /** Coloured at a time that has not come yet: a clock was, or is, wrong. */
  ahead: string[]
  /** Orphans that may belong to a run under way, that a repair can use, or that cannot be read. */
  leftAlone: string[]
}

export function decide(facts: PackFacts, rules: PackRules): PackDecisions {
  const decisions: PackDecisions = {
    ...{ colour: [], orphans: [], rescue: [], sweep: [] },
    ...{ waiting: [], repack: [], ahead: [], leftAlone: [] },
  }
  for (const [name, use] of facts.uses) {
    const since = facts.coloured.get(name)
    if (since === undefined) decideLive(name, use, rules, decisions)
    else if (use.isIrreplaceable) decisions.rescue.push(name)
    else decideColoured(name, since, rules, decisions)
  }
  for (const orphan of facts.orphans) {
    const since = facts.coloured.get(orphan.name)
    if (since === undefined) decideOrphan(orphan, rules, decisions)
    else if (orphan.isNeeded) decisions.rescue.push(orphan.name)
    else decideColoured(orphan.name, since, rules, decisions)
  }
  return decisions
}

function decideLive(
  name: string,
  { bytes, neededBytes }: PackUse,
  { repackBelow }: PackRules,
  { colour, repack }: PackDecisions,
): void {
  if (neededBytes === 0) colour.push(name)
  else if (neededBytes < bytes * repackBelow) repack.push(name)
}

function decideColoured(
  name: string,
  since: bigint,
  { now, graceNs }: PackRules,
  { sweep, waiting, ahead }: PackDecisions,
): void {
  if (since > now) ahead.push(name)
  else if (since + graceNs <= now) sweep.push(name)
  else waiting.push({ packfile: name, until: since + graceNs })
}

function decideOrphan(
  { name, made, isNeeded }: Orphan,
  { now, graceNs }: PackRules,
  { colour, orphans, leftAlone }: PackDecisions,
): void {
  if (isNeeded || made === undefined || made + graceNs > now) {
    leftAlone.push(name)
    return
  }
  colour.push(name)
  orphans.push(name)
}
