/**
 * The content module of Takeout exports: opens the batches that a survey made, on any thread.
 * @module
 */
import type { OpenContent } from './checked-content.ts'
import { folderContents } from './folder-contents.ts'
import type { Recipe } from './recipe.ts'
import { tarContents } from './tar-contents.ts'
import { zipContents } from './zip-contents.ts'

/** Contents in the recipe's order. One that cannot be opened throws when it is read. */
export function openContents(recipe: unknown): AsyncGenerator<OpenContent> {
  const known = recipe as Recipe
  if (known.kind === 'zip') return zipContents(known)
  return known.kind === 'tar' ? tarContents(known) : folderContents(known)
}
