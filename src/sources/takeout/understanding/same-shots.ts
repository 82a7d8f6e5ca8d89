/**
 * Album copies that are not byte for byte the photo of the year folder: the same shot, as Google
 * rendered it another time. Equal title, second, size in pixels and camera join them, if each folder
 * has just one such picture; it is one item then, with both files, and the person is told.
 * @module
 */
import type { Contents } from './contents.ts'
import { groupBy } from './text.ts'
import type { MediaFile } from './tree.ts'

/** Sets `sameShotAs` of the lesser pictures: the largest is the shot itself. */
export function findSameShots(pictures: readonly MediaFile[], contents: Contents): void {
  const contentOf = ({ entries }: MediaFile) => contents.groupOf(entries[0]!.index)
  const lesser = new Map<number, MediaFile>()
  for (const [shot, same] of groupBy(pictures, shotOf)) {
    if (shot === undefined || new Set(same.map(contentOf)).size < 2) continue
    const byFolder = [...groupBy(same, ({ folder }) => folder).values()]
    if (byFolder.some((inFolder) => new Set(inFolder.map(contentOf)).size > 1)) continue
    const [largest] = [...same].sort(compareSizes)
    for (const file of same) {
      if (contentOf(file) !== contentOf(largest!)) lesser.set(contentOf(file), largest!)
    }
  }
  for (const file of pictures) {
    const largest = lesser.get(contentOf(file))
    if (largest) file.sameShotAs = largest
  }
}

const bytesOf = ({ entries }: MediaFile) => entries[0]!.bytes

/** Of one size, the year folder's. */
function compareSizes(a: MediaFile, b: MediaFile): number {
  const rank = ({ folder }: MediaFile) => Number(folder.kind !== 'year')
  return bytesOf(b) - bytesOf(a) || rank(a) - rank(b) || (a.folder.path < b.folder.path ? -1 : 1)
}

/** Undefined where too little is known: then pictures of different bytes stay apart. */
function shotOf({ sidecar, facts, kind, folder }: MediaFile): string | undefined {
  const { title, takenSeconds } = sidecar?.record ?? {}
  const { width, height, cameraMake = '', cameraModel = '' } = facts ?? {}
  if (kind !== 'image' || !title || takenSeconds === undefined || !width || !height) {
    return undefined
  }
  return JSON.stringify([
    ...[folder.exportId, title, takenSeconds, width, height, cameraMake, cameraModel],
  ])
}
