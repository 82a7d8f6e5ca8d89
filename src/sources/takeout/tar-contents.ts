/**
 * Opens wanted members of one tar archive, in one pass.
 * @module
 */

import { DamagedArchiveError } from '../../archives/damaged-archive-error.ts'
import { openTar } from '../../archives/tar/open-tar.ts'
import type { TarReader } from '../../archives/tar/tar-reader.ts'
import { CheckedContent, type OpenContent, unreadable } from './checked-content.ts'
import type { TarRecipe } from './recipe.ts'

export async function* tarContents(recipe: TarRecipe): AsyncGenerator<OpenContent> {
  const reader = openTar(recipe, { bytes: 0 })
  let failure: unknown
  try {
    for (const member of recipe.members) {
      failure ??= await advance(reader, member)
      const bytes = failure === undefined ? reader : unreadable(failure)
      yield new CheckedContent({ ...member, part: recipe.part }, bytes)
    }
  } finally {
    await reader.close()
  }
}

/** Goes on to `member`. Returns why that cannot be, which then holds for all that follow. */
async function advance(
  reader: TarReader,
  { ordinal, name, size }: TarRecipe['members'][number],
): Promise<unknown> {
  try {
    for (let next = await reader.next(); next; next = await reader.next()) {
      if (next.ordinal < ordinal) continue
      if (next.name === name && next.size === size) return undefined
      break
    }
    return new DamagedArchiveError('is in an archive that changed meanwhile')
  } catch (problem) {
    return problem
  }
}
