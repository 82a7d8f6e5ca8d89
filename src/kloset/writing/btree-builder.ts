/**
 * Builds a B+tree exactly as plakar does, so that equal trees have equal nodes.
 *
 * A node is full at 50 keys and is then split; stored nodes have at most 49. In memory a key is a
 * number, its *ordinal*, and so is its value; what they stand for is asked for only when the node
 * is stored. A million entries then cost a few bytes each.
 *
 * Source: kloset btree/, described in docs/format.
 * @module
 */

import { BTREE_ORDER } from '../records/btree.ts'

/** How many keys stay in the left half when a full node is split: floor((50 + 1) / 2) − 1. */
const LEFT_KEYS = 24

/** A node as it is stored: a leaf has values, an inner node pointers. */
export interface StoredNode {
  keys: number[]
  /** MACs of the nodes below; null for a leaf. */
  pointers: string[] | null
  /** MAC of the leaf that follows; null for the last, and for inner nodes. */
  next: string | null
}

/** Stores one node and returns its MAC. */
export type StoreNode = (node: StoredNode) => Promise<string>

interface Node {
  keys: number[]
  children: Node[] | undefined
}

export class BTreeBuilder {
  readonly #compare: (a: number, b: number) => number
  #root: Node = { keys: [], children: undefined }

  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare
  }

  /** Adds a key. A key that is there already changes nothing. */
  insert(key: number): void {
    const path: Node[] = []
    let node = this.#root
    while (node.children !== undefined) {
      path.push(node)
      node = node.children[this.#childIndex(node, key)]!
    }
    const at = this.#lowerBound(node.keys, key)
    if (at < node.keys.length && this.#compare(node.keys[at]!, key) === 0) return
    node.keys.splice(at, 0, key)
    this.#splitWhileFull(node, path)
  }

  /** Stores all nodes, from right to left and from the leaves upward. Returns the root's MAC. */
  async store(storeNode: StoreNode): Promise<string> {
    let next: string | null = null

    async function storeBelow(node: Node): Promise<string> {
      if (node.children === undefined) {
        next = await storeNode({ keys: node.keys, pointers: null, next })
        return next
      }
      const pointers: string[] = []
      for (const child of node.children.toReversed()) pointers.unshift(await storeBelow(child))
      return storeNode({ keys: node.keys, pointers, next: null })
    }

    return storeBelow(this.#root)
  }

  #splitWhileFull(fullest: Node, path: Node[]): void {
    let node = fullest
    while (node.keys.length >= BTREE_ORDER) {
      const { separator, right } = split(node)
      const parent = path.pop() ?? this.#newRoot(node)
      const at = this.#lowerBound(parent.keys, separator)
      parent.keys.splice(at, 0, separator)
      parent.children?.splice(at + 1, 0, right)
      node = parent
    }
  }

  #newRoot(onlyChild: Node): Node {
    this.#root = { keys: [], children: [onlyChild] }
    return this.#root
  }

  /** The child to descend to: a key equal to the separator lies behind the pointer to its right. */
  #childIndex(node: Node, key: number): number {
    const at = this.#lowerBound(node.keys, key)
    const equal = at < node.keys.length && this.#compare(node.keys[at]!, key) === 0
    return equal ? at + 1 : at
  }

  /** Index of the first key that is not smaller. */
  #lowerBound(keys: readonly number[], key: number): number {
    let low = 0
    let high = keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(keys[middle]!, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Cuts a full node in two; the key between them goes up, and out of an inner right half. */
function split(node: Node): { separator: number; right: Node } {
  const rightKeys = node.keys.splice(LEFT_KEYS)
  if (node.children === undefined) {
    return { separator: rightKeys[0]!, right: { keys: rightKeys, children: undefined } }
  }
  const separator = rightKeys.shift()!
  return { separator, right: { keys: rightKeys, children: node.children.splice(LEFT_KEYS + 1) } }
}
