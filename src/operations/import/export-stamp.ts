/**
 * The time stamp in the id of an export: when Google made it, which says which of two is the newer.
 * @module
 */

/** `20240712T112341Z` of `takeout-20240712T112341Z`; undefined when the id has none. */
export function exportStamp(exportId: string): string | undefined {
  return /\d{8}T\d{4,8}Z/.exec(exportId)?.[0]
}

export function newestStamp(exportIds: Iterable<string>): string | undefined {
  const stamps = [...exportIds].flatMap((id) => exportStamp(id) ?? [])
  return stamps.sort().at(-1)
}

/** Empty when one of them has none: nothing tells how old that is. */
export function oldestStamp(exportIds: Iterable<string>): string {
  return [...exportIds].map((id) => exportStamp(id) ?? '').sort()[0] ?? ''
}

/** `2024-07-12T11:23:41Z`; undefined when the id has no stamp, or one that is no moment. */
export function stampInstant(exportId: string): string | undefined {
  const found = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z/.exec(exportId)
  if (!found) return undefined
  const [, year, month, day, hour, minute, second = '00'] = found
  const instant = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
  if (!Number.isNaN(Date.parse(instant))) return instant
  const midnight = `${year}-${month}-${day}T00:00:00Z` // an impossible minute has been seen
  return Number.isNaN(Date.parse(midnight)) ? undefined : midnight
}
