/**
 * Whether an export was the whole library or a piece of it, in words.
 * @module
 */
import type { Extent } from '../photos/growth/extent.ts'
import { formatCount } from './format.ts'

const EXTENTS: Readonly<Record<Extent['kind'], string>> = {
  first: 'The first export of this library',
  full: 'A full export',
  incremental: 'A piece of the library',
}

/** Nothing where nothing was known before: then there is nothing to compare. */
export function extentLines(extent: Extent | undefined): string[] {
  if (!extent || extent.kind === 'first') return []
  const { kind, known, present, reason } = extent
  const share = `${formatCount(present)} of ${formatCount(known)} known photos and videos`
  return [`${EXTENTS[kind]} (${reason}): ${share} are in it`]
}
