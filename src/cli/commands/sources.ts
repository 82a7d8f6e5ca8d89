/**
 * What the commands that read a source share.
 * @module
 */
import { NamedStoreError } from '../../config/store-location.ts'
import type { Source } from '../../sources/source.ts'
import type { ArgumentSpec } from '../command.ts'

/** The option of the commands that read a source. */
export const folderAlbums = {
  describe: 'Of a folder of photos: make an album of every folder in it',
} as const

export const sourceArgument: ArgumentSpec = {
  name: 'SOURCE',
  min: 1,
  max: Number.POSITIVE_INFINITY,
  describe:
    'A Takeout archive (.zip, .tgz, .tar.gz), a folder that holds archives, an extracted export, or several of these in any order; or a folder of photos. takeout:PATH and folder:PATH say which it is',
  completes: 'file',
}

/** Opens what was named on the command line as one source. */
export async function openSourceAt(
  locations: string[],
  settings: { foldersAsAlbums?: boolean } = {},
): Promise<Source> {
  const named = locations.find((location) => location.startsWith('@'))
  if (named !== undefined) throw new NamedStoreError(named)
  const { openSource } = await import('../../sources/registry.ts')
  return openSource(locations, settings)
}
