/**
 * Facts from HEIC, HEIF and AVIF: items listed in `meta`, their bytes anywhere in the file.
 *
 *   pitm  id of the primary picture          iinf  infe: id, type (`Exif`, `mime`, `hvc1` …)
 *   iloc  per item: extents (offset, length) from the start of the file or in `idat`
 *   iprp  ipco: properties, ispe = size — ipma: which properties an item has, numbered from 1
 *
 * An Exif item begins with the offset (4) of the TIFF block after it. `mpvd` is the box of a motion
 * clip. Source: ISO/IEC 23008-12 and 14496-12, 8.11.
 * @module
 */
import { fromUtf8 } from '../../util/bytes.ts'
import type { MediaFacts } from '../media-facts.ts'
import { learnExif } from './exif.ts'
import { type ItemExtent, itemExtents, itemIds, itemProperties } from './heif-items.ts'
import { boxesIn, boxIn, readTopBox } from './iso-media.ts'
import { learn } from './known-facts.ts'
import { motionClaim } from './motion-photo.ts'
import { type MediaBytes, type Reading, viewOf } from './reading.ts'

const MAX_ITEM_BYTES = 1024 * 1024

export function* readHeif(bytes: MediaBytes, facts: MediaFacts): Reading<void> {
  const meta = (yield* readTopBox(bytes, 'meta'))?.subarray(4)
  if (meta === undefined) return
  learn(facts, primarySize(meta))

  const types = itemIds(boxIn(meta, 'iinf'))
  const wanted = itemExtents(boxIn(meta, 'iloc'))
    .filter(({ item }) => types.get(item) === 'Exif' || types.get(item) === 'mime')
    .sort((a, b) => a.offset - b.offset) // a stream passes each place once
  for (const extent of wanted) {
    const content = yield* readItem(bytes, meta, extent)
    if (types.get(extent.item) === 'Exif') learnExifItem(facts, content)
    else if (motionClaim(fromUtf8(content)) !== undefined) facts.embeddedClip = true
  }
}

function* readItem(bytes: MediaBytes, meta: Uint8Array, extent: ItemExtent): Reading<Uint8Array> {
  const length = Math.min(extent.length, MAX_ITEM_BYTES)
  if (extent.place === 'file') return yield* bytes.read(extent.offset, length)
  return boxIn(meta, 'idat')?.subarray(extent.offset, extent.offset + length) ?? new Uint8Array()
}

function learnExifItem(facts: MediaFacts, content: Uint8Array): void {
  if (content.length < 4) return
  learnExif(facts, content.subarray(4 + viewOf(content).getUint32(0)))
}

function primarySize(meta: Uint8Array): { width?: number; height?: number } {
  const pitm = boxIn(meta, 'pitm')
  const iprp = boxIn(meta, 'iprp')
  if (pitm === undefined || pitm.length < 6 || iprp === undefined) return {}
  const isLong = pitm[0] !== 0 && pitm.length >= 8
  const primary = isLong ? viewOf(pitm).getUint32(4) : viewOf(pitm).getUint16(4)

  const properties = [...boxesIn(boxIn(iprp, 'ipco') ?? new Uint8Array())]
  for (const number of itemProperties(boxIn(iprp, 'ipma'), primary)) {
    const property = properties[number - 1]
    if (property?.type !== 'ispe' || property.content.length < 12) continue
    const view = viewOf(property.content)
    return { width: view.getUint32(4), height: view.getUint32(8) }
  }
  return {}
}
