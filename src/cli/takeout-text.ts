/**
 * The chain of exports, in words and as lines.
 * @module
 */
import type { ExportChain, SeenExport } from '../operations/takeout/export-chain.ts'
import type { TakeoutStatus } from '../operations/takeout/takeout-status.ts'
import { formatColumns, formatCount, plural } from './format.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

export function takeoutLines({ exports, ...rest }: TakeoutStatus): object[] {
  return [
    ...exports.map((each) => ({ type: 'export', ...each })),
    { type: 'takeout', exports: exports.length, ...rest },
  ]
}

export function takeoutText(status: TakeoutStatus, style: Style): string[] {
  const { exports, span, warnings, unreadable } = status
  const damage = unreadable.map((path) =>
    style.warning(`The report in ${printable(path)} cannot be read. Run: check --full`),
  )
  const head = span
    ? [style.strong(`${plural(exports.length, 'export')} from ${span.from} to ${span.to}`)]
    : []
  const next = scheduleText(status)
  return [
    ...head,
    ...formatColumns(exports.map(exportRow), '<<><').map((line) => `  ${line}`),
    ...(next === undefined || status.schedule?.state === 'ended' ? [] : [next]),
    ...warnings.map((warning) => style.warning(warning)),
    ...damage,
  ]
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
