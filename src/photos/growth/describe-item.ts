/**
 * What an arriving item says, weighed against what is known.
 *
 *   the newest export   replaces, and takes away what people can take away: caption, people, place
 *   the same export     replaces, takes nothing away: another part of it may say the rest
 *   an older export, a source without a date of its own, a file without sidecar
 *                       fills gaps only, by what never changes
 *   XMP written since    replaces what no export told, and fills gaps of what one did
 *
 * The same in other words (isSameInEssence) is no change.
 * @module
 */
import type { Amendable, Item } from '../library.ts'
import type { ArrivingItem, KeptItem, Sighting } from './library.ts'
import { isSameInEssence } from './same-in-essence.ts'

type Fields = Partial<Omit<Item, 'id' | 'files' | 'albums'>>

/** What the owner can remove in Google Photos. */
const REMOVABLE = ['description', 'location'] as const
/** What an item keeps, whoever asks later. */
const LASTING = [
  ...(['taken', 'location', 'origin', 'deviceFolder', 'appSource', 'url'] as const),
  ...(['camera', 'burst', 'burstCover', 'creation'] as const),
] as const

export function describeItem(item: KeptItem, arrival: ArrivingItem, so: Sighting): void {
  const { from: _from, capture: _capture, described: _described, ...rest } = arrival
  const { id: _id, files: _files, albums: _albums, isEarlier: _earlier, amends, ...more } = rest
  const { oldestStamp: _oldest, ...about } = more
  const { stamp: seen = '', describedStamp: stamp = seen, isElsewhere: _elsewhere, ...said } = about
  const known = so.described
  if (!arrival.described || (known !== undefined && stamp < known)) fillGaps(item, said)
  else replace(item, said, { takesAway: known !== undefined && stamp > known })
  if (amends) amend(item, said, amends, { replaces: known === undefined })
}

function fillGaps(item: KeptItem, said: Fields): void {
  for (const key of LASTING) {
    if (item[key] === undefined && said[key] !== undefined) {
      Object.assign(item, { [key]: structuredClone(said[key]) })
    }
  }
}

function amend(
  item: KeptItem,
  said: Fields,
  amends: readonly Amendable[],
  { replaces }: { replaces: boolean },
): void {
  for (const key of amends) {
    const was = item[key]
    const isGap = was === undefined || (Array.isArray(was) && was.length === 0)
    if (said[key] === undefined || !(isGap || replaces)) continue
    if (!isSameInEssence(was, said[key])) Object.assign(item, { [key]: structuredClone(said[key]) })
  }
}

function replace(item: KeptItem, said: Fields, { takesAway }: { takesAway: boolean }): void {
  if (takesAway) for (const key of REMOVABLE) if (said[key] === undefined) delete item[key]
  for (const [key, value] of Object.entries(said)) {
    if (value === undefined) continue
    if (key === 'people' && !takesAway && said.people!.length === 0) continue
    const was = item[key as keyof Fields]
    if (!isSameInEssence(was, value)) Object.assign(item, { [key]: structuredClone(value) })
  }
}
