/**
 * What a check found, in words and as lines. It always says what it did not read.
 * @module
 */
import type { CheckOutcome } from '../operations/check-repository.ts'
import { formatBytes, formatCount, plural } from './format.ts'
import { type SummaryOptions, section } from './inventory-summary.ts'
import { printable } from './printable.ts'

type CheckProblem = CheckOutcome['problems'][number]

const NAMED = 10

export function checkLines(outcome: CheckOutcome): object[] {
  const { status, level, snapshots, files, bytes, packfiles, packfilesRead, notRead } = outcome
  const lineOf = (type: string) => (found: CheckProblem) => ({ type, ...found })
  return [
    ...outcome.problems.map(lineOf('problem')),
    ...outcome.notes.map(lineOf('note')),
    { type: 'result', status, level, snapshots, files, bytes, packfiles, packfilesRead, notRead },
  ]
}

export function checkSummary(outcome: CheckOutcome, options: SummaryOptions): string[] {
  const verdict = checkVerdict(outcome, options)
  if (options.quiet) return [verdict]
  const counts = [
    plural(outcome.snapshots, 'snapshot'),
    plural(outcome.packfiles, 'packfile'),
    ...(outcome.packfilesRead > 0 ? [`${formatCount(outcome.packfilesRead)} of them whole`] : []),
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
      foundLines(outcome.problems, options),
      options.style,
    ),
    ...section('To know', foundLines(outcome.notes, options), options.style),
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
  return style.strong(style.good(SOUND[outcome.level]))
}

const SOUND: Record<CheckOutcome['level'], string> = {
  full: 'Sound: every byte was read and is right.',
  sample: 'Sound, as far as a sample tells.',
  quick: 'Sound, as far as a quick check tells.',
}

function foundLines(problems: readonly CheckProblem[], { verbose }: SummaryOptions): string[] {
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
  if (outcome.status === 'damaged' && outcome.problems.every(isVanished)) {
    return [
      '  Do not write to this store before you know what happened to it.',
      `  When it is as it should be: ${suggest('check --accept')}`,
    ]
  }
  if (outcome.status === 'damaged') {
    return [
      '  Copy the store to another disk before anything else.',
      '  Then run the backup from the archives with --reread: what is damaged is stored anew.',
    ]
  }
  return outcome.level !== 'full' ? [`  ${suggest('check --full')}  reads every byte`] : []
}

/** The store is sound in itself, but not what this computer knows. */
function isVanished({ code }: CheckProblem): boolean {
  return /_VANISHED$|^REPOSITORY_CHANGED$/.test(code)
}
