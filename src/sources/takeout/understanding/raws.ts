/**
 * Raw files beside the picture the camera made of them: one shot, two files with a sidecar each.
 *
 *   IMG_1.CR3 + IMG_1.JPG                                  same stem and counter
 *   PXL_….RAW-02.ORIGINAL.dng + PXL_….RAW-01.COVER.jpg     Pixel
 *
 * Bursts, long exposures and portraits are several photos, not one (reference: variants.md).
 * @module
 */
import { folded, groupBy } from './text.ts'
import type { Folder, MediaFile } from './tree.ts'

/** Google rounds both times of one shot to the second. */
const SAME_SHOT_SECONDS = 2

export function findRaws(folder: Folder): void {
  const images = folder.media.filter(
    ({ kind, isEdited, clipOf }) => kind === 'image' && !isEdited && !clipOf,
  )
  if (!images.some(({ isRaw }) => isRaw)) return
  for (const shot of groupBy(images, shotKey).values()) {
    const raws = shot.filter(({ isRaw }) => isRaw)
    const pictures = shot.filter(({ isRaw }) => !isRaw)
    const [raw, picture] = [raws[0], pictures[0]]
    if (raws.length !== 1 || pictures.length !== 1 || !raw || !picture) continue
    if (isOneMoment(raw, picture)) raw.rawOf = picture
  }
}

function shotKey({ readings: [first] }: MediaFile): string {
  const { stem, counter } = first!
  const pixel = /^(.+\.RAW)-\d+\.(?:MP\.)?(?:COVER|ORIGINAL)$/.exec(stem)
  return `${folded(pixel?.[1] ?? stem)}\0${counter}`
}

function isOneMoment(a: MediaFile, b: MediaFile): boolean {
  const [first, second] = [a.sidecar?.record?.takenSeconds, b.sidecar?.record?.takenSeconds]
  if (first === undefined || second === undefined) return true
  return Math.abs(first - second) <= SAME_SHOT_SECONDS
}
