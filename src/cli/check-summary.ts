/**
 * What a check found, in words and as lines. It always says what it did not read.
 * @module
 */
import type { CheckOutcome } from '../operations/check-repository.ts'
import { formatBytes, formatCount, plural } from './format.ts'
import { type SummaryOptions, section } from './inventory-summary.ts'
import { printable } from './printable.ts'

const NAMED = 10

export function checkLines(outcome: CheckOutcome): object[] {
  const { status, level, snapshots, files, bytes, packfiles, notRead, problems } = outcome
  return [
    ...problems.map(({ code, subject, message }) => ({ type: 'problem', code, subject, message })),
    { type: 'result', status, level, snapshots, files, bytes, packfiles, notRead },
  ]
}

export function checkSummary(outcome: CheckOutcome, options: SummaryOptions): string[] {
  const verdict = checkVerdict(outcome, options)
  if (options.quiet) return [verdict]
  const counts = [
    plural(outcome.snapshots, 'snapshot'),
    plural(outcome.packfiles, 'packfile'),
    ...(outcome.files > 0 ? [plural(outcome.files, 'file')] : []),
    ...(outcome.bytes > 0 ? [formatBytes(outcome.bytes)] : []),
  ]
  const notRead = outcome.notRead === '' ? [] : [`  ${printable(outcome.notRead)}`]
  return [
    verdict,
    `  Looked at ${counts.join(', ')}`,
    ...notRead,
    ...section(
      outcome.status === 'unread' ? 'What could not be read' : 'What is damaged',
      damageLines(outcome, options),
      options.style,
    ),
    ...section('Next', adviceOf(outcome, options), options.style),
  ]
}

function checkVerdict(outcome: CheckOutcome, { style }: SummaryOptions): string {
  if (outcome.status === 'damaged') {
    const are = plural(outcome.problems.length, 'thing is not as it', 'things are not as they')
    return style.strong(style.bad(`Damaged: ${are} should be.`))
  }
  if (outcome.status === 'unread') {
    const parts = plural(outcome.problems.length, 'part', 'parts')
    return style.strong(style.bad(`Cannot tell: ${parts} of the store could not be read.`))
  }
  const text =
    outcome.level === 'full'
      ? 'Sound: every byte was read and is right.'
      : 'Sound, as far as a quick check tells.'
  return style.strong(style.good(text))
}

function damageLines({ problems }: CheckOutcome, { verbose }: SummaryOptions): string[] {
  const named = verbose ? problems.length : NAMED
  const lines = problems
    .slice(0, named)
    .map(
      ({ code, subject, message }) => `  - ${printable(subject)}: ${printable(message)} (${code})`,
    )
  const more = problems.length - lines.length
  return more > 0 ? [...lines, `  … and ${formatCount(more)} more; --verbose names all`] : lines
}

function adviceOf(outcome: CheckOutcome, { suggest }: SummaryOptions): string[] {
  if (outcome.status === 'damaged') {
    return [
      '  Copy the store to another disk before anything else.',
      '  Then run the backup from the archives with --reread: what is damaged is stored anew.',
    ]
  }
  return outcome.level === 'quick' ? [`  ${suggest('check --full')}  reads every byte`] : []
}
