/**
 * Items, albums, problems and summaries as lines of machine output, in the contract's field order.
 * @module
 */
import type { Album, Item, ItemFile, Problem } from '../photos/library.ts'
import type { InventorySummary } from '../sources/source.ts'

export function itemLine(item: Item): object {
  return {
    type: 'item',
    id: item.id,
    files: item.files.map(fileOf),
    title: item.title,
    description: item.description,
    taken: item.taken,
    location: item.location,
    people: item.people,
    favorite: item.favorite,
    archived: item.archived,
    trashed: item.trashed,
    locked: item.locked,
    partner: item.partner,
    origin: item.origin,
    deviceFolder: item.deviceFolder,
    appSource: item.appSource,
    camera: item.camera,
    burst: item.burst,
    burstCover: item.burstCover,
    creation: item.creation,
    unverified: item.unverified,
    remarks: item.remarks,
    more: item.more,
    albums: item.albums,
    url: item.url,
    vanished: 'vanished' in item ? item.vanished : undefined,
  }
}

function fileOf({ role, path, bytes, mediaType, sha256 }: ItemFile): object {
  return { role, path, bytes, mediaType, sha256 }
}

export function albumLine(album: Album): object {
  const { id, title, description, date, folders, items, expected } = album
  const vanished = 'vanished' in album ? album.vanished : undefined
  return { type: 'album', id, title, description, date, folders, items, expected, vanished }
}

export function problemLine({ code, path, message, resolved }: Problem): object {
  return { type: 'problem', code, path, message, resolved }
}

export function summaryLine(summary: InventorySummary): object {
  return { type: 'summary', ...summaryFields(summary) }
}

/** The summary's fields in the contract's order, and no others. */
export function summaryFields(summary: InventorySummary): object {
  const { entries, media, sidecars, albumFiles, other, litter, rejected } = summary
  const { items, albums, copies, edited, clips, orphanSidecars, orphanMedia } = summary
  const exports = summary.exports.map(({ id, parts, missing }) => ({ id, parts, missing }))
  const classes = { entries, media, sidecars, albumFiles, other, litter, rejected }
  const meanings = { items, albums, copies, edited, clips, orphanSidecars, orphanMedia }
  const fields = { ...classes, ...meanings, exports, bytes: summary.bytes }
  return summary.verdict ? { ...fields, verdict: summary.verdict } : fields
}
