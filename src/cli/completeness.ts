/**
 * Whether all of an export is here, in words.
 * @module
 */
import type { Completeness, Verdict } from '../sources/source.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

export const COMPLETENESS: Readonly<Record<Completeness, string>> = {
  complete: 'Yes, all of it',
  incomplete: 'No, something is missing',
  'cannot-tell': 'That cannot be told',
}

/** The answer, and a line for each reason. Nothing where the source cannot judge it. */
export function completenessLines(verdict: Verdict | undefined, style: Style): string[] {
  if (!verdict) return []
  const paint = { complete: style.good, incomplete: style.warning, 'cannot-tell': style.strong }
  return [
    `  ${paint[verdict.answer](`${COMPLETENESS[verdict.answer]}.`)}`,
    ...reasonTexts(verdict).map((text) => `    - ${printable(text)}`),
  ]
}

/** With the export they are about, where there are several. */
export function reasonTexts({ reasons }: Verdict): string[] {
  const exports = new Set(reasons.flatMap((reason) => reason.export ?? []))
  return reasons.map(({ export: id, message }) =>
    id !== undefined && exports.size > 1 ? `${id}: ${message}` : message,
  )
}
