/**
 * Counters that Takeout mixed up: `X.jpg` and `X(1).jpg` whose sidecars are each other's. The names
 * say one thing, the clocks in the files another. Sidecars change hands only when that makes every
 * file of the group agree with its own, and in one way only; the person is told.
 *
 * A clock agrees when it is the sidecar's instant in some zone of the earth (photos/zones.ts).
 * @module
 */
import { titleFit } from './names.ts'
import { timesAgree } from './owners.ts'
import { folded, groupBy } from './text.ts'
import type { Folder, MediaFile, SidecarFile } from './tree.ts'

export function undoExchanges(folder: Folder): void {
  const numbered = folder.media.some(({ readings: [first] }) => first!.counter !== '')
  if (!numbered) return
  const dated = folder.media.filter(isDated)
  for (const group of groupBy(dated, nameWithoutCounter).values()) {
    if (group.length > 1 && group.some((media) => !agree(media, media.sidecar!))) exchange(group)
  }
}

/** A file with a second sidecar has one that nobody can take from it. */
function isDated(media: MediaFile): boolean {
  const { sidecar, otherSidecars } = media
  return (
    sidecar !== undefined && otherSidecars.length === 0 && timesAgree(media, sidecar) !== undefined
  )
}

function nameWithoutCounter({ readings: [first] }: MediaFile): string {
  return folded(first!.stem + first!.extension)
}

const agree = (media: MediaFile, sidecar: SidecarFile) => timesAgree(media, sidecar) === true

function exchange(group: readonly MediaFile[]): void {
  const found = onlyAssignment(group)
  if (found === undefined) return
  const before = new Map(group.map((media) => [media, media.sidecar!]))
  for (const [media, sidecar] of found) {
    if (before.get(media) === sidecar) continue
    media.sidecar = sidecar
    sidecar.owner = media
    media.exchanged = `${before.get(media)!.name}.json`
  }
}

/** The one way to give every file a sidecar that agrees with it, if there is exactly one. */
function onlyAssignment(group: readonly MediaFile[]): Map<MediaFile, SidecarFile> | undefined {
  const sidecars = group.map(({ sidecar }) => sidecar!)
  const fits = (media: MediaFile) => (sidecar: SidecarFile) =>
    agree(media, sidecar) && titleFit(sidecar.record?.title, media.readings[0]!) !== 'differs'
  const open = new Map(group.map((media) => [media, sidecars.filter(fits(media))]))
  const found = new Map<MediaFile, SidecarFile>()
  while (open.size > 0) {
    const forced = forcedChoice(open)
    if (forced === undefined) return undefined
    found.set(...forced)
    open.delete(forced[0])
    for (const [media, left] of open)
      open.set(
        media,
        left.filter((each) => each !== forced[1]),
      )
  }
  return found
}

/** A file that only one sidecar is left for, or the only file left for a sidecar. */
function forcedChoice(
  open: ReadonlyMap<MediaFile, SidecarFile[]>,
): [MediaFile, SidecarFile] | undefined {
  for (const [media, left] of open) if (left.length === 1) return [media, left[0]!]
  const pairs = [...open].flatMap(([media, left]) => left.map((sidecar) => ({ media, sidecar })))
  for (const [sidecar, suitors] of groupBy(pairs, ({ sidecar }) => sidecar)) {
    if (suitors.length === 1) return [suitors[0]!.media, sidecar]
  }
  return undefined
}
