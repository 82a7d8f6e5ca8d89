/**
 * Repositories in memory, and snapshots of a few files in them.
 * @module
 */
import { createRepository, openRepository, type Repository } from '../../src/kloset/repository.ts'
import { newSnapshot } from '../../src/kloset/writing/snapshot-writer.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { utf8 } from '../../src/util/bytes.ts'

/** 21 November 2026: what is not dated otherwise. */
export const TODAY = new Date('2026-11-21T10:00:00Z')

/** A file by its content, or a link by `-> TARGET`; with a date of its own in the second form. */
export type SmallFile = string | { content: string; modified: Date }

/** A plain repository; its store stays reachable as `repository.store`. */
export async function aSmallRepository(): Promise<Repository> {
  const store = new MemoryStore()
  await createRepository(store, { now: () => TODAY })
  const passphrase = () => Promise.reject(new Error('it has none'))
  return openRepository(store, { passphrase })
}

/** A snapshot of these files by path. @returns its id */
export async function aSnapshotOf(
  repository: Repository,
  files: Readonly<Record<string, SmallFile>>,
  taken = TODAY,
): Promise<string> {
  await using writer = await newSnapshot(repository, {
    contentModule: 'data:text/javascript,',
    threads: 0,
    expected: { contents: 16, bytes: 65_536 },
    now: () => taken,
    signal: new AbortController().signal,
  })
  for (const [path, file] of Object.entries(files)) {
    const { content, modified } =
      typeof file === 'string' ? { content: file, modified: TODAY } : file
    if (content.startsWith('-> ')) writer.addSymlink(path, content.slice(3), modified)
    else {
      const stored = await writer.storeBytes(utf8(content), 'image/jpeg')
      writer.addFile(path, { content: stored, modified })
    }
  }
  const { id } = await writer.commit({
    importer: { type: 'googlephotos', origin: 'takeout', directory: '/' },
    name: 'small',
    tags: [],
    timestamp: taken,
    durationMs: 1500,
    context: [['Client', 'test']],
  })
  return id
}
