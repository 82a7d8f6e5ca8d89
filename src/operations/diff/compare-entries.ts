/**
 * What differs between two entries that stand at one path.
 * @module
 */
import type { SnapshotReader, TreeEntry } from '../../kloset/reading/snapshot-reader.ts'

/** Parts of an entry that a person may care about; device, inode and the like are not. */
export type Aspect = 'content' | 'target' | 'modified' | 'mode' | 'owner' | 'attributes'

/**
 * The aspects in which two entries of one kind differ. A folder's own time is passed over: it is
 * another one whenever something in it is.
 */
export async function differingAspects(
  left: { reader: SnapshotReader; entry: TreeEntry },
  right: { reader: SnapshotReader; entry: TreeEntry },
): Promise<Aspect[]> {
  const [a, b] = [left.entry, right.entry]
  const aspects: Aspect[] = []
  if (a.kind === 'file' && !(await isSameContent(left, right))) aspects.push('content')
  if (a.symlinkTarget !== b.symlinkTarget) aspects.push('target')
  if (a.kind !== 'directory' && a.modified.getTime() !== b.modified.getTime()) {
    aspects.push('modified')
  }
  if (a.mode !== b.mode) aspects.push('mode')
  if (ownerOf(a) !== ownerOf(b)) aspects.push('owner')
  if (attributesOf(a) !== attributesOf(b)) aspects.push('attributes')
  return aspects
}

/** Objects name their content by its MAC; two objects of one content may differ in what else they say. */
async function isSameContent(
  left: { reader: SnapshotReader; entry: TreeEntry },
  right: { reader: SnapshotReader; entry: TreeEntry },
): Promise<boolean> {
  const [a, b] = [left.entry, right.entry]
  if (a.objectMac === b.objectMac) return true
  if (a.size !== b.size || a.objectMac === undefined || b.objectMac === undefined) return false
  const [one, other] = await Promise.all([
    left.reader.object(a.objectMac),
    right.reader.object(b.objectMac),
  ])
  return one.contentMac === other.contentMac
}

function ownerOf({ record }: TreeEntry): string {
  const { uid, gid, username, groupname } = record.fileInfo
  return JSON.stringify([String(uid), String(gid), username, groupname])
}

/** Names of extended attributes; their values are blobs of their own and not compared. */
function attributesOf({ record }: TreeEntry): string {
  return JSON.stringify(record.extendedAttributes)
}
