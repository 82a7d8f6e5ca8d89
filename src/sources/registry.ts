/**
 * Every kind of source, loaded only when used.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'
import type { Source } from './source.ts'

export interface SourceSettings {
  /** Folders of photos become albums, although nothing says that they are any. */
  foldersAsAlbums?: boolean
  /** Milliseconds since 1970: against it a folder's files are young or old. */
  now?: () => number
}

/** Finds the source that lies at `locations`; fails when nothing of it is there. */
type OpenSource = (locations: readonly string[], settings: SourceSettings) => Promise<Source>

const sources = {
  takeout: async () => (await import('./takeout/takeout-source.ts')).openTakeout as OpenSource,
  folder: openFolders,
} satisfies Record<string, () => Promise<OpenSource>>

type Kind = keyof typeof sources

/**
 * The source that `locations` make together: `takeout:PATH`, `folder:PATH`, or plain paths, of which
 * those that hold a Takeout are one, and all others folders of photos.
 * @throws {MixedSourcesError}
 */
export async function openSource(
  locations: readonly string[],
  settings: SourceSettings = {},
): Promise<Source> {
  const named = locations.map(nameOf)
  const kinds = new Set<Kind>()
  for (const { kind, path } of named) {
    const found = kind ?? (await kindAt(path))
    if (found !== undefined) kinds.add(found)
  }
  if (kinds.size > 1) throw new MixedSourcesError()
  const [kind = 'takeout'] = kinds
  const open = await sources[kind]()
  return open(
    named.map(({ path }) => path),
    settings,
  )
}

/** What does not begin with the name of a source is a path, colons and all. */
function nameOf(location: string): { kind?: Kind; path: string } {
  const kind = location.slice(0, Math.max(location.indexOf(':'), 0))
  if (!Object.hasOwn(sources, kind)) return { path: location }
  return { kind: kind as Kind, path: location.slice(kind.length + 1) }
}

/** Undefined when there is nothing of either kind. */
async function kindAt(path: string): Promise<Kind | undefined> {
  const { looksLikeTakeout } = await import('./takeout/looks-like-takeout.ts')
  const likeness = await looksLikeTakeout(path)
  if (likeness === 'yes') return 'takeout'
  const { holdsPhotos } = await import('./folder/holds-photos.ts')
  if (await holdsPhotos(path)) return 'folder'
  return likeness === 'maybe' ? 'takeout' : undefined
}

/** A folder is matched by the rules for exports, and read as an extracted one is. */
async function openFolders(): Promise<OpenSource> {
  const { openFolder } = await import('./folder/folder-source.ts')
  const { TakeoutSurvey } = await import('./takeout/takeout-survey.ts')
  const { understand } = await import('./takeout/understanding/understand.ts')
  return (locations, settings) =>
    openFolder(
      locations,
      {
        understand,
        survey: (sources, tally) =>
          new TakeoutSurvey({ surveyed: { parts: [], entries: [] }, sources }, tally, understand),
      },
      settings,
    )
}

/** An export and a folder of photos are two sources. */
export class MixedSourcesError extends CodedError {
  readonly code = 'MIXED_SOURCES'

  constructor() {
    super('a Takeout and a folder of photos were named together', {
      hint: 'Save them one after the other; both join the same library. "takeout:PATH" and "folder:PATH" say what a path is.',
    })
  }
}
