/**
 * What people write beside a photo after it was saved. An XMP file says some things only and has no
 * date to be weighed by; so it changes what is known of a photo when it is new itself: when no
 * earlier import kept it with these bytes.
 * @module
 */
import { createHash } from 'node:crypto'
import type { ArrivingItem } from '../../photos/growth/library.ts'
import type { Entry, Inventory, Survey } from '../../sources/source.ts'
import { type CarriedOver, sidecarKey } from './carry-over.ts'

/** Notes for each item what a new description of it may change. */
export async function noteAmendments(
  items: readonly ArrivingItem[],
  { entries, filesOfItem }: Inventory,
  survey: Survey,
  { keptSidecars }: CarriedOver,
): Promise<void> {
  const told = new Map(entries.flatMap((entry) => (entry.tells ? [[entry.index, entry]] : [])))
  if (told.size === 0) return
  const sidecars = new Map(
    entries.flatMap((entry) => (entry.class === 'sidecar' ? [[placeOf(entry), entry]] : [])),
  )
  for (const item of items) {
    for (const index of filesOfItem.get(item.id) ?? []) {
      const entry = told.get(index)
      const sidecar = entry && sidecars.get(placeOf(entry, entry.sidecar!))
      if (!sidecar || (await isKept(sidecar))) continue
      item.amends = [...(item.amends ?? []), ...entry.tells!]
    }
  }

  async function isKept({ index, path }: Entry): Promise<boolean> {
    const sha256 = createHash('sha256').update(await survey.smallFile(index))
    return keptSidecars.has(sidecarKey(path, sha256.digest('hex')))
  }
}

const placeOf = ({ exportId, part, path }: Entry, name = path) => `${exportId}\0${part}\0${name}`
