/**
 * Opens files of an extracted export, one after the other.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { DamagedArchiveError } from '../../archives/damaged-archive-error.ts'
import { READ_ONLY_NO_LINK } from '../../archives/read-at.ts'
import { type ByteReader, CheckedContent, type OpenContent, unreadable } from './checked-content.ts'
import type { FolderRecipe, RecipeFile } from './recipe.ts'

export async function* folderContents({ part, files }: FolderRecipe): AsyncGenerator<OpenContent> {
  for (const file of files) {
    const bytes = openFile(file)
    try {
      yield new CheckedContent({ ...file, part }, bytes)
    } finally {
      if (bytes instanceof UnchangedFile) bytes.close()
    }
  }
}

function openFile(file: RecipeFile): ByteReader {
  try {
    return new UnchangedFile(file)
  } catch (problem) {
    return unreadable(problem)
  }
}

/** No checksum protects a file on disk: that it stays as it was listed is all we can watch. */
class UnchangedFile implements ByteReader {
  readonly #descriptor: number
  readonly #listed: RecipeFile

  constructor(listed: RecipeFile) {
    this.#listed = listed
    this.#descriptor = openSync(Buffer.from(listed.diskPath, 'latin1'), READ_ONLY_NO_LINK)
  }

  read(into: Uint8Array): number {
    const length = readSync(this.#descriptor, into)
    if (length === 0) this.#compare()
    return length
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #compare(): void {
    const { size, mtimeMs } = fstatSync(this.#descriptor)
    if (size !== this.#listed.size || mtimeMs !== this.#listed.modifiedMs) {
      throw new DamagedArchiveError('changed while it was being read')
    }
  }
}
