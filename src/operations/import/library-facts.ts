/**
 * What the report of an import tells of the library as it is now: how its time zones are known, and which
 * albums lack photos.
 * @module
 */
import type { Library } from '../../photos/growth/library.ts'
import type { LibraryFacts } from '../stored-report.ts'

export function libraryFacts({ items, albums }: Library): LibraryFacts {
  const zones: LibraryFacts['zones'] = {}
  for (const { taken } of items) {
    const from = taken === undefined ? 'undated' : (taken.zoneFrom ?? 'unsaid')
    zones[from] = (zones[from] ?? 0) + 1
  }
  const lacking = albums.flatMap(({ id, title, items, expected }) =>
    expected === undefined ? [] : [{ id, title, present: items.length, expected }],
  )
  return { zones, incompleteAlbums: lacking }
}
