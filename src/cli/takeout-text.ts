/**
 * The chain of exports, in words and as lines.
 * @module
 */
import type { ExportChain, SeenExport } from '../operations/takeout/export-chain.ts'
import type { TakeoutStatus, Waiting } from '../operations/takeout/takeout-status.ts'
import { formatColumns, formatCount, plural } from './format.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

export function takeoutLines({ exports, waiting, ...rest }: TakeoutStatus): object[] {
  return [
    ...exports.map((each) => ({ type: 'export', ...each })),
    ...waiting.map((each) => ({ type: 'waiting', ...each })),
    { type: 'takeout', exports: exports.length, ...rest, waiting: waiting.length },
  ]
}

export function takeoutText(status: TakeoutStatus, style: Style): string[] {
  const { exports, span, warnings, unreadable, waiting } = status
  const damage = unreadable.map((path) =>
    style.warning(`What is in ${printable(path)} cannot be read. Run: check --full`),
  )
  const head = span
    ? [style.strong(`${plural(exports.length, 'export')} from ${span.from} to ${span.to}`)]
    : []
  const next = isPast(status) ? undefined : scheduleText(status)
  return [
    ...head,
    ...formatColumns(exports.map(exportRow), '<<><').map((line) => `  ${line}`),
    ...(next === undefined ? [] : [next]),
    ...waitingText(waiting),
    ...warnings.map((warning) => style.warning(warning)),
    ...damage,
  ]
}

/** More are a case for --json. */
const MOST_NAMED = 5

/** What no export completed so far. */
function waitingText(waiting: readonly Waiting[]): string[] {
  const of = (kind: Waiting['kind']) => waiting.filter((each) => each.kind === kind)
  return [
    ...namedLines(of('sidecar'), (count) =>
      count === 1
        ? 'A metadata file waits for its photo; a later export may bring it:'
        : `${formatCount(count)} metadata files wait for their photos; a later export may bring them:`,
    ),
    ...namedLines(of('photo'), (count) =>
      count === 1
        ? 'A photo waits for its metadata file; a later export may bring it:'
        : `${formatCount(count)} photos wait for their metadata files; a later export may bring them:`,
    ),
  ]
}

function namedLines(waiting: readonly Waiting[], head: (count: number) => string): string[] {
  if (waiting.length === 0) return []
  const left = waiting.length - MOST_NAMED
  const named = waiting.slice(0, MOST_NAMED).map(({ path }) => `  ${printable(path)}`)
  return [head(waiting.length), ...named, ...(left > 0 ? [`  and ${formatCount(left)} more`] : [])]
}

/** Then the warning says all there is to say. */
function isPast({ schedule }: ExportChain): boolean {
  if (schedule === undefined || schedule.state === 'single') return false
  return schedule.state === 'ended' || schedule.seen === 1
}

const KINDS: Record<SeenExport['kind'], string> = {
  first: 'the first',
  full: 'full',
  incremental: 'incremental',
  unknown: '',
}

function exportRow({ id, made, imported, kind, added, runs }: SeenExport): string[] {
  const day = (made ?? imported).slice(0, 10)
  const more = runs > 1 ? `, in ${plural(runs, 'run')}` : ''
  return [day, KINDS[kind], formatCount(added), `new  ${printable(id)}${more}`]
}

/** One line: what is to be expected. Undefined while no export is known. */
export function scheduleText({ schedule }: ExportChain): string | undefined {
  if (!schedule) return undefined
  const { state, next, ends, seen } = schedule
  switch (state) {
    case 'ended':
      return `Takeout: the year of exports ended on ${ends}.`
    case 'single':
      return `Takeout: if it is ordered every two months, the next export is due on ${next}, and the year ends on ${ends}.`
    default: {
      const coming = next === undefined ? 'it was the last one' : `the next one is due on ${next}`
      return `Takeout: ${plural(seen, 'export')} of this year's order seen; ${coming}; the year ends on ${ends}.`
    }
  }
}

/** For the end of a backup: what to do if something is to be done, else what to expect. */
export function nextExport(chain: ExportChain, style: Style): string[] {
  if (chain.warnings.length > 0) return chain.warnings.map((warning) => style.warning(warning))
  const line = scheduleText(chain)
  return line === undefined ? [] : [line]
}
