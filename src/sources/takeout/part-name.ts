/**
 * What the file name of a Takeout part tells.
 *
 *   takeout-20240102T030405Z-001.zip        export takeout-20240102T030405Z, part 1 (to about 2024)
 *   takeout-20251220T045241Z-3-001.zip      group 3 of the export, part 1 (from 2025)
 *
 * The stamp is the moment of the export, UTC, and shared by all its parts. Its digits are not
 * checked: an impossible minute has been seen. Browsers and people add " (1)", "Copy of " and
 * the like around it. Source: reference notes on Takeout archives, "Part names".
 * @module
 */
export interface PartName {
  exportId: string
  group?: number
  number?: number
}

const STAMP = /takeout-(\d{8}T\d{4,8}Z)(?:-(\d{1,2})(?=-\d{3}))?(?:-(\d{3,}))?/i
const ARCHIVE = /\.(zip|tgz|tar|tar\.gz)$/i
const UNFINISHED = /\.(crdownload|part|partial|download|opdownload)$/i

/** Undefined when the name holds no export's stamp. */
export function parsePartName(fileName: string): PartName | undefined {
  const found = STAMP.exec(fileName)
  if (!found) return undefined
  const [, stamp, group, number] = found
  return {
    exportId: `takeout-${stamp!.toUpperCase()}`,
    ...(group === undefined ? {} : { group: Number(group) }),
    ...(number === undefined ? {} : { number: Number(number) }),
  }
}

export function isArchiveName(fileName: string): boolean {
  return ARCHIVE.test(fileName)
}

/** The name without the extension of an archive. */
export function withoutExtension(fileName: string): string {
  return fileName.replace(ARCHIVE, '')
}

/** The name an unfinished download will have, when `fileName` is one of an archive. */
export function finishedName(fileName: string): string | undefined {
  const finished = fileName.replace(UNFINISHED, '')
  const isUnfinished = finished !== fileName && (isArchiveName(finished) || STAMP.test(finished))
  return isUnfinished ? finished : undefined
}
