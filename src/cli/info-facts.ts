/**
 * Facts about a store and a snapshot, a name and a value each.
 * @module
 */
import type { LastDrill } from '../config/known-stores.ts'
import type { RepositoryDescription } from '../operations/describe-repository.ts'
import type { SnapshotDescription } from '../operations/describe-snapshot.ts'
import {
  formatBytes,
  formatColumns,
  formatCount,
  formatDuration,
  formatInstant,
  plural,
} from './format.ts'
import { printable } from './printable.ts'

type Fact = [name: string, value: string]

export function factLines(facts: readonly Fact[]): string[] {
  return formatColumns(
    facts.map(([name, value]) => [name, printable(value)]),
    '<<',
  )
}

export function repositoryFacts(store: RepositoryDescription, lastDrill?: LastDrill): Fact[] {
  const encryption = store.encrypted
    ? `${store.encryption}${store.kdf ? `, key from the passphrase by ${store.kdf}` : ''}`
    : 'NONE: whoever has the store sees the photos'
  const damaged = store.unreadableStates
  return [
    ['Store', store.location],
    ['Id', store.id],
    ['Format', `Kloset ${store.version}`],
    ['Made', formatInstant(store.created)],
    ['Encryption', encryption],
    ['Hashing', store.hashing],
    ['Compression', store.compression],
    ['Chunking', store.chunking],
    ['Packfiles', `${formatCount(store.packfiles)}, at most ${packBytes(store.packfileMaxBytes)}`],
    ['Blobs', formatCount(store.blobs)],
    ['Size', formatBytes(store.bytesStored)],
    ['Snapshots', formatCount(store.snapshots)],
    ['Holds', `${formatBytes(store.bytesLogical)} in all snapshots together${savingOf(store)}`],
    ...(damaged > 0
      ? [['UNREADABLE', `${plural(damaged, 'state')}; run "check"`] satisfies Fact]
      : []),
    ['Last drill', lastDrill === undefined ? 'none on this machine' : drillText(lastDrill)],
  ]
}

/** A `.ptar` has no limit: 2^64 − 1. */
function packBytes(bytes: number): string {
  return bytes > Number.MAX_SAFE_INTEGER ? 'any size' : formatBytes(bytes)
}

function savingOf({ bytesStored, bytesLogical }: RepositoryDescription): string {
  if (bytesLogical === 0 || bytesStored >= bytesLogical) return ''
  const percent = Math.floor((1 - bytesStored / bytesLogical) * 1000) / 10
  return `: ${percent} % saved by storing everything once and compressed`
}

function drillText({ at, status, items, of }: LastDrill): string {
  const outcome = { sound: 'went well', damaged: 'FOUND DAMAGE', unread: 'could not be finished' }
  return `${formatInstant(at)}, ${outcome[status]}: ${formatCount(items)} of ${formatCount(of)} items`
}

export function snapshotFacts(snapshot: SnapshotDescription): Fact[] {
  const { importer, identity, roots } = snapshot
  return [
    ['Snapshot', snapshot.id],
    ['Taken', `${formatInstant(snapshot.taken)}, in ${formatDuration(snapshot.durationSeconds)}`],
    ['Name', snapshot.name],
    ...given('Category', snapshot.category),
    ...given('Environment', snapshot.environment),
    ...given('Perimeter', snapshot.perimeter),
    ...given('Job', snapshot.job),
    ...given('Dataset', snapshot.dataset),
    ...given('Tags', snapshot.tags.join(', ')),
    ['Source', snapshot.source],
    ['Read from', `${importer.type}, ${importer.origin}, ${importer.directory}`],
    ['Status', snapshot.status],
    ...counted('Items', snapshot.items),
    ...counted('Albums', snapshot.albums),
    ['Files', formatCount(snapshot.files)],
    ['Folders', formatCount(snapshot.directories)],
    ['Links', formatCount(snapshot.symlinks)],
    ...(snapshot.others > 0 ? counted('Devices, pipes', snapshot.others) : []),
    ['Size', formatBytes(snapshot.bytes)],
    [
      'Errors',
      snapshot.errors === 0 ? '0' : `${formatCount(snapshot.errors)}; "info --errors" lists them`,
    ],
    ...(identity
      ? [['Signed by', `${identity.id}, key ${identity.publicKey}`] satisfies Fact]
      : []),
    ['Roots', `tree ${roots.tree}`],
    ['', `attributes ${roots.xattrs}`],
    ['', `errors ${roots.errors}`],
    ...snapshot.context,
  ]
}

function given(name: string, value: string): Fact[] {
  return value === '' ? [] : [[name, value]]
}

function counted(name: string, count: number | undefined): Fact[] {
  return count === undefined ? [] : [[name, formatCount(count)]]
}
