import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareNames } from '../../util/byte-names.ts'
import { comparePaths, parentPath } from '../records/path-order.ts'
import { SortedTree } from './sorted-tree.ts'

describe('the paths of a snapshot', () => {
  it('are sorted by their bytes, not by UTF-16 units', () => {
    const { paths } = new SortedTree(['/', '/\u{1f4f7}', '/\uff5e', '/\udc80', '/z'])

    // UTF-8: z is 7a, the lone byte 80, the full-width tilde ef bd 9e, the camera f0 9f 93 b7
    expect(paths).toEqual(['/', '/z', '/\udc80', '/\uff5e', '/\u{1f4f7}'])
  })

  it('know their children although others lie between', () => {
    const tree = new SortedTree(['/', '/a', '/a!b', '/a/x', '/a/y', '/b'])

    const children = (path: string) =>
      [...tree.children(tree.paths.indexOf(path))].map((child) => tree.paths[child])

    expect(children('/')).toEqual(['/a', '/a!b', '/b'])
    expect(children('/a')).toEqual(['/a/x', '/a/y'])
    expect(children('/a!b')).toEqual([])
  })

  it('compare as the reader of the format compares them', () => {
    const names = fc.array(fc.constantFrom('a', 'a!', 'ab', 'é', '\u{1f4f7}', '\uff5e', '\udc81'), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(fc.array(names), (lists) => {
        const paths = withDirectories(lists.map((steps) => `/${steps.join('/')}`))
        const tree = new SortedTree(paths)
        const ordinals = [...tree.paths.keys()]

        expect(tree.paths).toEqual(paths.toSorted(compareNames))
        expect(ordinals.sort(tree.compareByDepth).map((at) => tree.paths[at])).toEqual(
          paths.toSorted(comparePaths),
        )
      }),
    )
  })
})

function withDirectories(paths: readonly string[]): string[] {
  const all = new Set<string>(['/'])
  for (const path of paths) {
    for (let above = path; above !== '/'; above = parentPath(above)) all.add(above)
  }
  return [...all]
}
