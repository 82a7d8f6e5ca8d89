/**
 * Whether a library still has all that it had, and all that came: every content, and every file at
 * its path. Whatever was decided about photos, this must be so.
 * @module
 */
import type { ArrivingItem, KeptFile, Library } from './library.ts'

export function keepsAll(
  before: Library,
  arriving: readonly ArrivingItem[],
  { items }: Library,
): boolean {
  const files = items.flatMap((item) => item.files)
  const contents = new Set(files.map(({ sha256 }) => sha256))
  const places = new Set(files.map(placeOf))
  const isThere = ({ sha256 }: KeptFile) => contents.has(sha256)
  return (
    arriving.every((arrival) => arrival.files.every(isThere)) &&
    before.items.every((item) => item.files.every((file) => places.has(placeOf(file))))
  )
}

const placeOf = ({ sha256, path }: KeptFile) => `${sha256} ${path}`
