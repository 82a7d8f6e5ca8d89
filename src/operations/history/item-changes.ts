/**
 * What became of a photo between two snapshots: its files, what is known about it, its albums.
 * @module
 */
import type { KeptItem } from '../../photos/growth/library.ts'

export interface FieldChange {
  field: string
  before?: unknown
  after?: unknown
}

export interface ItemChanges {
  /** Paths of files that came and went, and of those whose role is another one. */
  content: { added: string[]; removed: string[]; changed: string[] }
  metadata: FieldChange[]
  /** Titles of albums. */
  albums: { joined: string[]; left: string[] }
  /** `vanished` from Google Photos, or `returned` to it. */
  presence?: 'vanished' | 'returned'
}

/** Album titles by id, of each side. */
export interface AlbumTitles {
  before: ReadonlyMap<string, string>
  after: ReadonlyMap<string, string>
}

const NOT_METADATA: ReadonlySet<string> = new Set(['id', 'files', 'albums', 'vanished'])

export function itemChanges(before: KeptItem, after: KeptItem, titles: AlbumTitles): ItemChanges {
  const titleOf = (id: string) => titles.after.get(id) ?? titles.before.get(id) ?? id
  const [had, has] = [new Set(albumsOf(before)), new Set(albumsOf(after))]
  const presence = presenceChange(before, after)
  return {
    content: contentChanges(before, after),
    metadata: metadataChanges(before, after),
    albums: {
      joined: albumsOf(after)
        .filter((id) => !had.has(id))
        .map(titleOf),
      left: albumsOf(before)
        .filter((id) => !has.has(id))
        .map(titleOf),
    },
    ...(presence ? { presence } : {}),
  }
}

/** Other programs may have written less than we do. */
export const filesOf = ({ files }: KeptItem): KeptItem['files'] => files ?? []
const albumsOf = ({ albums }: KeptItem): string[] => albums ?? []

function presenceChange(before: KeptItem, after: KeptItem): ItemChanges['presence'] {
  if (!before.vanished && after.vanished) return 'vanished'
  return before.vanished && !after.vanished ? 'returned' : undefined
}

export function hasContentChange({ content }: ItemChanges): boolean {
  return content.added.length + content.removed.length + content.changed.length > 0
}

export function hasAlbumChange({ albums }: ItemChanges): boolean {
  return albums.joined.length + albums.left.length > 0
}

export function isUnchanged(changes: ItemChanges): boolean {
  if (hasContentChange(changes) || hasAlbumChange(changes)) return false
  return changes.metadata.length === 0 && changes.presence === undefined
}

function contentChanges(before: KeptItem, after: KeptItem): ItemChanges['content'] {
  const had = new Map(filesOf(before).map((file) => [file.path, file]))
  const has = new Set(filesOf(after).map(({ path }) => path))
  const changed = filesOf(after).filter(({ path, role, sha256 }) => {
    const old = had.get(path)
    return old !== undefined && (old.role !== role || old.sha256 !== sha256)
  })
  return {
    added: filesOf(after)
      .map(({ path }) => path)
      .filter((path) => !had.has(path)),
    removed: filesOf(before)
      .map(({ path }) => path)
      .filter((path) => !has.has(path)),
    changed: changed.map(({ path }) => path),
  }
}

function metadataChanges(before: KeptItem, after: KeptItem): FieldChange[] {
  const [old, now] = [before, after] as unknown as Record<string, unknown>[]
  const fields = new Set([...Object.keys(old!), ...Object.keys(now!)])
  return [...fields]
    .filter((field) => !NOT_METADATA.has(field))
    .filter((field) => JSON.stringify(old![field]) !== JSON.stringify(now![field]))
    .sort()
    .map((field) => ({
      field,
      ...(old![field] === undefined ? {} : { before: old![field] }),
      ...(now![field] === undefined ? {} : { after: now![field] }),
    }))
}
