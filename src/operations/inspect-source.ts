import type { Inventory, Source, Survey } from '../sources/source.ts'
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
  const heads = await survey.readHeads(distinctContents(survey), options)
  return { inventory: survey.understand(heads), bytesRead: survey.bytesRead }
}

/** As far as names tell; the inventory they gave is not kept beside the one that follows. */
function distinctContents(survey: Survey): number[] {
  const { entries } = survey.understand(new Map())
  const contents = entries.filter(isContent)
  const distinct = contents.filter((entry) => entry.sameBytesAs === undefined)
  return distinct.map((entry) => entry.index)
}
