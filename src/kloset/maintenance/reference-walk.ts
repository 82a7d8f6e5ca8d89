/**
 * Everything a snapshot refers to: a walk over its graph, from the header down to the chunks.
 *
 *   SNAPSHOT ─┬ SIGNATURE, when it is signed
 *             └ each source ─┬ paths       VFS_BTREE → VFS_NODE… → VFS_ENTRY → OBJECT → CHUNK…
 *                            ├ errors      ERROR_BTREE → ERROR_NODE… → ERROR_ENTRY
 *                            ├ attributes  XATTR_BTREE → XATTR_NODE… → XATTR_ENTRY → OBJECT → CHUNK…
 *                            └ indexes     BTREE_ROOT → BTREE_NODE… → depends on the index's name
 *
 * The values of an index whose name nobody here knows are followed as whatever the repository has
 * under their MACs. Nodes are followed along `next` and `prev` as well, because others do.
 *
 * What is shared is walked once: a blob that was met before is not read again.
 * @module
 */
import { BlobNotFoundError, MalformedRecordError } from '../damage.ts'
import { NO_MAC } from '../mac-hex.ts'
import { decodeBtreeNode, decodeBtreeRoot } from '../records/btree.ts'
import { decodeEntry } from '../records/entry.ts'
import { decodeHeader, type HeaderRecord } from '../records/header.ts'
import { decodeObject } from '../records/object.ts'
import { decodeXattr } from '../records/xattr.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'

/** What values of a tree are; `any`: whatever the repository has under that MAC. */
type ValueType = ResourceType | 'any'

/** A blob to be met; of trees, also what their values are. */
interface Reference {
  type: ValueType
  mac: string
  values?: ValueType
}

export interface ReferenceVisitor {
  /**
   * Meets a blob that is referred to.
   * @returns whether it is met for the first time, so that what it refers to is met, too
   * @throws when it must not be missing, and is
   */
  meet(type: ResourceType, mac: string): boolean
  signal: AbortSignal
  /** A blob was read. */
  onRead?: () => void
}

const T = ResourceType

const NODE_OF: Partial<Record<number, ResourceType>> = {
  [T.VFS_BTREE]: T.VFS_NODE,
  [T.ERROR_BTREE]: T.ERROR_NODE,
  [T.XATTR_BTREE]: T.XATTR_NODE,
  [T.BTREE_ROOT]: T.BTREE_NODE,
}

const NODES: ReadonlySet<number> = new Set(Object.values(NODE_OF).map(Number))

/** What the values of the indexes are, by the name of the index. */
const INDEX_VALUES: Record<string, ResourceType> = {
  'content-type': T.VFS_ENTRY,
  dirpack: T.OBJECT,
  summary: T.VFS_SUMMARY,
}

/** What a MAC of unknown type may name. */
const ANY_TYPE = Object.values(T).filter((type) => type >= T.OBJECT && type !== T.RANDOM)

/** Blobs that refer to others; the rest need not be read. */
const REFERRING: ReadonlySet<number> = new Set([
  T.SNAPSHOT,
  T.OBJECT,
  T.VFS_ENTRY,
  T.XATTR_ENTRY,
  ...Object.keys(NODE_OF).map(Number),
  ...NODES,
])

/** As much of a repository as a walk needs. */
export type WalkedRepository = Pick<Repository, 'index' | 'store' | 'readBlob'>

/** Blobs read at once: a store far away answers many as fast as one. */
const READS_AT_ONCE = 16

/**
 * Meets everything that a snapshot refers to, its header included.
 * @throws {DamagedRepositoryError} when something on the way cannot be read
 */
export async function walkReferences(
  repository: WalkedRepository,
  snapshotId: string,
  visitor: ReferenceVisitor,
): Promise<void> {
  const waiting: Reference[] = []
  const meet = (reference: Reference) => {
    for (const type of typesOf(repository, reference)) {
      const isNew = visitor.meet(type, reference.mac)
      if (isNew && REFERRING.has(type)) waiting.push({ ...reference, type })
    }
  }
  meet({ type: T.SNAPSHOT, mac: snapshotId })
  while (waiting.length > 0) {
    visitor.signal.throwIfAborted()
    const read = waiting.splice(-READS_AT_ONCE)
    for (const references of await Promise.all(
      read.map((reference) => referencesOf(repository, reference)),
    )) {
      references.forEach(meet)
    }
    for (let at = 0; at < read.length; at++) visitor.onRead?.()
  }
}

function typesOf(repository: WalkedRepository, { type, mac }: Reference): ResourceType[] {
  if (type !== 'any') return [type]
  const found = ANY_TYPE.filter(
    (candidate) => repository.index.locations(candidate, mac).length > 0,
  )
  if (found.length === 0) throw new BlobNotFoundError(T.BTREE_NODE, mac, repository.store.location)
  return found
}

async function referencesOf(
  repository: WalkedRepository,
  { type, mac, values = 'any' }: Reference,
): Promise<Reference[]> {
  const bytes = await repository.readBlob(type as ResourceType, mac)
  const node = NODE_OF[type as ResourceType]
  if (node !== undefined) return [{ type: node, mac: decodeBtreeRoot(bytes).root, values }]
  if (NODES.has(type as ResourceType)) return referencesOfNode(bytes, type, values)
  switch (type) {
    case T.SNAPSHOT:
      return referencesOfHeader(decodeHeader(bytes), mac)
    case T.VFS_ENTRY:
      return objectReference(decodeEntry(bytes).object)
    case T.XATTR_ENTRY:
      return objectReference(decodeXattr(bytes).object)
    default:
      return decodeObject(bytes).chunks.map((chunk) => ({ type: T.CHUNK, mac: chunk.contentMac }))
  }
}

function referencesOfHeader(header: HeaderRecord, id: string): Reference[] {
  if (header.identifier !== id) {
    const detail = `it says it is snapshot ${header.identifier.slice(0, 12)}…`
    throw new MalformedRecordError(`the header of snapshot ${id.slice(0, 12)}…`, detail)
  }
  const references: Reference[] = []
  if (isSigned(header)) references.push({ type: T.SIGNATURE, mac: id })
  for (const { vfs, indexes } of header.sources) {
    references.push(
      { type: T.VFS_BTREE, mac: vfs.root, values: T.VFS_ENTRY },
      { type: T.ERROR_BTREE, mac: vfs.errors, values: T.ERROR_ENTRY },
      { type: T.XATTR_BTREE, mac: vfs.xattrs, values: T.XATTR_ENTRY },
    )
    for (const { name, value } of indexes ?? []) {
      references.push({ type: T.BTREE_ROOT, mac: value, values: INDEX_VALUES[name] ?? 'any' })
    }
  }
  return references.filter(({ mac }) => mac !== NO_MAC)
}

function referencesOfNode(bytes: Uint8Array, type: ValueType, values: ValueType): Reference[] {
  const node = decodeBtreeNode(bytes)
  const nodes = [...(node.pointers ?? []), node.next ?? NO_MAC, node.prev ?? NO_MAC]
  return [
    ...nodes.filter((mac) => mac !== NO_MAC).map((mac) => ({ type, mac, values })),
    ...(node.values ?? []).map((mac) => ({ type: values, mac })),
  ]
}

function objectReference(mac: string): Reference[] {
  return mac === NO_MAC ? [] : [{ type: T.OBJECT, mac }]
}

function isSigned({ identity }: HeaderRecord): boolean {
  return !/^[0-]*$/.test(identity.identifier)
}
