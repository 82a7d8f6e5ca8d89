/**
 * What the commands that read a source share.
 * @module
 */
import { NamedStoreError } from '../../config/store-location.ts'
import type { Source } from '../../sources/source.ts'
import type { ArgumentSpec } from '../command.ts'

export const sourceArgument: ArgumentSpec = {
  name: 'SOURCE',
  min: 1,
  max: Number.POSITIVE_INFINITY,
  describe:
    'A Takeout archive (.zip, .tgz, .tar.gz), a folder that holds archives, an extracted export, or several of these in any order; also written takeout:PATH',
  completes: 'file',
}

/** Opens what was named on the command line as one source. */
export async function openSourceAt(locations: string[]): Promise<Source> {
  const named = locations.find((location) => location.startsWith('@'))
  if (named !== undefined) throw new NamedStoreError(named)
  const { openSource } = await import('../../sources/registry.ts')
  return openSource(locations)
}
