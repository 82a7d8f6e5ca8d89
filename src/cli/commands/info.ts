import type {
  RepositoryDescription,
  SnapshotDescription,
} from '../../operations/describe-repository.ts'
import { defineCommand } from '../command.ts'
import { formatBytes, formatColumns, formatCount, formatInstant } from '../format.ts'
import { printable } from '../printable.ts'

export const info = defineCommand({
  name: 'info',
  summary: 'Describe the store, or one snapshot',
  description: [],
  options: {},
  argument: {
    name: 'SNAPSHOT',
    min: 0,
    max: 1,
    describe: 'Beginning of an id; the store when absent',
  },
  examples: [
    { line: 'info', does: 'how the store is made and how large it is' },
    { line: 'info latest', does: 'where the newest snapshot comes from' },
  ],
  needsStore: true,

  async run({ args }, { terminal, json, openRepository }) {
    await using repository = await openRepository()
    const operations = await import('../../operations/describe-repository.ts')
    const [snapshot] = args
    if (snapshot === undefined) {
      const described = await operations.describeRepository(repository)
      if (json) await terminal.json({ type: 'repository', ...described })
      else await terminal.lines(factLines(repositoryFacts(described)))
    } else {
      const described = await operations.describeSnapshot(repository, snapshot)
      const context = Object.fromEntries(described.context)
      if (json) await terminal.json({ type: 'snapshot', ...described, context })
      else await terminal.lines(factLines(snapshotFacts(described)))
    }
    return 'done'
  },
})

type Fact = [name: string, value: string]

export function factLines(facts: readonly Fact[]): string[] {
  return formatColumns(
    facts.map(([name, value]) => [name, printable(value)]),
    '<<',
  )
}

export function repositoryFacts(store: RepositoryDescription): Fact[] {
  const encryption = store.encrypted
    ? `${store.encryption}${store.kdf ? `, key from the passphrase by ${store.kdf}` : ''}`
    : 'NONE: whoever has the store sees the photos'
  return [
    ['Store', store.location],
    ['Id', store.id],
    ['Made', formatInstant(store.created)],
    ['Encryption', encryption],
    ['Hashing', store.hashing],
    ['Compression', store.compression],
    ['Chunking', store.chunking],
    [
      'Packfiles',
      `${formatCount(store.packfiles)}, at most ${formatBytes(store.packfileMaxBytes)}`,
    ],
    ['Blobs', formatCount(store.blobs)],
    ['Size', formatBytes(store.bytesStored)],
    ['Snapshots', formatCount(store.snapshots)],
  ]
}

export function snapshotFacts(snapshot: SnapshotDescription): Fact[] {
  const counted = (name: string, count: number | undefined): Fact[] =>
    count === undefined ? [] : [[name, formatCount(count)]]
  return [
    ['Snapshot', snapshot.id],
    ['Taken', formatInstant(snapshot.taken)],
    ['Name', snapshot.name],
    ['Source', snapshot.source],
    ['Status', snapshot.status],
    ...counted('Items', snapshot.items),
    ...counted('Albums', snapshot.albums),
    ['Files', formatCount(snapshot.files)],
    ['Size', formatBytes(snapshot.bytes)],
    ...snapshot.context,
  ]
}
