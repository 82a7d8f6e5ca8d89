/**
 * How a folder is shown to the rules that understand exports, and back.
 *
 *   DCIM/Camera/IMG_1.jpg   →   Takeout/Google Photos/DCIM/Camera/=/IMG_1.jpg
 *
 * Below a known root every file is inside, whatever the folders are called; and the last folder,
 * whose name has a meaning in an export ("Photos from 2021", "Archive", "Trash"), has one that
 * means nothing: in a folder of photos these are just words.
 * @module
 */
import { baseName, folderOf } from './folder-tree.ts'

const ROOT = 'Takeout/Google Photos/'
const NEUTRAL = '='

export function exportedPath(path: string): string {
  const folder = folderOf(path)
  return `${ROOT}${folder === '' ? '' : `${folder}/`}${NEUTRAL}/${baseName(path)}`
}

/** The path below the folder; also of a folder as an album has it. */
export function ownPath(exported: string): string {
  const below = exported.startsWith(ROOT) ? exported.slice(ROOT.length) : exported
  if (below === NEUTRAL) return ''
  if (below.endsWith(`/${NEUTRAL}`)) return below.slice(0, -NEUTRAL.length - 1)
  const at = below.lastIndexOf(`${NEUTRAL}/`)
  return at < 0 ? below : below.slice(0, at) + below.slice(at + NEUTRAL.length + 1)
}

/** The same for paths in the middle of a sentence. */
export function withOwnPaths(sentence: string): string {
  return sentence.replaceAll(`${ROOT}${NEUTRAL}/`, '').replace(IN_TEXT, '$1/')
}

const IN_TEXT = new RegExp(`${ROOT}([^"]*?)/${NEUTRAL}/`, 'g')
