/**
 * The chain of exports: Google makes one every two months for a year, six in all, and then stops
 * without a word. What is seen of it tells when the next one is due and when it must be ordered
 * again. Source: reference notes on Takeout archives, "Choices the user makes".
 * @module
 */

export interface SeenExport {
  id: string
  /** When Google made it, ISO instant; absent where its name does not say. */
  made?: string
  /** When it was first imported, ISO instant. */
  imported: string
  kind: 'first' | 'full' | 'incremental' | 'unknown'
  /** Photos and videos that it brought. */
  added: number
  /** Runs in which it was imported. */
  runs: number
}

export interface ExportChain {
  /** Oldest first. */
  exports: SeenExport[]
  /** First and last day, `YYYY-MM-DD`. */
  span?: { from: string; to: string }
  /** The order at Google that the newest export belongs to; a single export may be one or not. */
  schedule?: {
    began: string
    ends: string
    /** Exports of it that were seen. */
    seen: number
    /** Absent when the schedule ends before. */
    next?: string
    /** `single`: nothing shows yet that there will be a next one. */
    state: 'running' | 'overdue' | 'ends-soon' | 'ended' | 'single'
  }
  /** What to do now, one sentence each. */
  warnings: string[]
}

const MONTHS_BETWEEN = 2
const MONTHS_OF_SCHEDULE = 12
/** Google starts late, works for days, and the download takes its time. */
const LATE_DAYS = 14
const WARN_DAYS = 30
const DAY_MS = 86_400_000
/** Exports further apart than this do not come from one order. */
const SAME_ORDER_DAYS = 80
/** Nearer than this they are not two links of the schedule, but one ordered by hand. */
const BY_HAND_DAYS = 45

export const HOW_TO_RENEW =
  'At takeout.google.com: Deselect all, tick Google Photos, Next step, "Export every 2 months for 1 year", .zip, 50 GB, Create export'

export function exportChain(seen: readonly SeenExport[], now: Date): ExportChain {
  const exports = [...seen].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
  const last = exports.at(-1)
  if (!last) return { exports, warnings: [`No export was imported yet. ${HOW_TO_RENEW}.`] }
  const span = { from: timeOf(exports[0]!).slice(0, 10), to: timeOf(last).slice(0, 10) }
  const schedule = scheduleOf(exports, now)
  return { exports, span, schedule, warnings: warningsOf(schedule, now) }
}

const timeOf = ({ made, imported }: SeenExport) => made ?? imported

function scheduleOf(exports: readonly SeenExport[], now: Date) {
  const times = exports.map((each) => new Date(timeOf(each)))
  const order = newestOrder(times)
  const began = order[0]!
  const last = order.at(-1)!
  const ends = addMonths(began, MONTHS_OF_SCHEDULE)
  const next = addMonths(last, MONTHS_BETWEEN)
  const hasNext = next.getTime() < ends.getTime()
  return {
    began: day(began),
    ends: day(ends),
    seen: order.length,
    ...(hasNext ? { next: day(next) } : {}),
    state: stateOf({ order, next, hasNext, ends }, now),
  }
}

/** The exports of one order, back from the newest: each about two months after the one before. */
function newestOrder(times: readonly Date[]): Date[] {
  let order = [times.at(-1)!]
  for (const time of [...times].slice(0, -1).reverse()) {
    const days = (order[0]!.getTime() - time.getTime()) / DAY_MS
    if (days < BY_HAND_DAYS) continue
    if (days > SAME_ORDER_DAYS) break
    if (addMonths(time, MONTHS_OF_SCHEDULE).getTime() <= order.at(-1)!.getTime()) break
    order = [time, ...order]
  }
  return order
}

function stateOf(
  chain: { order: readonly Date[]; next: Date; hasNext: boolean; ends: Date },
  now: Date,
): NonNullable<ExportChain['schedule']>['state'] {
  if (now.getTime() >= chain.ends.getTime()) return 'ended'
  if (chain.ends.getTime() - now.getTime() <= WARN_DAYS * DAY_MS) return 'ends-soon'
  if (chain.order.length < 2) return isLate(chain, now) ? 'overdue' : 'single'
  return chain.hasNext && isLate(chain, now) ? 'overdue' : 'running'
}

const isLate = ({ next }: { next: Date }, now: Date) =>
  now.getTime() - next.getTime() > LATE_DAYS * DAY_MS

function warningsOf(schedule: NonNullable<ExportChain['schedule']>, now: Date): string[] {
  const { state, began, ends, next, seen } = schedule
  // A single export may have been ordered once: nothing is said of a schedule nobody has seen.
  if (seen === 1 && state !== 'single') {
    return [
      `The last export is of ${began}: newer photos are not in it. Order one. ${HOW_TO_RENEW}.`,
    ]
  }
  switch (state) {
    case 'ended':
      return [`The year of exports ended on ${ends}: no new ones come. Renew it. ${HOW_TO_RENEW}.`]
    case 'ends-soon': {
      const days = Math.ceil((Date.parse(ends) - now.getTime()) / DAY_MS)
      return [`The year of exports ends in ${days} days, on ${ends}. Renew it. ${HOW_TO_RENEW}.`]
    }
    case 'overdue':
      return [
        `An export was expected on ${next} and was not imported. Look into your mail for its links, which expire after a week; if there is none, order anew. ${HOW_TO_RENEW}.`,
      ]
    default:
      return []
  }
}

/** The same day of a later month, or that month's last one. UTC. */
function addMonths(date: Date, months: number): Date {
  const later = new Date(date)
  later.setUTCMonth(later.getUTCMonth() + months)
  if (later.getUTCDate() !== date.getUTCDate()) later.setUTCDate(0)
  return later
}

const day = (date: Date) => date.toISOString().slice(0, 10)
