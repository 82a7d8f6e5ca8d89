/**
 * What a repair did, or would do, in words.
 * @module
 */
import type { RepairLine, RepairOutcome } from '../operations/repair-store.ts'
import { plural } from './format.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

const VERBS: Record<RepairLine['action'], { done: string; would: string }> = {
  'set-aside': { done: 'Set aside', would: 'Would set aside' },
  adopt: { done: 'Took in', would: 'Would take in' },
  rescue: { done: 'Replaced', would: 'Would replace' },
  relist: { done: 'Listed again', would: 'Would list again' },
  leave: { done: 'Left alone', would: 'Would leave alone' },
}

export interface RepairTextOptions {
  style: Style
  quiet: boolean
  full: boolean
}

export function repairText(outcome: RepairOutcome, options: RepairTextOptions): string[] {
  const verdict = verdictOf(outcome, options)
  if (options.quiet) return [verdict]
  return [
    verdict,
    ...outcome.lines.map((line) => lineText(line, outcome.applied)),
    ...next(outcome),
  ]
}

function verdictOf({ applied, lines, snapshots }: RepairOutcome, options: RepairTextOptions) {
  const { style, full } = options
  const todo = lines.filter(({ action }) => action !== 'leave').length
  if (lines.length === 0) {
    const text = full
      ? 'Nothing needs repair.'
      : 'Nothing needs repair, as far as this shows without reading every packfile (--full).'
    return style.strong(style.good(text))
  }
  if (todo === 0) return style.strong(style.bad('Nothing here can be repaired.'))
  if (!applied) return style.strong(`${plural(todo, 'step')} to do; nothing was changed.`)
  const back = snapshots.length > 0 ? ` ${plural(snapshots.length, 'snapshot')} came back.` : ''
  return style.strong(style.good(`Done, ${plural(todo, 'step')}.${back}`))
}

function lineText({ action, subject, detail }: RepairLine, applied: boolean): string {
  const [kind, name = ''] = subject.split(' ')
  const verb = VERBS[action][applied ? 'done' : 'would']
  return `  ${verb} ${kind} ${name.slice(0, 12)}…: ${printable(detail)}`
}

function next({ applied, lines, isLeftDamaged }: RepairOutcome): string[] {
  if (lines.length === 0) return []
  const advice: string[] = []
  if (!applied && lines.some(({ action }) => action !== 'leave')) {
    advice.push('Do it with: repair --apply (with --full, if this was with it)')
  }
  if (isLeftDamaged) {
    advice.push(
      'Then back up again from archives that still have the photos: what is missing is stored again.',
    )
    advice.push('"check --full" tells which files are concerned.')
  }
  return advice.length > 0 ? ['', ...advice] : []
}
