/**
 * Which snapshots a policy keeps, and why: a pure function.
 *
 * Rules apply to each source by itself, and a snapshot that any rule keeps is kept. Besides, whatever
 * the rules say, these stay:
 *
 * - the newest snapshot of every source, and the newest complete one;
 * - the last one before a loss: the newest has less than 80 % of its photos;
 * - what lies in the future: somebody's clock was wrong, and nobody knows whose.
 *
 * An incomplete snapshot never takes the place of a complete one: every rule is applied twice, to
 * all snapshots and to the complete ones alone, and what either keeps is kept. So a rule keeps at
 * least what it would keep if incomplete snapshots did not exist.
 *
 * A period is represented by its newest snapshot, as in restic; periods are those of the local time
 * zone. Spans (`keep-within`) count from the newest snapshot of the source, so that a clock that
 * runs ahead, or a long pause, removes nothing.
 * @module
 */
import { earlierBy, type Period, periodOf } from '../query/calendar.ts'
import { matchPeriod } from '../query/snapshot-query.ts'
import { beforeLosses } from './losses.ts'
import { nameOfRule, type RetentionPolicy, type RetentionRule } from './policy.ts'

/** What retention knows of a snapshot. */
export interface RetentionFacts {
  id: string
  taken: Date
  tags: readonly string[]
  /** Where it came from; what is counted together by default. */
  source: string
  /** Groups it is in when the policy names a key; one of them is enough to keep it. */
  groups: readonly string[]
  /** Photos and videos; unknown for snapshots of other programs. */
  items: number | undefined
  complete: boolean
}

export type Protection = 'newest' | 'newest-complete' | 'before-loss' | 'future'

/** Why a snapshot stays. */
export type KeepReason =
  | { kind: 'rule'; rule: string; bucket?: string; rank?: number }
  | { kind: Protection }

/** Nothing keeps a snapshot that is not in the answer. */
export function keptByPolicy(
  snapshots: readonly RetentionFacts[],
  policy: RetentionPolicy,
  now: Date,
): Map<string, KeepReason[]> {
  const kept = new Map<string, KeepReason[]>()
  const keep = (id: string, reason: KeepReason) => {
    const reasons = kept.get(id)
    if (reasons) reasons.push(reason)
    else kept.set(id, [reason])
  }
  const ordered = [...snapshots].sort(newestFirst)
  const present = ordered.filter(({ taken }) => taken <= now)
  for (const group of groupsOf(present, policy)) {
    for (const rule of policy.rules) {
      for (const [id, reason] of keptByRule(group, rule, now)) keep(id, reason)
    }
  }
  for (const [id, kind] of protectedAlways(snapshots, now)) keep(id, { kind })
  return kept
}

/** What stays whatever a policy or a query says, unless it is named. */
export function protectedAlways(
  snapshots: readonly RetentionFacts[],
  now: Date,
): Map<string, Protection> {
  const kept = new Map<string, Protection>()
  const ordered = [...snapshots].sort(newestFirst)
  for (const { id, taken } of ordered) if (taken > now) kept.set(id, 'future')
  for (const source of bySource(ordered.filter(({ taken }) => taken <= now))) {
    for (const id of beforeLosses(source)) kept.set(id, 'before-loss')
    const newestComplete = source.find(({ complete }) => complete)
    if (newestComplete) kept.set(newestComplete.id, 'newest-complete')
    if (source[0]) kept.set(source[0].id, 'newest')
  }
  return kept
}

function groupsOf(ordered: readonly RetentionFacts[], { groupBy }: RetentionPolicy) {
  return groupBy === undefined ? bySource(ordered) : grouped(ordered, ({ groups }) => groups)
}

const bySource = (ordered: readonly RetentionFacts[]) => grouped(ordered, ({ source }) => [source])

function grouped(
  ordered: readonly RetentionFacts[],
  keysOf: (facts: RetentionFacts) => readonly string[],
): RetentionFacts[][] {
  const groups = new Map<string, RetentionFacts[]>()
  for (const facts of ordered) {
    for (const key of keysOf(facts)) {
      const group = groups.get(key)
      if (group) group.push(facts)
      else groups.set(key, [facts])
    }
  }
  return [...groups.values()]
}

/** `group` newest first. */
function keptByRule(
  group: readonly RetentionFacts[],
  rule: RetentionRule,
  now: Date,
): Map<string, KeepReason> {
  const complete = group.filter((facts) => facts.complete)
  return new Map([...applyRule(group, rule, now), ...applyRule(complete, rule, now)])
}

function* applyRule(
  group: readonly RetentionFacts[],
  rule: RetentionRule,
  now: Date,
): Generator<[string, KeepReason]> {
  const reason = { kind: 'rule' as const, rule: nameOfRule(rule) }
  switch (rule.kind) {
    case 'last':
      for (const [at, { id }] of group.slice(0, rule.count).entries()) {
        yield [id, { ...reason, rank: at + 1 }]
      }
      break
    case 'period':
      for (const [{ id }, bucket, rank] of newestOfEach(group, rule.period)) {
        if (rank <= rule.count) yield [id, { ...reason, bucket, rank }]
      }
      break
    case 'within':
      yield* keptWithin(group, rule, reason)
      break
    case 'tags':
      for (const { id, tags } of group) {
        if (rule.tags.every((tag) => tags.includes(tag))) yield [id, reason]
      }
      break
    case 'matcher':
      for (const [id, { bucket, rank }] of matchPeriod(group, rule.matcher, now)) {
        yield [id, { ...reason, bucket, rank }]
      }
  }
}

function* keptWithin(
  group: readonly RetentionFacts[],
  { span, period }: Extract<RetentionRule, { kind: 'within' }>,
  reason: Extract<KeepReason, { kind: 'rule' }>,
): Generator<[string, KeepReason]> {
  const [newest] = group
  if (newest === undefined) return
  const first = earlierBy(newest.taken, span)
  const recent = group.filter(({ taken }) => taken >= first)
  if (period === undefined) for (const { id } of recent) yield [id, reason]
  else {
    for (const [{ id }, bucket, rank] of newestOfEach(recent, period)) {
      yield [id, { ...reason, bucket, rank }]
    }
  }
}

/** The newest of each period with its name and its place among the periods, 1 being the newest. */
function* newestOfEach(
  group: readonly RetentionFacts[],
  period: Period,
): Generator<[RetentionFacts, string, number]> {
  let previous: string | undefined
  let rank = 0
  for (const facts of group) {
    const bucket = periodOf(period, facts.taken)
    if (bucket !== previous) yield [facts, bucket, ++rank]
    previous = bucket
  }
}

/** Of the same moment, by id: the answer must not depend on the order of a listing. */
function newestFirst(a: RetentionFacts, b: RetentionFacts): number {
  return b.taken.getTime() - a.taken.getTime() || (a.id < b.id ? -1 : 1)
}
