/**
 * Stores the metadata of a snapshot, blob by blob; what the repository has is not stored again.
 * @module
 */
import type { Mac } from '../crypto/mac.ts'
import { macToHex } from '../mac-hex.ts'
import { BTREE_ORDER, encodeBtreeNode, encodeBtreeRoot } from '../records/btree.ts'
import { ResourceType } from '../resource-type.ts'
import type { StateIndex } from '../state/state-index.ts'
import type { BlobSet } from './blob-set.ts'
import type { BTreeBuilder } from './btree-builder.ts'
import type { PackWriter } from './pack-writer.ts'
import type { WriteGuard } from './write-guard.ts'

export interface RecordWriterOptions {
  mac: Mac
  index: StateIndex
  packs: PackWriter
  known: BlobSet
  guard: WriteGuard
}

/** Turns a tree's ordinals into what is stored for them. */
export interface TreeContents {
  rootType: ResourceType
  nodeType: ResourceType
  key: (ordinal: number) => string
  /** MAC of what the key leads to. */
  value: (ordinal: number) => string
}

export class RecordWriter {
  readonly #options: RecordWriterOptions

  constructor(options: RecordWriterOptions) {
    this.#options = options
  }

  /** Stores a record under the MAC of its bytes, which is returned. */
  async store(type: ResourceType, bytes: Uint8Array): Promise<string> {
    const { mac, packs, guard } = this.#options
    guard.check()
    const blobMac = mac.of(bytes)
    const hex = macToHex(blobMac)
    if (this.#isNew(type, blobMac, hex)) {
      await packs.add({ type, mac: blobMac, bytes, style: 'compress' })
    }
    return hex
  }

  /** Whether the repository has this record. */
  has(type: ResourceType, bytes: Uint8Array): boolean {
    return this.#options.index.has(type, macToHex(this.#options.mac.of(bytes)))
  }

  /** Stores a tree's nodes and its root record; returns the MAC of the latter. */
  async storeTree(tree: BTreeBuilder, contents: TreeContents): Promise<string> {
    const { rootType, nodeType, key, value } = contents
    const root = await tree.store(({ keys, pointers, next }) => {
      const values = pointers === null && keys.length > 0 ? keys.map(value) : null
      const names = keys.length > 0 ? keys.map(key) : null
      const node = { version: 0, keys: names, pointers, values, prev: null, next }
      return this.store(nodeType, encodeBtreeNode(node))
    })
    return this.store(rootType, encodeBtreeRoot({ version: 0, order: BTREE_ORDER, count: 0, root }))
  }

  /**
   * Within one snapshot only summaries repeat (empty folders, for instance): entries and nodes
   * hold paths, each of which occurs once. The set is not made to hold millions of them.
   */
  #isNew(type: ResourceType, blobMac: Uint8Array, hex: string): boolean {
    if (this.#options.index.has(type, hex)) return false
    return type !== ResourceType.VFS_SUMMARY || this.#options.known.claim(type, blobMac)
  }
}
