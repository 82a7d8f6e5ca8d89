/**
 * Problems as a person reads them: grouped by kind, the gravest first, with what to do about each.
 * @module
 */
import type { Problem, ProblemCode } from '../photos/library.ts'
import { plural } from './format.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'
import { sortedBy } from './text-order.ts'

interface ProblemWords {
  one: string
  many: string
  advice: string
}

/** In the order in which a person should read them. */
const WORDS: Readonly<Record<ProblemCode, ProblemWords>> = {
  MISSING_PART: {
    one: 'archive is missing',
    many: 'archives are missing',
    advice:
      'Download it from the same export at takeout.google.com and run this again. Keep everything at Google until then.',
  },
  MISSING_FILES: {
    one: 'export lists files that are not here',
    many: 'exports list files that are not here',
    advice:
      'Google put them into an archive that is missing. Download all archives of that export and run this again.',
  },
  DAMAGED_PART: {
    one: 'archive is damaged',
    many: 'archives are damaged',
    advice: 'Everything readable was used. Download it once more and run this again.',
  },
  NOT_AN_ARCHIVE: {
    one: 'file only looks like an archive',
    many: 'files only look like archives',
    advice: 'Often a sign-in page saved in place of the download. Download it once more.',
  },
  DAMAGED_ENTRY: {
    one: 'file could not be read from its archive',
    many: 'files could not be read from their archive',
    advice: 'Download the archive once more and run this again.',
  },
  DAMAGED_LEDGER: {
    one: 'record of an earlier import is damaged in the store',
    many: 'records of earlier imports are damaged in the store',
    advice:
      'Its photos were read again. Run check --full, to see whether anything else is damaged.',
  },
  LOST_CONTENT: {
    one: 'file of an earlier import is no longer in the store',
    many: 'files of earlier imports are no longer in the store',
    advice:
      'Run repair and check --full. Another copy of the store, or an archive that still has them, brings them back.',
  },
  ARCHIVE_NOT_READ: {
    one: 'archive lies among the photos and was not opened',
    many: 'archives lie among the photos and were not opened',
    advice: 'It may hold photos. Back it up as a source of its own, or unpack it.',
  },
  EMPTY_FILE: {
    one: 'photo or video is an empty file',
    many: 'photos or videos are empty files',
    advice: 'The photo itself is not in it. Look for it in Google Photos, or for another copy.',
  },
  REJECTED: {
    one: 'file was refused',
    many: 'files were refused',
    advice: 'It was not safe to read. Look at it where it lies if you miss it.',
  },
  ORPHAN_SIDECAR: {
    one: 'metadata file without its photo or video',
    many: 'metadata files without their photo or video',
    advice: 'The photo is perhaps in an archive that is missing here, or gone at Google.',
  },
  ORPHAN_MEDIA: {
    one: 'photo or video without its metadata file',
    many: 'photos or videos without their metadata file',
    advice: 'It is kept; date and place come from the file itself where it has them.',
  },
  BROKEN_SIDECAR: {
    one: 'metadata file could not be understood',
    many: 'metadata files could not be understood',
    advice: 'The photo is kept, the metadata file too, as it is.',
  },
  AMBIGUOUS: {
    one: 'match is not certain',
    many: 'matches are not certain',
    advice: 'Nothing was guessed: both the photo and the metadata are kept.',
  },
  CONFLICT: {
    one: 'contradiction between two sources',
    many: 'contradictions between two sources',
    advice: 'The better source was used; both are kept.',
  },
  INCOMPLETE_ALBUM: {
    one: 'album is incomplete',
    many: 'albums are incomplete',
    advice: 'Their other photos are in an archive that is missing, or Google did not export them.',
  },
  EXCHANGED: {
    one: 'photo has the metadata of another number',
    many: 'photos have the metadata of another number',
    advice: 'Google mixed up the numbers; the clocks in the files tell. Nothing to do.',
  },
  MANY_VANISHED: {
    one: 'warning: much of the library is not in this export',
    many: 'warnings: much of the library is not in this export',
    advice: 'Everything is kept. See what it is with: vanished',
  },
  SAME_SHOT: {
    one: 'other rendition of a known photo',
    many: 'other renditions of known photos',
    advice: 'Both are kept, as one photo.',
  },
  PLACEHOLDER: {
    one: 'file is only a placeholder',
    many: 'files are only placeholders',
    advice: 'Google could not export the original. Open it in Google Photos and download it there.',
  },
}

export interface ProblemGroup {
  code: string
  title: string
  advice: string
  problems: Problem[]
}

/** What is open first; then what solved itself, so that nobody takes it for open. */
export function groupProblems(problems: readonly Problem[]): ProblemGroup[] {
  const order = Object.keys(WORDS)
  const codes = [...new Set(problems.map(({ code }) => code))]
  codes.sort((a, b) => order.indexOf(a) - order.indexOf(b))
  return [false, true].flatMap((isSolved) =>
    codes.flatMap((code) => {
      const same = problems.filter((each) => each.code === code && !!each.resolved === isSolved)
      return same.length > 0 ? groupOf(code, same, isSolved) : []
    }),
  )
}

function groupOf(code: ProblemCode, problems: Problem[], isSolved: boolean): ProblemGroup {
  const words = WORDS[code] ?? { one: code, many: code, advice: '' }
  const title = plural(problems.length, words.one, words.many)
  return {
    code,
    title: isSolved ? `${title}: solved` : title,
    advice: isSolved ? 'Nothing is lost by it, and there is nothing to do.' : words.advice,
    problems: sortedBy(problems, ({ path }) => path),
  }
}

export interface ProblemLinesOptions {
  style: Style
  /** How many of each kind are named. */
  named: number
}

/** Groups as indented lines; what all of a group have in common is said once. */
export function problemLines(
  problems: readonly Problem[],
  { style, named }: ProblemLinesOptions,
): string[] {
  return groupProblems(problems).flatMap((group) => {
    const [first] = group.problems
    const alike = group.problems.every(({ message }) => message === first?.message)
    const lines = [`  ${style.warning(group.title)} ${style.faint(`(${group.code})`)}`]
    const advice = alike && first ? printable(first.message) : group.advice
    if (advice) lines.push(`    ${advice}`)
    const each = group.problems.map(
      ({ path, message }) => `    - ${printable(path)}${alike ? '' : `: ${printable(message)}`}`,
    )
    // the same file of several parts, or of several sources, is named once
    const distinct = [...new Set(each)]
    lines.push(...distinct.slice(0, named))
    const more = distinct.length - named
    if (more > 0) lines.push(style.faint(`    … and ${plural(more, 'more', 'more')}`))
    return lines
  })
}
