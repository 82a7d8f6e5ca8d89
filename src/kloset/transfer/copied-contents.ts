/**
 * Which content of one repository is which of another.
 *
 * Names say nothing across repositories, because each has its own keys. What was copied is
 * remembered, and a snapshot that both have tells the rest, path by path; so a later snapshot costs
 * only what is new in it.
 * @module
 */
import type { SnapshotReader, TreeEntry } from '../reading/snapshot-reader.ts'
import type { StoredContent } from '../workers/content.ts'

export class CopiedContents {
  readonly #contents = new Map<string, StoredContent>()

  get(sourceMac: string): StoredContent | undefined {
    return this.#contents.get(sourceMac)
  }

  set(sourceMac: string, content: StoredContent): void {
    this.#contents.set(sourceMac, content)
  }

  forget(sourceMac: string): void {
    this.#contents.delete(sourceMac)
  }

  /**
   * Learns from a snapshot that was copied before. Files count as the same when everything their
   * entries say is: size and time as well as the path.
   */
  async learn(source: SnapshotReader, copy: SnapshotReader): Promise<void> {
    const copies = copy.walk('/')[Symbol.asyncIterator]()
    for await (const entry of source.walk('/')) {
      const next = await copies.next()
      if (next.done === true || next.value.path !== entry.path) return // not the same tree
      this.#pair(entry, next.value)
    }
  }

  #pair(entry: TreeEntry, copy: TreeEntry): void {
    if (entry.objectMac === undefined || copy.objectMac === undefined) return
    if (entry.kind !== copy.kind || entry.size !== copy.size) return
    if (entry.modified.getTime() !== copy.modified.getTime()) return
    const { chunks, entropy } = copy.record
    const { objectMac, size, contentType = '' } = copy
    this.set(entry.objectMac, { objectMac, size, chunks, entropy, contentType, facts: undefined })
  }
}
