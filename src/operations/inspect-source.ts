import type { Inventory, Source } from '../sources/source.ts'
import { isContent } from './import/read-contents.ts'
import type { WorkOptions } from './work-options.ts'

/**
 * What is in a source, what belongs together, what is missing. Reads directories, sidecars and the
 * heads of media; needs no repository.
 */
export async function inspectSource(
  source: Source,
  options: WorkOptions,
): Promise<{ inventory: Inventory; bytesRead: number }> {
  await using survey = await source.survey(options)
  const byName = survey.understand(new Map())
  const contents = byName.entries.filter(isContent)
  const distinct = contents.filter((entry) => entry.sameBytesAs === undefined)
  const heads = await survey.readHeads(
    distinct.map((entry) => entry.index),
    options,
  )
  return { inventory: survey.understand(heads), bytesRead: survey.bytesRead }
}
