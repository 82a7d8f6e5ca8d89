import { inspectSource } from '../../src/operations/inspect-source.ts'
import { openSource } from '../../src/sources/registry.ts'
import { quietly } from '../../src/util/progress.ts'
import type { SampleExport } from '../sample-library/generate.ts'
import type { Found, FoundFile } from './found.ts'

/** What `inspect` says of the archives; an entry's content is told by the part and path it has. */
export async function foundByTintype(made: SampleExport): Promise<Found> {
  const { inventory } = await inspectSource(await openSource([made.folder]), {
    ...{ progress: quietly, signal: new AbortController().signal },
  })
  const contents = new Map(
    made.truth.entries.map(({ part, path, sha256 }) => [`${part}\n${path}`, sha256]),
  )
  const items = new Map(inventory.items.map((item) => [item.id, item]))
  const files = inventory.entries.flatMap((entry): FoundFile[] => {
    const item = entry.class === 'media' ? items.get(entry.item ?? '') : undefined
    if (!item) return []
    const { description, taken, location, people, favorite, archived, albums } = item
    return [
      {
        ...{ name: entry.path, item: item.id, people, favorite, archived, albums },
        content: contents.get(`${entry.part}\n${entry.path}`) ?? 'unknown',
        ...(description === undefined ? {} : { description }),
        ...(taken?.instant === undefined ? {} : { instant: taken.instant }),
        ...(location ? { place: location } : {}),
      },
    ]
  })
  const albums = new Map(inventory.albums.map(({ id, title }) => [id, title]))
  return { ended: 'well', files, albums, silentOn: new Set() }
}
