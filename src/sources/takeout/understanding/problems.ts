/**
 * What the person should know about an export, one sentence each: what it is, and what to do.
 * @module
 */
import type { Album, Item, Problem } from '../../../photos/library.ts'
import type { Entry, ExportSummary } from '../../source.ts'
import type { Surveyed, SurveyedEntry, SurveyedPart } from '../surveyed.ts'
import type { Tree } from './build-tree.ts'
import type { DraftedItem } from './ledger.ts'
import type { Listing } from './listings.ts'
import { albumProblems, matchingProblems } from './matching-problems.ts'
import { hasTimeConflict } from './metadata.ts'
import { twinsOf } from './part-reasons.ts'
import { compareText } from './text.ts'
import { pathOf, type SidecarFile } from './tree.ts'

export interface Findings {
  surveyed: Surveyed
  exports: readonly ExportSummary[]
  listings: ReadonlyMap<string, Listing>
  tree: Tree
  ledger: readonly Entry[]
  drafted: readonly DraftedItem[]
  albums: readonly Album[]
  orphans: readonly SidecarFile[]
  /** Items that orphans speak of. */
  known: ReadonlyMap<SidecarFile, Item>
  /** Where the library has what they speak of. */
  inLibrary: ReadonlyMap<SidecarFile, string>
}

/** Sorted by path, then code. */
export function listProblems(findings: Findings): Problem[] {
  return [
    ...partProblems(findings),
    ...entryProblems(findings),
    ...sidecarProblems(findings),
    ...itemProblems(findings),
    ...matchingProblems(findings.tree.folders),
    ...albumProblems(findings.albums),
  ].sort((a, b) => compareText(a.path, b.path) || compareText(a.code, b.code))
}

function* partProblems({ surveyed, exports, listings }: Findings): Generator<Problem> {
  const replaced = replacedParts(surveyed)
  for (const part of surveyed.parts) {
    if (!part.damage) continue
    const sound = replaced.get(part)
    const { code } = part.damage
    const message = `It is damaged, and whole as ${sound}: nothing is lost by it.`
    if (sound === undefined) yield { path: part.name, ...part.damage }
    else yield { code, path: part.name, message, resolved: true }
  }
  for (const { missing } of exports) {
    for (const path of missing) {
      const message = `The part ${path} is missing: download it and run the same command again.`
      yield { code: 'MISSING_PART', path, message }
    }
  }
  for (const [path, { listed, missing }] of listings) {
    if (missing.length === 0) continue
    const named = missing.slice(0, MOST_NAMED).join(', ')
    const more = missing.length > MOST_NAMED ? ' …' : ''
    const message = `Its overview page lists ${listed} files of Google Photos, and ${missing.length} of them are not here: ${named}${more}. An archive is missing: download all of this export and run the same command again.`
    yield { code: 'MISSING_FILES', path, message }
  }
}

const MOST_NAMED = 10

/**
 * Damaged parts that were downloaded once more, with the name of the sound one: all that could be
 * read of them is in it.
 */
function replacedParts({ parts, entries }: Surveyed): Map<SurveyedPart, string> {
  const replaced = new Map<SurveyedPart, string>()
  const keyOf = ({ path, bytes }: SurveyedEntry) => `${bytes} ${path}`
  for (const same of twinsOf(parts)) {
    const sound = same.find(({ damage }) => damage === undefined)
    if (!sound) continue
    const held = new Set(entries.filter(({ part }) => part === sound.name).map(keyOf))
    for (const part of same) {
      const own = entries.filter((entry) => entry.part === part.name)
      if (part.damage && own.every((entry) => held.has(keyOf(entry))))
        replaced.set(part, sound.name)
    }
  }
  return replaced
}

function* entryProblems({ tree, ledger, surveyed }: Findings): Generator<Problem> {
  const unsafe = new Set(surveyed.entries.filter(isUnsafe).map(({ index }) => index))
  const isElsewhere = soundElsewhere(ledger)
  for (const line of ledger) {
    const { path, reason } = line
    if (line.class === 'rejected') {
      const code = unsafe.has(line.index) ? 'REJECTED' : 'DAMAGED_ENTRY'
      if (code === 'DAMAGED_ENTRY' && isElsewhere(line)) {
        const message = `It cannot be read in ${line.part}; the same file is sound in another archive: nothing is lost by it.`
        yield { code, path, message, resolved: true }
      } else {
        const message = rejection(code, line.part, reason ?? 'no reason given')
        yield { code, path, message }
      }
    } else if (line.class === 'media' && line.via === 'none') {
      const message =
        'No sidecar belongs to it; it is imported with what the file itself tells. A part may be missing.'
      yield { code: 'ORPHAN_MEDIA', path, message }
    }
  }
  for (const [{ path }, problem] of tree.broken) {
    const message = `This JSON file ${problem}; it is kept as it is, and its photo is imported all the same.`
    yield { code: 'BROKEN_SIDECAR', path, message }
  }
}

/** Whether the same path with the same size and CRC-32 can be read from another part. */
function soundElsewhere(ledger: readonly Entry[]): (line: Entry) => boolean {
  const keyOf = ({ path, bytes, crc32 }: Entry) => `${bytes} ${crc32} ${path}`
  const damaged = new Set(ledger.filter((line) => line.class === 'rejected').map(keyOf))
  if (damaged.size === 0) return () => false
  const sound = ledger.filter((line) => line.class !== 'rejected' && damaged.has(keyOf(line)))
  const keys = new Set(sound.map(keyOf))
  return (line) => line.crc32 !== undefined && keys.has(keyOf(line))
}

function isUnsafe({ refused, isUnreadable }: SurveyedEntry): boolean {
  return refused !== undefined && !isUnreadable
}

function rejection(code: 'DAMAGED_ENTRY' | 'REJECTED', part: string, reason: string): string {
  return code === 'REJECTED'
    ? `Refused: ${reason}. Google writes no such entry; everything else of ${part} is imported.`
    : `It cannot be read: ${reason}. Download ${part} again and repeat the import.`
}

const NOWHERE =
  'The photo it describes is not here: its part may be missing or damaged, or Google did not export it.'

function whereItIs(here: string | undefined, inLibrary: string | undefined): string | undefined {
  if (here !== undefined) {
    return `Its photo is not in this folder; the same one was found as ${here} and is counted to the album.`
  }
  if (inLibrary === undefined) return undefined
  return `The photo it describes is not here; the library has it from an earlier export as ${inLibrary}: nothing is lost by it.`
}

function* sidecarProblems({ tree, orphans, known, inLibrary }: Findings): Generator<Problem> {
  for (const orphan of orphans) {
    const path = pathOf(orphan)
    const found = known.get(orphan)?.files[0]?.path
    const message = whereItIs(found, inLibrary.get(orphan))
    const problem: Problem = { code: 'ORPHAN_SIDECAR', path, message: message ?? NOWHERE }
    yield message === undefined ? problem : { ...problem, resolved: true }
  }
  for (const { media, sidecars } of tree.folders) {
    for (const file of [...media, ...sidecars]) {
      if (file.ambiguous === undefined) continue
      const message = `Nothing was guessed: ${file.ambiguous}. All files are imported.`
      yield { code: 'AMBIGUOUS', path: pathOf(file), message }
    }
  }
}

const EMPTY =
  'It is 0 bytes long: the photo or video itself is not in it. Look for it in Google Photos, or for another copy.'

function* itemProblems({ drafted }: Findings): Generator<Problem> {
  for (const { draft, item } of drafted) {
    const path = item.files[0]!.path
    const empty = item.files.filter(({ bytes }) => bytes === 0)
    for (const file of empty) yield { code: 'EMPTY_FILE', path: file.path, message: EMPTY }
    if (empty.length > 0) continue
    if (draft.isPlaceholder) {
      const message =
        'A stand-in for something Google could not export; ask Google Photos for the original.'
      yield { code: 'PLACEHOLDER', path, message }
    } else if (hasTimeConflict(draft)) {
      const message = `Its copies state different capture times; ${item.taken?.instant ?? 'none'} of the year folder is used.`
      yield { code: 'CONFLICT', path, message }
    }
  }
}
