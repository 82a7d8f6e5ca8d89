/**
 * Files that a file manager or browser renamed because there was one of that name: it writes its mark
 * before the last dot, which in a sidecar comes after the extension of the photo.
 *
 *   IMG_1.jpg (2).json   of IMG_1 (2).jpg     Windows, Chrome
 *   IMG_1.jpg 2.json     of IMG_1 2.jpg       Finder
 *   IMG_1.jpg copy.json  of IMG_1 copy.jpg    and ` - Copy`, ` - Kopie (3)` …
 *
 * Takeout itself writes no such name, and titles look the same. So it counts only for what is left over,
 * where the rest of the name is regular, the title agrees and one sidecar fits one photo.
 * @module
 */
import { readings, splitName } from './names.ts'
import { timesAgree } from './owners.ts'
import { SidecarIndex } from './sidecar-index.ts'
import { groupBy } from './text.ts'
import type { Folder, MediaFile, SidecarFile } from './tree.ts'

const WORDS =
  'copy|kopie|kopia|kopi|kopio|copie|copia|cópia|còpia|копия|コピー|副本|複本|复制|복사본'
const MARK = new RegExp(
  `^(.+?)( \\([1-9]\\d{0,2}\\)| [2-9]| [1-9]\\d|(?: [-–])? (?:${WORDS})(?: [1-9]\\d?| ?\\([1-9]\\d?\\))?)$`,
  'isu',
)

/** `IMG_1.jpg` and ` (2)` of `IMG_1.jpg (2)`. */
function splitMark(name: string): { base: string; mark: string } | undefined {
  const [, base, mark] = MARK.exec(name) ?? []
  return base === undefined ? undefined : { base, mark: mark! }
}

/** Below: the title agrees and the form of the name is a regular one. */
const CONFIRMED_ORDER = 200

interface Marked {
  sidecar: SidecarFile
  base: string
  mark: string
}

/** Gives sidecars with a mark to the photos they were made for, after all regular names are settled. */
export function findMarkedOwners({ media, sidecars }: Folder): void {
  const marked = sidecars.flatMap((sidecar): Marked[] => {
    const split = sidecar.used || sidecar.ambiguous ? undefined : splitMark(sidecar.name)
    return split ? [{ sidecar, ...split }] : []
  })
  if (marked.length === 0) return
  const byMark = groupBy(marked, ({ mark }) => mark)
  for (const [mark, same] of byMark) pair(media, same, (name) => withoutMark(name, mark))
  const left = marked.filter(({ sidecar }) => !sidecar.used)
  keepTwins(media, left)
  const single = left.filter(({ sidecar }) => !sidecar.used)
  pair(media, single, (name) => name, true)
}

/** `IMG_1.jpg` of `IMG_1 (2).jpg`. */
function withoutMark(name: string, mark: string): string | undefined {
  const { stem, extension } = splitName(name)
  return stem.endsWith(mark) ? stem.slice(0, -mark.length) + extension : undefined
}

function withoutAnyMark(name: string): string | undefined {
  const { stem, extension } = splitName(name)
  const base = splitMark(stem)?.base
  return base === undefined ? undefined : base + extension
}

/**
 * Pairs those of which one photo and one sidecar fit each other, and no clock contradicts. Numbers are
 * given by what was there, so with any other mark a photo may be the one, too.
 */
function pair(
  media: readonly MediaFile[],
  marked: readonly Marked[],
  nameOf: (name: string) => string | undefined,
  withRivals = false,
): void {
  const open = media.filter(({ sidecar, ambiguous }) => !sidecar && ambiguous === undefined)
  const claims = claimsOf(open, marked, nameOf)
  const rivals = withRivals ? claimsOf(open, marked, withoutAnyMark) : []
  const contested = new Set(rivals.map(({ sidecar }) => sidecar))
  const byMedia = groupBy(claims, ({ media }) => media)
  const bySidecar = groupBy(claims, ({ sidecar }) => sidecar)
  for (const { media, sidecar } of claims) {
    if (byMedia.get(media)!.length > 1 || bySidecar.get(sidecar)!.length > 1) continue
    if (contested.has(sidecar) || timesAgree(media, sidecar) === false) continue
    media.sidecar = sidecar
    take(sidecar, media)
  }
}

/** Photos of which a sidecar would be the regular one, had it not the mark. */
function claimsOf(
  media: readonly MediaFile[],
  marked: readonly Marked[],
  nameOf: (name: string) => string | undefined,
): { media: MediaFile; sidecar: SidecarFile }[] {
  const plain = new Map(marked.map(({ sidecar, base }) => [{ ...sidecar, name: base }, sidecar]))
  const index = new SidecarIndex([...plain.keys()])
  return media.flatMap((file) => {
    const name = nameOf(file.name)
    if (name === undefined) return []
    const hits = readings(name).flatMap((reading) => index.findRegular(reading))
    const fitting = hits.filter(({ order }) => order < CONFIRMED_ORDER)
    const sidecars = new Set(fitting.map(({ sidecar }) => plain.get(sidecar)!))
    return [...sidecars].map((sidecar) => ({ media: file, sidecar }))
  })
}

function take(sidecar: SidecarFile, media: MediaFile): void {
  sidecar.owner = media
  sidecar.used = true
}

/** The same sidecar once more, or as another export had it: of a photo that has its own already. */
function keepTwins(media: readonly MediaFile[], marked: readonly Marked[]): void {
  const settled = media.filter(({ sidecar }) => sidecar !== undefined)
  const claims = claimsOf(settled, marked, (name) => name)
  const bySidecar = groupBy(claims, ({ sidecar }) => sidecar)
  for (const { media, sidecar } of claims) {
    if (bySidecar.get(sidecar)!.length > 1 || !sayTheSame(media.sidecar!, sidecar)) continue
    take(sidecar, media)
    media.otherSidecars.push(sidecar)
  }
}

function sayTheSame(own: SidecarFile, other: SidecarFile): boolean {
  const [bytes, otherBytes] = [own.entries[0]!.json, other.entries[0]!.json]
  if (bytes && otherBytes && Buffer.compare(bytes, otherBytes) === 0) return true
  const [a, b] = [own.record, other.record]
  if (a?.takenSeconds === undefined || a.takenSeconds !== b?.takenSeconds) return false
  return a.title === b.title && (a.url === undefined || b.url === undefined || a.url === b.url)
}
