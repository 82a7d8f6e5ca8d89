/**
 * Snapshots that were made of others, in words and as lines.
 * @module
 */
import type { MadeSnapshot } from '../operations/tag-snapshots.ts'
import { printable } from './printable.ts'

export function* madeLines(made: readonly MadeSnapshot[]): Generator<object> {
  for (const snapshot of made) yield { type: 'snapshot', ...snapshot }
  yield { type: 'result', status: 'complete', snapshots: made.length }
}

export function madeText({ id, original, tags }: MadeSnapshot, what: 'tags' | 'duplicate'): string {
  const now = tags.length === 0 ? 'no tags' : `tags ${tags.map(printable).join(', ')}`
  if (id === original) return `${id.slice(0, 8)} has these tags already: ${now}`
  const said = what === 'tags' ? `, with ${now}, takes the place of` : ' is a duplicate of'
  return `${id.slice(0, 8)}${said} ${original.slice(0, 8)}`
}
