/**
 * Stores the extended attributes of a snapshot: each value as a file is, a record that names it, and
 * the tree that finds the record under `path ‖ name ‖ sign`. The tree is there even when it is empty:
 * plakar reads it.
 *
 * plakar's maintenance does not count the values as used, only their records; a value alone in a
 * packfile would be swept. So a value is written right before its record, and again whenever the
 * record is new, even if the same bytes lie elsewhere.
 * @module
 */
import { compareNames } from '../../util/byte-names.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { encodeXattr } from '../records/xattr.ts'
import { ResourceType } from '../resource-type.ts'
import { BTreeBuilder } from './btree-builder.ts'
import { readFrom } from './input-window.ts'
import type { ObjectWriter } from './object-writer.ts'
import type { RecordWriter } from './record-writer.ts'

export interface XattrDraft {
  /** Of the entry it belongs to. */
  path: string
  name: string
  /** 0 extended attribute, 1 alternate data stream. */
  type: number
  contentType: string
  /** The value; may be asked for twice. */
  value: () => AsyncIterable<Uint8Array>
}

/** What ends the key, by type. Source: kloset xattr.go. */
const SIGNS = [':', '@', '%']
const SIGN_OF_OTHERS = '#'

export class XattrWriter {
  readonly #records: RecordWriter
  readonly #objects: ObjectWriter

  constructor(records: RecordWriter, objects: ObjectWriter) {
    this.#records = records
    this.#objects = objects
  }

  /** Returns the MAC of the tree's root record. */
  async write(xattrs: readonly XattrDraft[]): Promise<string> {
    const sorted = xattrs
      .map((xattr) => ({ key: keyOf(xattr), xattr }))
      .sort((a, b) => compareNames(a.key, b.key))
    const macs: string[] = []
    const tree = new BTreeBuilder((a, b) => a - b)
    for (const [at, { xattr }] of sorted.entries()) {
      macs.push(await this.#writeOne(xattr))
      tree.insert(at)
    }
    return this.#records.storeTree(tree, {
      rootType: ResourceType.XATTR_BTREE,
      nodeType: ResourceType.XATTR_NODE,
      key: (at) => sorted[at]!.key,
      value: (at) => macs[at]!,
    })
  }

  async #writeOne({ path, name, type, contentType, value }: XattrDraft): Promise<string> {
    const stream = () => ({ read: readFrom(value()), finish: () => contentType })
    const { objectMac, size } = await this.#objects.store(stream(), { keep: 'nothing' })
    const record = { version: VERSION_1_0_0, path, name, size, type, object: objectMac }
    const bytes = encodeXattr(record)
    if (!this.#records.has(ResourceType.XATTR_ENTRY, bytes)) {
      await this.#objects.store(stream(), { keep: 'everything' })
    }
    return this.#records.store(ResourceType.XATTR_ENTRY, bytes)
  }
}

function keyOf({ path, name, type }: XattrDraft): string {
  return `${path}${name}${SIGNS[type] ?? SIGN_OF_OTHERS}`
}
