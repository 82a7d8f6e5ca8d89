/**
 * Looks up and scans the B+trees of a snapshot. Nodes come from a store, so nothing about their
 * shape is believed: depth is bounded, no node is visited twice in a scan, keys must ascend.
 *
 * Scans descend from the root and do not follow the leaves' `next`: a chain that leads elsewhere
 * then cannot make a scan differ from the lookups.
 * @module
 */
import { compareNames } from '../../util/byte-names.ts'
import { MalformedRecordError } from '../damage.ts'
import { type BtreeNode, decodeBtreeNode, decodeBtreeRoot } from '../records/btree.ts'
import { comparePaths } from '../records/path-order.ts'
import { ResourceType } from '../resource-type.ts'

/** Where blobs are read from. */
export interface BlobSource {
  readBlob(type: ResourceType, mac: string): Promise<Uint8Array>
}

/** What a kind of tree is made of, and how its keys are sorted. */
export interface TreeKind {
  root: ResourceType
  node: ResourceType
  /** Undefined where writers disagree: such a tree can only be scanned. */
  compare: ((a: string, b: string) => number) | undefined
}

export const TreeKind = {
  VFS: { root: ResourceType.VFS_BTREE, node: ResourceType.VFS_NODE, compare: comparePaths },
  ERRORS: { root: ResourceType.ERROR_BTREE, node: ResourceType.ERROR_NODE, compare: compareNames },
  /** Plakar builds it in the order of paths and searches it in the order of names. */
  XATTRS: { root: ResourceType.XATTR_BTREE, node: ResourceType.XATTR_NODE, compare: undefined },
  INDEX: { root: ResourceType.BTREE_ROOT, node: ResourceType.BTREE_NODE, compare: compareNames },
} as const satisfies Record<string, TreeKind>

/** Trees split at 50 keys: even 24 keys a node and 2^64 paths are not so deep. */
const MAX_DEPTH = 32
/** Decoded nodes kept: the inner nodes of a tree of a million paths, and some leaves. */
const CACHED_NODES = 1024

export class BtreeReader {
  readonly #blobs: BlobSource
  readonly #kind: TreeKind
  readonly #rootMac: string
  #root: Promise<string> | undefined
  readonly #cache = new Map<string, BtreeNode>()

  constructor(blobs: BlobSource, kind: TreeKind, rootMac: string) {
    this.#blobs = blobs
    this.#kind = kind
    this.#rootMac = rootMac
  }

  /** The value under `key`, or undefined. */
  async find(key: string): Promise<string | undefined> {
    let node = await this.#node(await this.#rootNode())
    for (let depth = 0; node.pointers !== null && node.pointers.length > 0; depth++) {
      if (depth > MAX_DEPTH) throw malformed('it is too deep')
      node = await this.#node(node.pointers[this.#childFor(node, key)]!)
    }
    const at = node.keys?.indexOf(key) ?? -1
    return at === -1 ? undefined : node.values![at]
  }

  /** All keys and values in order, from the first key that is not before `start`. */
  async *entries(start?: string): AsyncGenerator<[key: string, value: string]> {
    const compare = this.#kind.compare
    let previous: string | undefined
    for await (const entry of this.#below(await this.#rootNode(), start, new Set(), 0)) {
      if (previous !== undefined && compare !== undefined && compare(previous, entry[0]) >= 0) {
        throw malformed('its keys are not in order')
      }
      previous = entry[0]
      yield entry
    }
  }

  async *#below(
    mac: string,
    start: string | undefined,
    visited: Set<string>,
    depth: number,
  ): AsyncGenerator<[string, string]> {
    if (visited.has(mac) || depth > MAX_DEPTH) throw malformed('it leads back into itself')
    visited.add(mac)
    const node = await this.#node(mac)
    const { keys, pointers, values } = node
    if (pointers === null || pointers.length === 0) {
      for (const [at, key] of (keys ?? []).entries()) {
        if (start === undefined || this.#compare(key, start) >= 0) yield [key, values![at]!]
      }
      return
    }
    const first = start === undefined ? 0 : this.#childFor(node, start)
    for (let at = first; at < pointers.length; at++) {
      yield* this.#below(pointers[at]!, at === first ? start : undefined, visited, depth + 1)
    }
  }

  /** Which pointer of an inner node leads to `key`: the one after the last key not beyond it. */
  #childFor({ keys }: BtreeNode, key: string): number {
    let low = 0
    let high = keys?.length ?? 0
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(keys![middle]!, key) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(a: string, b: string): number {
    if (this.#kind.compare === undefined) throw new TypeError('this tree can only be scanned')
    return this.#kind.compare(a, b)
  }

  #rootNode(): Promise<string> {
    this.#root ??= this.#blobs
      .readBlob(this.#kind.root, this.#rootMac)
      .then((bytes) => decodeBtreeRoot(bytes).root)
    return this.#root
  }

  async #node(mac: string): Promise<BtreeNode> {
    const cached = this.#cache.get(mac)
    if (cached !== undefined) return cached
    const node = decodeBtreeNode(await this.#blobs.readBlob(this.#kind.node, mac))
    if (this.#cache.size >= CACHED_NODES) this.#cache.clear()
    this.#cache.set(mac, node)
    return node
  }
}

function malformed(detail: string): MalformedRecordError {
  return new MalformedRecordError('an index', detail)
}
