/**
 * Stores the tree of a snapshot: entries, dirpacks, summaries and all indexes.
 *
 * Directories are written from the last to the first in bytewise order, so that everything below a
 * directory is there before it. Only one directory's entries are in memory at a time; of the
 * others their MACs remain.
 *
 * A dirpack is the listing of one directory, stored as a file is; for each child, ascending:
 *
 * | size | field |
 * | ---: | --- |
 * | 1 | kind: 1 directory, 2 anything else |
 * | 4 | u32 LE: length of what follows |
 * | n | the entry's bytes, those of its VFS_ENTRY blob |
 * | 32 | their MAC |
 * @module
 */

import { compareNames } from '../../util/byte-names.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { MAC_BYTES, macFromHex, macToHex, NO_MAC } from '../mac-hex.ts'
import { compareTimestamps, EPOCH, type Timestamp } from '../msgpack/timestamp.ts'
import { decodeEntry, type EntryRecord, encodeEntry } from '../records/entry.ts'
import { encodeError } from '../records/error.ts'
import type { IndexRecord } from '../records/header.ts'
import { parentPath } from '../records/path-order.ts'
import { encodeSummary, type SummaryRecord } from '../records/summary.ts'
import { ResourceType } from '../resource-type.ts'
import { BTreeBuilder } from './btree-builder.ts'
import { contentTypeOf, directoryEntry, leafEntry } from './entry-draft.ts'
import { readFrom } from './input-window.ts'
import type { ObjectWriter } from './object-writer.ts'
import type { RecordWriter } from './record-writer.ts'
import { SortedTree } from './sorted-tree.ts'
import { SummaryBuilder } from './summary-builder.ts'
import type { TreeDraft } from './tree-draft.ts'
import { type XattrDraft, XattrWriter } from './xattr-writer.ts'

/** Where everything of a snapshot begins. */
export interface WrittenTree {
  vfs: { root: string; xattrs: string; errors: string }
  indexes: IndexRecord[]
  /** The root directory's. */
  summary: SummaryRecord
}

export interface TreeWriterOptions {
  draft: TreeDraft
  /** What could not be read: message by path. */
  errors: ReadonlyMap<string, string>
  xattrs: readonly XattrDraft[]
  records: RecordWriter
  objects: ObjectWriter
}

const ROOT = 0
const GENERIC_TREE = { rootType: ResourceType.BTREE_ROOT, nodeType: ResourceType.BTREE_NODE }

export async function writeTree(options: TreeWriterOptions): Promise<WrittenTree> {
  return new TreeWriter(options).write()
}

class TreeWriter {
  readonly #draft: TreeDraft
  readonly #errors: ReadonlyMap<string, string>
  readonly #xattrs: readonly XattrDraft[]
  readonly #records: RecordWriter
  readonly #objects: ObjectWriter
  readonly #tree: SortedTree
  readonly #entryMacs: Uint8Array
  /** By ordinal, for directories. */
  readonly #modified = new Map<number, Timestamp>()
  readonly #dirpacks = new Map<number, string>()
  readonly #summaryMacs = new Map<number, string>()
  /** Only of directories whose parent is still to come. */
  readonly #summaries = new Map<number, SummaryRecord>()
  /** How many paths directly in a directory could not be read. */
  readonly #errorsIn = new Map<string, number>()

  constructor({ draft, errors, xattrs, records, objects }: TreeWriterOptions) {
    this.#draft = draft
    this.#errors = errors
    this.#xattrs = xattrs
    this.#records = records
    this.#objects = objects
    this.#tree = new SortedTree(draft.paths())
    this.#entryMacs = new Uint8Array(this.#tree.paths.length * MAC_BYTES)
    for (const path of errors.keys()) {
      const parent = parentPath(path)
      this.#errorsIn.set(parent, (this.#errorsIn.get(parent) ?? 0) + 1)
    }
  }

  async write(): Promise<WrittenTree> {
    const directories = this.#descending().filter((ordinal) => this.#leaf(ordinal) === undefined)
    for (const directory of directories) await this.#writeDirectory(directory)
    await this.#writeEntry(ROOT, this.#directoryEntry(ROOT))
    return {
      vfs: {
        root: await this.#writePathTree(),
        xattrs: await new XattrWriter(this.#records, this.#objects).write(this.#xattrs),
        errors: await this.#writeErrors(),
      },
      indexes: [
        await this.#index('content-type', this.#writeContentTypes()),
        await this.#index('dirpack', this.#writeDirectoryTree(directories, this.#dirpacks)),
        await this.#index('summary', this.#writeDirectoryTree(directories, this.#summaryMacs)),
      ],
      summary: this.#summaries.get(ROOT)!,
    }
  }

  #path(ordinal: number): string {
    return this.#tree.paths[ordinal]!
  }

  #leaf(ordinal: number) {
    return this.#draft.leaf(this.#path(ordinal))
  }

  /** The order in which plakar fills its trees. */
  #descending(): number[] {
    return this.#tree.paths.map((_, ordinal) => ordinal).reverse()
  }

  async #writeDirectory(directory: number): Promise<void> {
    const summary = new SummaryBuilder()
    const dirpack = await this.#objects.store(
      {
        read: readFrom(this.#frames(directory, summary)),
        finish: () => 'application/octet-stream',
      },
      { style: 'compress' },
    )
    const finished = summary.finish(this.#errorsIn.get(this.#path(directory)) ?? 0)
    const bytes = encodeSummary(finished)
    this.#summaryMacs.set(directory, await this.#records.store(ResourceType.VFS_SUMMARY, bytes))
    this.#summaries.set(directory, finished)
    this.#dirpacks.set(directory, dirpack.objectMac)
  }

  /** Stores the entries of a directory's children and yields them as its dirpack has them. */
  async *#frames(directory: number, summary: SummaryBuilder): AsyncGenerator<Uint8Array> {
    let newest: Timestamp | undefined
    for (const child of this.#tree.children(directory)) {
      const leaf = this.#leaf(child)
      const entry = leaf ? leafEntry(this.#path(child), leaf) : this.#directoryEntry(child)
      const modified = entry.fileInfo.modTime
      if (newest === undefined || compareTimestamps(newest, modified) < 0) newest = modified
      if (leaf === undefined) {
        summary.addDirectory(this.#summaries.get(child)!)
        this.#summaries.delete(child)
        yield frame(1, await this.#writeEntry(child, entry))
      } else {
        summary.addLeaf(entry, entry.object !== NO_MAC)
        yield frame(2, await this.#writeEntry(child, entry))
      }
    }
    this.#modified.set(directory, newest ?? EPOCH)
  }

  /** Its own, or one as new as the newest thing in it. */
  #directoryEntry(ordinal: number): EntryRecord {
    const path = this.#path(ordinal)
    const own = this.#draft.directory(path)
    return own ? decodeEntry(own) : directoryEntry(path, this.#modified.get(ordinal)!)
  }

  async #writeEntry(ordinal: number, entry: EntryRecord) {
    const bytes = encodeEntry(entry)
    const mac = macFromHex(await this.#records.store(ResourceType.VFS_ENTRY, bytes))
    this.#entryMacs.set(mac, ordinal * MAC_BYTES)
    return { bytes, mac }
  }

  readonly #entryMac = (ordinal: number) => macToHex(this.#entryMacs, ordinal * MAC_BYTES)

  async #writePathTree(): Promise<string> {
    const tree = new BTreeBuilder(this.#tree.compareByDepth)
    for (const ordinal of this.#descending()) tree.insert(ordinal)
    return this.#records.storeTree(tree, {
      rootType: ResourceType.VFS_BTREE,
      nodeType: ResourceType.VFS_NODE,
      key: (ordinal) => this.#path(ordinal),
      value: this.#entryMac,
    })
  }

  /** Every file and symlink under `/image/jpeg/path/of/the.jpg`. */
  async #writeContentTypes(): Promise<string> {
    const key = (ordinal: number) => `/${this.#mime(ordinal)}${this.#path(ordinal)}`
    const tree = new BTreeBuilder((a, b) => {
      const [mimeA, mimeB] = [this.#mime(a), this.#mime(b)]
      if (mimeA === mimeB) return a - b
      const mayInterlace = mimeA.startsWith(mimeB) || mimeB.startsWith(mimeA)
      return mayInterlace ? compareNames(key(a), key(b)) : compareNames(mimeA, mimeB)
    })
    for (const ordinal of this.#descending()) {
      if (this.#leaf(ordinal) !== undefined) tree.insert(ordinal)
    }
    return this.#records.storeTree(tree, { ...GENERIC_TREE, key, value: this.#entryMac })
  }

  #mime(ordinal: number): string {
    return mimeOf(contentTypeOf(this.#leaf(ordinal)!))
  }

  async #writeDirectoryTree(
    directories: readonly number[],
    macs: ReadonlyMap<number, string>,
  ): Promise<string> {
    const tree = new BTreeBuilder((a, b) => a - b)
    for (const directory of directories) tree.insert(directory)
    return this.#records.storeTree(tree, {
      ...GENERIC_TREE,
      key: (ordinal) => this.#path(ordinal),
      value: (ordinal) => macs.get(ordinal)!,
    })
  }

  async #writeErrors(): Promise<string> {
    const paths = [...this.#errors.keys()].sort(compareNames)
    const tree = new BTreeBuilder((a, b) => a - b)
    const macs: string[] = []
    for (const [at, path] of paths.entries()) {
      const record = { version: VERSION_1_0_0, path, error: this.#errors.get(path)! }
      macs.push(await this.#records.store(ResourceType.ERROR_ENTRY, encodeError(record)))
      tree.insert(at)
    }
    return this.#records.storeTree(tree, {
      rootType: ResourceType.ERROR_BTREE,
      nodeType: ResourceType.ERROR_NODE,
      key: (at) => paths[at]!,
      value: (at) => macs[at]!,
    })
  }

  async #index(name: string, root: Promise<string>): Promise<IndexRecord> {
    return { name, type: 'btree', value: await root }
  }
}

function frame(kind: 1 | 2, entry: { bytes: Uint8Array; mac: Uint8Array }): Uint8Array {
  const whole = new Uint8Array(5 + entry.bytes.length + MAC_BYTES)
  whole[0] = kind
  new DataView(whole.buffer).setUint32(1, entry.bytes.length + MAC_BYTES, true)
  whole.set(entry.bytes, 5)
  whole.set(entry.mac, 5 + entry.bytes.length)
  return whole
}

/** The MIME type without its parameters. */
function mimeOf(contentType: string): string {
  const parameters = contentType.indexOf(';')
  return parameters === -1 ? contentType : contentType.slice(0, parameters)
}
