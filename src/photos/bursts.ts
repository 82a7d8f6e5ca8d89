/**
 * Which pictures were taken by one press of the button, by the names that cameras give them
 * (reference: variants.md). They stay items of their own; the burst joins them.
 *
 *   00015IMG_00015_BURST20171111030039_COVER.jpg     Nexus, Pixel: 14 or 17 digits, or epoch ms
 *   DSC_0052_BURST20230709220904977_COVER.JPG        Sony: the number of the picture differs
 *   IMG_20231014_183246_BURST001_COVER.jpg           Huawei, Motorola: the time is the burst's
 *   20231207_101605_031.jpg                          Samsung, without a mark of the cover
 *   PXL_….LONG_EXPOSURE-01.COVER.jpg                 Pixel: versions of one shot, up to the dot
 * @module
 */

export interface BurstName {
  /** The same for all pictures of one burst. */
  key: string
  /** The one that stands for the others. */
  isCover: boolean
}

const FORMS: RegExp[] = [
  /_BURST(?<key>\d{13,17})(?<cover>_COVER)?(?!\d)/,
  /(?<key>\d{8}_\d{6})_BURST\d{3,4}(?<cover>_COVER)?(?!\d)/,
  /^(?<key>\d{8}_\d{6})_\d{3}\.[A-Za-z]{3,4}$/,
  /^(?<key>PXL_\d{8}_\d{9})(?:\.[A-Z_]+)*\.?(?:MOTION|LONG_EXPOSURE|PORTRAIT|RAW|NIGHT\.RAW)-\d\d(?:\.MP)?\.(?:(?<cover>COVER)|ORIGINAL)\b/,
]

/** What `name` says of a burst, or undefined. */
export function burstOfName(name: string): BurstName | undefined {
  for (const form of FORMS) {
    const { key, cover } = form.exec(name)?.groups ?? {}
    if (key !== undefined) return { key, isCover: cover !== undefined }
  }
  return undefined
}
