/**
 * What a batch of contents needs to be read on another thread: plain values, no handles.
 *
 * Bytes that need not be text, names on disk and in zips, travel as Latin-1 strings: one
 * character a byte.
 * @module
 */
export type Recipe = ZipRecipe | TarRecipe | FolderRecipe

export interface ZipRecipe {
  kind: 'zip'
  path: string
  part: string
  /** Of the archive when it was surveyed. */
  sizeBytes: number
  members: RecipeMember[]
}

export interface RecipeMember {
  id: number
  name: string
  rawName: string
  method: number
  size: number
  compressedSize: number
  crc32: number
  localOffset: number
}

export interface TarRecipe {
  kind: 'tar'
  path: string
  part: string
  sizeBytes: number
  isCompressed: boolean
  /** In the order of their ordinals. */
  members: { id: number; ordinal: number; name: string; size: number; crc32: number }[]
}

export interface FolderRecipe {
  kind: 'folder'
  part: string
  files: RecipeFile[]
}

export interface RecipeFile {
  id: number
  name: string
  diskPath: string
  size: number
  modifiedMs: number
}
