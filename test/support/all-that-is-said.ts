/**
 * Everything that a snapshot says, to be compared with what it says later, or in another repository.
 * @module
 */
import { createHash } from 'node:crypto'
import { BtreeReader, TreeKind } from '../../src/kloset/reading/btree-reader.ts'
import { readContent } from '../../src/kloset/reading/content-reader.ts'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { encodeEntry } from '../../src/kloset/records/entry.ts'
import { decodeXattr } from '../../src/kloset/records/xattr.ts'
import type { Repository } from '../../src/kloset/repository.ts'
import { ResourceType } from '../../src/kloset/resource-type.ts'

/**
 * What every path is, with the SHA-256 of its content; every attribute's value under `path name`;
 * every error under `path !`. Names that are not UTF-8 are in it as they are in the records.
 */
export async function allThatIsSaid(
  repository: Repository,
  id: string,
): Promise<Record<string, string>> {
  const reader = await openSnapshot(repository, id)
  const said: Record<string, string> = {}
  for await (const entry of reader.walk('/')) {
    const record = Buffer.from(encodeEntry(entry.record)).toString('base64')
    const content = entry.kind === 'file' ? await hashOf(reader.content(entry)) : ''
    said[entry.path] = `${record} ${content}`
  }
  const tree = new BtreeReader(repository, TreeKind.XATTRS, reader.header.sources[0]!.vfs.xattrs)
  for await (const [, mac] of tree.entries()) {
    const blob = await repository.readBlob(ResourceType.XATTR_ENTRY, mac)
    const { path, name, object } = decodeXattr(blob)
    const value = readContent(repository, await reader.object(object), `${name} of ${path}`)
    said[`${path} ${name}`] = await hashOf(value)
  }
  for await (const { path, error } of reader.errors()) said[`${path} !`] = error
  return said
}

/** The MAC of each path's entry in the tree of a snapshot. */
export async function entryMacs(repository: Repository, id: string): Promise<Map<string, string>> {
  const { header } = await openSnapshot(repository, id)
  const tree = new BtreeReader(repository, TreeKind.VFS, header.sources[0]!.vfs.root)
  const macs = new Map<string, string>()
  for await (const [path, mac] of tree.entries()) macs.set(path, mac)
  return macs
}

async function hashOf(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of parts) hash.update(part)
  return hash.digest('hex')
}
