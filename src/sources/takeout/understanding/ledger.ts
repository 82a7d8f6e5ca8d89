/**
 * The ledger: one line for every entry that was surveyed, with the class it ended in and, for
 * media, what it belongs to.
 * @module
 */
import type { Item } from '../../../photos/library.ts'
import type { Entry } from '../../source.ts'
import type { SurveyedEntry } from '../surveyed.ts'
import type { Tree, Verdict } from './build-tree.ts'
import type { Contents } from './contents.ts'
import { comparePreference, type Draft, principalOf } from './drafts.ts'
import { groupBy } from './text.ts'
import { type MediaFile, pathOf, type SidecarFile } from './tree.ts'

const SIDECAR: Partial<Entry> = { class: 'sidecar' }

type Via = NonNullable<Entry['via']>

export interface DraftedItem {
  draft: Draft
  item: Item
}

/** Lines in the order of `entries`. */
export function writeLedger(
  entries: readonly SurveyedEntry[],
  tree: Tree,
  drafted: readonly DraftedItem[],
  contents: Contents,
): Entry[] {
  const lines = new Map<SurveyedEntry, Partial<Entry>>()
  for (const { sidecars } of tree.folders) {
    for (const { entries: same } of sidecars) {
      for (const entry of same) lines.set(entry, SIDECAR)
    }
  }
  for (const each of drafted) addMedia(lines, each)
  const ledger = entries.map((entry) =>
    lineOf(entry, lines.get(entry) ?? tree.verdicts.get(entry)!),
  )
  nameRepresentatives(ledger, contents)
  giveToPhotos(ledger)
  return ledger
}

/** Assigned, not spread: V8 gives every object that was spread twice a shape of its own (Node 20). */
function lineOf(
  { index, path, part, exportId, bytes, crc32 }: SurveyedEntry,
  end: Partial<Entry> | Verdict,
): Entry {
  const line: Entry = { index, path, part, exportId, bytes, class: end.class! }
  Object.assign(line, end)
  if (crc32 !== undefined) line.crc32 = crc32
  return line
}

/** What programs write beside a photo: Apple its edits, others what was typed in. */
const BESIDE = /\.(xmp|aae)$/i

/** `IMG_1.xmp`, `IMG_1.jpg.xmp`, `IMG_1.AAE` and Apple's `IMG_O1.AAE` belong to the one photo so named. */
function giveToPhotos(ledger: readonly Entry[]): void {
  const beside = ledger.filter((line) => line.class === 'other' && BESIDE.test(line.path))
  if (beside.length === 0) return
  const items = new Map<string, Set<string>>()
  for (const line of ledger.filter((line) => line.class === 'media')) {
    for (const key of [keyOf(line, line.path), keyOf(line, withoutExtension(line.path))]) {
      items.set(key, (items.get(key) ?? new Set()).add(line.item!))
    }
  }
  for (const line of beside) {
    const path = withoutExtension(line.path)
    const plain = path.replace(/(?<=(?:^|\/)IMG_)O(?=\d+$)/, '')
    const [item, ...more] = [path, plain].flatMap((each) => [
      ...(items.get(keyOf(line, each)) ?? []),
    ])
    if (item !== undefined && more.every((other) => other === item)) line.item = item
  }
}

const withoutExtension = (path: string) => path.replace(/\.[^./]*$/, '')
const keyOf = ({ exportId }: Entry, path: string) =>
  `${exportId}\0${path.normalize('NFC').toLowerCase()}`

function addMedia(lines: Map<SurveyedEntry, Partial<Entry>>, { draft, item }: DraftedItem): void {
  const roles = new Map(draft.files.map(({ file, role }) => [file, role]))
  for (const file of draft.members) {
    const twin = draft.copies.get(file)
    const { path, via } = sidecarOf(file, draft)
    for (const [at, entry] of file.entries.entries()) {
      const copyOf = at > 0 ? file : twin
      lines.set(entry, {
        class: 'media',
        item: item.id,
        role: copyOf ? 'copy' : roles.get(file)!,
        sidecar: path,
        via,
        editedOf: file.editedOf ? pathOf(file.editedOf) : null,
        clipOf: file.clipOf ? pathOf(file.clipOf) : null,
        copyOf: copyOf ? pathOf(twin ?? file) : null,
        mediaType: file.mediaType,
      })
    }
  }
}

/** The sidecar whose metadata apply, and the way to it. */
export function sidecarOf(file: MediaFile, draft: Draft): { path: string | null; via: Via } {
  const own = file.sidecar && pathOf(file.sidecar)
  if (own) return { path: own, via: 'own' }
  if (file.inherited) return { path: pathOf(file.inherited), via: 'edited' }
  const next = file.editedOf ?? file.clipOf
  const beyond = next ? sidecarOf(next, draft).path : null
  if (beyond !== null) return { path: beyond, via: file.editedOf ? 'edited' : 'clip' }
  const copied = sidecarOfCopies(file, draft)
  return copied ? { path: pathOf(copied), via: 'copy' } : { path: null, via: 'none' }
}

/** From files of the same bytes: their own, or what they take part in. */
function sidecarOfCopies(file: MediaFile, { copies, members }: Draft): SidecarFile | undefined {
  const content = copies.get(file) ?? file
  const same = members.filter((other) => (copies.get(other) ?? other) === content)
  const described = same.flatMap((other) => {
    const principal = principalOf(other)
    const sidecar = other.sidecar ?? other.inherited ?? principal.sidecar ?? principal.inherited
    return sidecar && !other.rawOf ? [{ other, sidecar }] : []
  })
  described.sort((a, b) => comparePreference(a.other, b.other))
  return described[0]?.sidecar
}

/** Of entries known to hold the same bytes, one is read for all: one that was read already, if any. */
function nameRepresentatives(ledger: Entry[], contents: Contents): void {
  const media = ledger.filter((line) => line.class === 'media')
  for (const same of groupBy(media, ({ index }) => contents.groupOf(index)).values()) {
    if (same.length < 2) continue
    const originals = same.filter(({ role }) => role !== 'copy')
    const candidates = [...originals, ...same]
    const chosen =
      candidates.find(({ index }) => contents.sha256Of(index) !== undefined) ?? candidates[0]!
    for (const line of same) if (line !== chosen) line.sameBytesAs = chosen.index
  }
}
