/**
 * Items that only stand in for something Google could not export: an empty file, or the same small
 * picture several times. Their bytes tell nothing, so they are recognised by what describes them.
 * @module
 */
import type { ArrivingItem, KeptFile, KeptItem } from './library.ts'

/** What stood in for a photo steps back when the photo comes. */
export function settleStandIn(item: KeptItem, { standIn, files }: ArrivingItem): void {
  const isIn = (those: KeptFile[]) => (file: KeptFile) =>
    those.some(({ sha256 }) => sha256 === file.sha256)
  if (standIn) {
    if (item.files.every(isIn(files))) item.standIn = true
  } else if (item.standIn && !files.every(isIn(item.files))) {
    delete item.standIn
    for (const file of item.files) file.role = 'copy'
  }
}

export function standInKey({ files, title, taken }: ArrivingItem | KeptItem): string {
  return [files[0]!.sha256, title, taken?.instant ?? ''].join('\0')
}
