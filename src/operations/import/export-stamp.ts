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
