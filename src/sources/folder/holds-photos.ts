/**
 * Whether a folder holds photos at all, as far as names tell; looks no further than the first one.
 * @module
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mediaTypeOfName } from '../../photos/embedded/media-type.ts'

/** A person who names a whole disk shall not wait for the answer. */
const MAX_LOOKED_AT = 50_000

/** Nearest folders first. */
export async function holdsPhotos(root: string): Promise<boolean> {
  const folders = [root]
  let looked = 0
  for (const folder of folders) {
    const children = await readdir(folder, { withFileTypes: true }).catch(() => [])
    for (const child of children) {
      if (child.isDirectory()) folders.push(join(folder, child.name))
      else if (/^(image|video)\//.test(mediaTypeOfName(child.name) ?? '')) return true
    }
    looked += children.length
    if (looked > MAX_LOOKED_AT) return true
  }
  return false
}
