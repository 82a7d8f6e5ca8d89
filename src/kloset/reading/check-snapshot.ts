/**
 * Checks everything one snapshot refers to: all trees, entries and listings, and the content of
 * every file.
 * @module
 */
import { MalformedRecordError } from '../damage.ts'
import { decodeError } from '../records/error.ts'
import { type HeaderRecord, indexMac, type SourceRecord } from '../records/header.ts'
import { decodeSummary } from '../records/summary.ts'
import { decodeXattr } from '../records/xattr.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { BtreeReader, TreeKind } from './btree-reader.ts'
import type { BlobChecks } from './check-blobs.ts'
import { CheckProblemCode, type CheckWork } from './check-findings.ts'
import { type ListedEntry, readDirpack } from './dirpack.ts'
import { SnapshotReader } from './snapshot-reader.ts'
import type { TreeEntry } from './tree-entry.ts'

export class SnapshotCheck {
  /** Files met so far. */
  files = 0
  readonly #repository: Repository
  readonly #blobs: BlobChecks
  readonly #work: CheckWork
  readonly #source: SourceRecord
  readonly #reader: SnapshotReader
  readonly #tree: BtreeReader
  readonly #dirpacks: BtreeReader | undefined
  /** How problems name the snapshot. */
  readonly #name: string

  constructor(repository: Repository, header: HeaderRecord, blobs: BlobChecks, work: CheckWork) {
    this.#repository = repository
    this.#blobs = blobs
    this.#work = work
    this.#source = header.sources[0]!
    this.#reader = new SnapshotReader(repository, header)
    this.#tree = new BtreeReader(repository, TreeKind.VFS, this.#source.vfs.root)
    this.#name = header.identifier.slice(0, 8)
    const dirpacks = indexMac(this.#source, 'dirpack')
    if (dirpacks !== undefined) {
      this.#dirpacks = new BtreeReader(repository, TreeKind.INDEX, dirpacks)
    }
  }

  /** Errors, attributes, content types and summaries: every tree but that of the paths. */
  async checkSideIndexes(): Promise<void> {
    const { vfs } = this.#source
    const index = (name: string) => indexMac(this.#source, name)
    await this.#checkTree('errors', TreeKind.ERRORS, vfs.errors, (mac) =>
      this.#blobs.record(ResourceType.ERROR_ENTRY, mac, decodeError),
    )
    await this.#checkTree('attributes', TreeKind.XATTRS, vfs.xattrs, (mac) =>
      this.#checkAttribute(mac),
    )
    await this.#checkTree('content types', TreeKind.INDEX, index('content-type'), (mac) =>
      this.#blobs.entryPath(mac),
    )
    await this.#checkTree('summaries', TreeKind.INDEX, index('summary'), (mac) =>
      this.#blobs.record(ResourceType.VFS_SUMMARY, mac, decodeSummary),
    )
  }

  /** Every path of the tree, and that the listings say the same. */
  async checkPaths(): Promise<void> {
    const { findings, progress, signal } = this.#work
    let paths = 0
    await findings.guard(`${this.#name} tree`, async () => {
      for await (const [path, mac] of this.#tree.entries()) {
        signal.throwIfAborted()
        paths += 1
        await findings.guard(`${this.#name}:${path}`, () => this.#checkEntry(path, mac))
        progress.advance({ items: 1 })
      }
    })
    this.#paths = paths
  }

  /** Every file's content, and on the way every listing. */
  async checkFiles(): Promise<void> {
    const waiting = ['/']
    let paths = 1
    let isComplete = true
    for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
      const children = await this.#childrenOf(directory)
      isComplete &&= children !== undefined
      for (const child of children ?? []) {
        paths += 1
        if (child.kind === 'directory') waiting.push(child.path)
        if (child.kind === 'file') await this.#checkFile(child)
      }
    }
    if (!isComplete || this.#paths === undefined || paths === this.#paths) return
    const message = `the tree has ${this.#paths} paths, the listings have ${paths}`
    this.#work.findings.add(CheckProblemCode.TREE_MISMATCH, `${this.#name} tree`, message)
  }

  /** How many paths the tree has, once that was counted. */
  #paths: number | undefined

  async #checkEntry(path: string, mac: string): Promise<void> {
    const own = await this.#blobs.entryPath(mac)
    if (own === path) return
    throw new MalformedRecordError(`the entry of ${path}`, `it says it is ${own}`)
  }

  async #checkAttribute(mac: string): Promise<void> {
    const bytes = await this.#repository.readBlob(ResourceType.XATTR_ENTRY, mac)
    const { path, name, object } = decodeXattr(bytes)
    await this.#blobs.content(object, `attribute ${name} of ${path}`)
  }

  /** From the dirpack, compared with the tree; where that is not sound, from the tree. */
  async #childrenOf(directory: string): Promise<TreeEntry[] | undefined> {
    const { findings } = this.#work
    const subject = `${this.#name}:${directory}`
    const listed = await findings.guard(subject, () => this.#listed(directory))
    if (listed !== undefined) {
      await findings.guard(subject, () => this.#compareWithTree(listed))
      return listed.map(({ entry }) => entry)
    }
    return findings.guard(subject, async () => {
      const children: TreeEntry[] = []
      for await (const child of this.#reader.list(directory)) children.push(child)
      return children
    })
  }

  /** Undefined when the snapshot has no dirpacks at all. */
  async #listed(directory: string): Promise<ListedEntry[] | undefined> {
    if (this.#dirpacks === undefined) return undefined
    const object = await this.#dirpacks.find(directory)
    if (object !== undefined) return readDirpack(this.#repository, directory, object)
    throw new MalformedRecordError(`the listing of ${directory}`, 'there is none')
  }

  async #compareWithTree(listed: readonly ListedEntry[]): Promise<void> {
    for (const { entryMac, entry } of listed) {
      if ((await this.#tree.find(entry.path)) === entryMac) continue
      const subject = `${this.#name}:${entry.path}`
      const message = 'its directory lists it differently than the tree does'
      this.#work.findings.add(CheckProblemCode.TREE_MISMATCH, subject, message)
    }
  }

  async #checkFile({ path, size, objectMac }: TreeEntry): Promise<void> {
    const { findings, progress, signal } = this.#work
    signal.throwIfAborted()
    this.files += 1
    const subject = `${this.#name}:${path}`
    const found = await findings.guard(subject, async () =>
      objectMac === undefined ? 0 : this.#blobs.content(objectMac, path),
    )
    if (found !== undefined && found !== size) {
      const message = `its entry says ${size} bytes, its content has ${found}`
      findings.add(CheckProblemCode.SIZE_MISMATCH, subject, message)
    }
    progress.advance({ items: 1 })
  }

  async #checkTree(
    name: string,
    kind: TreeKind,
    root: string | undefined,
    verify: (value: string) => Promise<unknown>,
  ): Promise<void> {
    if (root === undefined) return
    const { findings, signal } = this.#work
    const subject = `${this.#name} ${name}`
    await findings.guard(subject, async () => {
      for await (const [key, value] of new BtreeReader(this.#repository, kind, root).entries()) {
        signal.throwIfAborted()
        await findings.guard(`${subject}:${key}`, () => verify(value))
      }
    })
  }
}
