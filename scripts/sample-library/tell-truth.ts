/**
 * Draws up the ground truth of an export from the library and from what was written.
 * @module
 */
import { instantOf, type Library, localOf, offsetOf, type Shot } from './model.ts'
import type { LaidOut } from './takeout.ts'
import type {
  AlbumTruth,
  ChangesTruth,
  EntryTruth,
  ExportTruth,
  ItemTruth,
  SummaryTruth,
} from './truth.ts'

export interface DeliveredExport {
  exportId: string
  parts: string[]
  entries: EntryTruth[]
  laidOut: LaidOut
}

export function tellTruth(library: Library, delivered: DeliveredExport): ExportTruth {
  const { exportId, parts, entries, laidOut } = delivered
  const items = library.shots
    .filter(({ files }) => files.length > 0)
    .map((shot) => itemTruth(shot, entries))
  const albums = albumTruths(library, laidOut.albumFolders)
  const used = new Set(entries.map(({ sidecar }) => sidecar))
  const isLonely = ({ path, ...entry }: EntryTruth) => entry.class === 'sidecar' && !used.has(path)
  const truth = {
    exportId,
    parts,
    entries,
    items,
    albums,
    orphanSidecars: unique(entries.filter(isLonely).map(({ path }) => path)),
    orphanMedia: unique(entries.filter(({ via }) => via === 'none').map(({ path }) => path)),
    brokenSidecars: brokenSidecars(library, entries),
    repeated: unique(entries.map(({ path }) => path).filter(isRepeated)),
  }
  return { ...truth, summary: summarize(truth) }
}

function itemTruth(shot: Shot, entries: EntryTruth[]): ItemTruth {
  const isFromSidecar = shot.sidecar === 'proper'
  const knowsOffset = !shot.offsetIsUnknown
  return {
    key: shot.key,
    // Without a readable sidecar the exported name is all there is.
    title: isFromSidecar ? shot.title : fileName(firstPath(shot, entries)),
    ...(isFromSidecar && shot.description ? { description: shot.description } : {}),
    taken: {
      instant: instantOf(shot.taken),
      ...(knowsOffset ? { local: localOf(shot.taken), offset: offsetOf(shot.taken) } : {}),
      source: isFromSidecar ? 'sidecar' : 'embedded',
    },
    ...locationTruth(shot),
    people: isFromSidecar ? shot.people : [],
    favorite: isFromSidecar && shot.favorite,
    archived: isFromSidecar && shot.archived,
    trashed: isFromSidecar && shot.trashed,
    partner: isFromSidecar && shot.origin === 'fromPartnerSharing',
    ...(isFromSidecar && shot.origin ? { origin: shot.origin } : {}),
    ...(isFromSidecar && shot.deviceFolder ? { deviceFolder: shot.deviceFolder } : {}),
    albums: [...shot.albums].sort(),
    files: ROLES.flatMap((role) => filesOf(shot, role, entries)),
  }
}

const ROLES = ['original', 'edited', 'clip'] as const

function filesOf(
  shot: Shot,
  role: (typeof ROLES)[number],
  entries: EntryTruth[],
): ItemTruth['files'] {
  return entries
    .filter((entry) => entry.item === shot.key && entry.role === role)
    .map(({ path, bytes, sha256 }) => ({ role, path, bytes, sha256 }))
}

function locationTruth({
  position,
  positionInFileOnly,
  sidecar,
}: Shot): Pick<ItemTruth, 'location'> {
  if (position === undefined) return {}
  const isInSidecar = sidecar === 'proper' && !positionInFileOnly
  return { location: { ...position, source: isInSidecar ? 'sidecar' : 'embedded' } }
}

function firstPath(shot: Shot, entries: EntryTruth[]): string {
  return entries.find(({ item }) => item === shot.key)?.path ?? shot.title
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function albumTruths(library: Library, folders: Map<string, string>): AlbumTruth[] {
  return library.albums.map(({ key, title, description }) => ({
    key,
    title,
    ...(description ? { description } : {}),
    folder: folders.get(key)!,
    items: library.shots.filter(({ albums }) => albums.includes(key)).map((shot) => shot.key),
  }))
}

function brokenSidecars(library: Library, entries: EntryTruth[]): string[] {
  const broken = new Set(
    library.shots.filter(({ sidecar }) => sidecar === 'broken').map(({ key }) => key),
  )
  const paths = entries.filter(({ item }) => item !== undefined && broken.has(item))
  return unique(paths.flatMap(({ sidecar }) => sidecar ?? []))
}

function summarize(truth: Omit<ExportTruth, 'summary'>): SummaryTruth {
  const ofClass = (kind: EntryTruth['class']) =>
    truth.entries.filter((entry) => entry.class === kind).length
  const ofRole = (role: EntryTruth['role']) =>
    truth.entries.filter((entry) => entry.role === role).length
  return {
    entries: truth.entries.length,
    media: ofClass('media'),
    sidecars: ofClass('sidecar'),
    albumFiles: ofClass('album'),
    other: ofClass('other'),
    litter: ofClass('litter'),
    rejected: 0,
    items: truth.items.length,
    albums: truth.albums.length,
    copies: ofRole('copy'),
    edited: ofRole('edited'),
    clips: ofRole('clip'),
    orphanSidecars: truth.orphanSidecars.length,
    orphanMedia: truth.orphanMedia.length,
    bytes: truth.entries.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** What the owner did between two exports. */
export function tellChanges(earlier: ExportTruth, later: ExportTruth): ChangesTruth {
  const before = new Map(earlier.items.map((item) => [item.key, item]))
  const after = new Set(later.items.map(({ key }) => key))
  const changed = later.items.flatMap((item) => {
    const old = before.get(item.key)
    const what = old === undefined ? [] : differences(old, item)
    return what.length > 0 ? [{ key: item.key, what }] : []
  })
  return {
    added: later.items.map(({ key }) => key).filter((key) => !before.has(key)),
    vanished: earlier.items.map(({ key }) => key).filter((key) => !after.has(key)),
    changed,
  }
}

function differences(old: ItemTruth, item: ItemTruth): ChangesTruth['changed'][number]['what'] {
  const contents = ({ files }: ItemTruth) => files.map(({ sha256 }) => sha256).join()
  return [
    ...(old.description === item.description ? [] : ['description' as const]),
    ...(contents(old) === contents(item) ? [] : ['files' as const]),
    ...(old.albums.join() === item.albums.join() ? [] : ['albums' as const]),
  ]
}

function unique(paths: string[]): string[] {
  return [...new Set(paths)].sort()
}

function isRepeated(path: string, index: number, all: string[]): boolean {
  return all.indexOf(path) !== index
}
