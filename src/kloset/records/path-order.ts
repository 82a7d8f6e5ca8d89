/**
 * Paths inside a snapshot: absolute, separated by `/`, clean; the root is `/`.
 *
 * The VFS tree sorts them by depth first ("PathCmp"), so that the children of a directory lie
 * together; every other index sorts bytewise.
 * @module
 */
import { compareNames } from '../../util/byte-names.ts'

/** Fewer `/` first, then bytewise. `/` < `/etc` < `/a/b`. */
export function comparePaths(a: string, b: string): number {
  return countSlashes(a) - countSlashes(b) || compareNames(a, b)
}

/** Path of the entry `name` in `parent`. The root is its own parent and is named `/`. */
export function joinPath(parent: string, name: string): string {
  if (name === '/') return '/'
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

/** Directory in which `path` lies; `/` for the root itself. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** Last part of `path`; `/` for the root. */
export function baseName(path: string): string {
  return path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1)
}

/** Whether `name` can be one step of a path. Anything else could lead a restore astray. */
export function isEntryName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0')
}

/** `path` made absolute and clean: `a//b/./c/../d/` becomes `/a/b/d`. */
export function normalizePath(path: string): string {
  const steps: string[] = []
  for (const step of path.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return `/${steps.join('/')}`
}

function countSlashes(path: string): number {
  let count = 0
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) count += 1
  return count
}
