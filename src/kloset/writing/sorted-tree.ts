/**
 * All paths of a snapshot in bytewise order, each known by its place in it, its *ordinal*.
 *
 * Ordinals make every order a comparison of numbers, and the tree a few bytes per path. A parent
 * comes before everything below it.
 * @module
 */
import { Buffer } from 'node:buffer'
import { encodeName } from '../../util/byte-names.ts'
import { parentPath } from '../records/path-order.ts'

const NONE = -1
const SURROGATE = /[\ud800-\udfff]/

export class SortedTree {
  readonly paths: readonly string[]
  readonly #depths: Uint32Array
  readonly #firstChild: Int32Array
  readonly #nextSibling: Int32Array

  /** @param paths every path once, with all directories above it */
  constructor(paths: readonly string[]) {
    this.paths = sortBytewise(paths)
    this.#depths = Uint32Array.from(this.paths, countSlashes)
    this.#firstChild = new Int32Array(this.paths.length).fill(NONE)
    this.#nextSibling = new Int32Array(this.paths.length).fill(NONE)
    this.#linkChildren()
  }

  /** Ordinals of what lies directly in a directory, ascending. */
  *children(directory: number): Generator<number> {
    let child = this.#firstChild[directory]!
    for (; child !== NONE; child = this.#nextSibling[child]!) yield child
  }

  /** kloset's PathCmp: fewer slashes first, then bytewise. */
  readonly compareByDepth = (a: number, b: number): number =>
    this.#depths[a]! - this.#depths[b]! || a - b

  #linkChildren(): void {
    const ordinals = new Map<string, number>()
    const parents = this.paths.map(parentPath)
    const isParent = new Set(parents)
    for (const [ordinal, path] of this.paths.entries()) {
      if (isParent.has(path)) ordinals.set(path, ordinal)
    }
    for (let ordinal = this.paths.length - 1; ordinal > 0; ordinal--) {
      const parent = ordinals.get(parents[ordinal]!)!
      this.#nextSibling[ordinal] = this.#firstChild[parent]!
      this.#firstChild[parent] = ordinal
    }
  }
}

/** The order of UTF-16 units is that of the bytes unless surrogates take part. */
function sortBytewise(paths: readonly string[]): string[] {
  if (!paths.some((path) => SURROGATE.test(path))) return paths.toSorted()
  const keyed = paths.map((path) => ({
    path,
    key: Buffer.from(encodeName(path)).toString('latin1'),
  }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1))
  return keyed.map(({ path }) => path)
}

function countSlashes(path: string): number {
  let count = 0
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) count += 1
  return count
}
