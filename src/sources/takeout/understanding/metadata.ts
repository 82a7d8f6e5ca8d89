/**
 * Gathers what all sidecars of an item say. The newest export counts for what people change; within
 * it flags are true when any copy says so, people are united, the longest caption wins, times and
 * places come from the year folder first (reference: sidecar-json.md, "Differences between copies").
 * @module
 */
import { burstOfName } from '../../../photos/bursts.ts'
import type { Item, Place } from '../../../photos/library.ts'
import type { MediaFacts } from '../../../photos/media-facts.ts'
import { creationOf } from './creations.ts'
import type { Draft } from './drafts.ts'
import { decodeEntities } from './entities.ts'
import { compareExports, endOfExport } from './exports.ts'
import { shortId } from './ids.ts'
import { splitTitle, titleFit } from './names.ts'
import { present } from './present.ts'
import { isPlace, type Sidecar } from './sidecar-json.ts'
import { takenAt } from './taken-at.ts'
import { compareText } from './text.ts'
import type { MediaFile, SidecarFile } from './tree.ts'

/** What an item's line holds beside id, files and albums. */
export type Metadata = Omit<Item, 'id' | 'files' | 'albums'>

export function gatherMetadata(draft: Draft, facts: MediaFacts | undefined): Metadata {
  const sources = sourcesOf(draft)
  const [newest] = sources
  const current = sources.filter(({ exportId }) => exportId === newest?.exportId)
  const records = current.map(({ record }) => record)
  const all = sources.map(({ record }) => record)
  const main = draft.files[0]!.file
  const title = titleOf(current[0]?.record, main)
  const origin = firstOf(all, (record) => record.origin)
  const location = placeOf(all, facts)
  const companions = draft.files.slice(1).flatMap(({ file }) => file.facts ?? [])
  return {
    ...present({
      title,
      description: longest(records.map(({ description }) => description)),
      taken: whenTaken(draft, all, { facts, companions, title, location }),
      location,
      origin,
      deviceFolder: firstOf(all, ({ deviceFolder }) => deviceFolder),
      appSource: firstOf(all, ({ appSource }) => appSource),
      camera: cameraOf([facts ?? {}, ...companions]),
      ...burstOf(title, main),
      creation: creationOf(
        title,
        origin,
        firstOf(all, ({ composition }) => composition),
      ),
      unverified: draft.members.every(({ folder }) => folder.kind === 'failed') || undefined,
      url: firstOf(all, ({ url }) => url),
      remarks: firstOf(records, ({ remarks }) => (remarks.length > 0 ? remarks : undefined)),
      more: firstOf(records, ({ more }) => more),
    }),
    title,
    people: [...new Set(records.flatMap(({ people }) => people))].sort(compareText),
    ...flagsOf(draft, records),
  }
}

interface Source {
  record: Sidecar
  exportId: string
}

/** Sidecars of the pictures first, of a clip last; newest export and year folder first. */
function sourcesOf({ members }: Draft): Source[] {
  const found = members.flatMap((media) =>
    ownSidecars(media).flatMap(({ record, entries, folder }, at) =>
      record ? [{ record, exportId: folder.exportId, path: entries[0]!.path, media, at }] : [],
    ),
  )
  return found.sort(
    (a, b) =>
      compareExports(a.exportId, b.exportId) ||
      sourceRank(a.media) - sourceRank(b.media) ||
      a.at - b.at ||
      compareText(a.path, b.path),
  )
}

export function ownSidecars({ sidecar, inherited, otherSidecars }: MediaFile): SidecarFile[] {
  return [sidecar ?? inherited ?? [], otherSidecars].flat()
}

function sourceRank({ clipOf, rawOf, folder }: MediaFile): number {
  return (clipOf ? 4 : 0) + (rawOf ? 2 : 0) + (folder.kind === 'year' ? 0 : 1)
}

/** Name at upload time; one without extension gets the file's. */
function titleOf(record: Sidecar | undefined, { name, readings }: MediaFile): string {
  const [reading] = readings
  const raw = record?.title
  if (raw === undefined) return name
  const decoded = decodeEntities(raw)
  const isEncoded =
    titleFit(raw, reading!) === 'differs' && titleFit(decoded, reading!) === 'agrees'
  const title = isEncoded ? decoded : raw
  return splitTitle(title).extension === '' ? title + reading!.extension : title
}

function longest(texts: readonly (string | undefined)[]): string | undefined {
  return texts.reduce(
    (best, text) => ((text?.length ?? 0) > (best?.length ?? 0) ? text : best),
    undefined,
  )
}

function firstOf<T>(records: readonly Sidecar[], pick: (record: Sidecar) => T | undefined) {
  for (const record of records) {
    const value = pick(record)
    if (value !== undefined) return value
  }
  return undefined
}

interface Known {
  facts: MediaFacts | undefined
  companions: readonly MediaFacts[]
  title: string
  location: Place | undefined
}

function whenTaken(
  { files, members }: Draft,
  records: readonly Sidecar[],
  { facts, companions, title, location }: Known,
) {
  const main = files[0]!.file
  const years = members.flatMap(({ folder }) => folder.year ?? [])
  return takenAt({
    takenSeconds: firstOf(records, ({ takenSeconds }) => takenSeconds),
    uploadedSeconds: firstOf(records, ({ uploadedSeconds }) => uploadedSeconds),
    facts,
    companions,
    place: location,
    isVideo: main.kind === 'video',
    names: title === main.name ? [title] : [title, main.name],
    folderYear: years.length > 0 ? Math.min(...years) : undefined,
    notAfter: Math.max(...members.map(({ folder }) => endOfExport(folder.exportId))),
  })
}

/** By the title, which no number of Takeout's got into, else by the file's name. */
function burstOf(title: string, { name }: MediaFile) {
  const found = burstOfName(title) ?? burstOfName(name)
  if (found === undefined) return {}
  return { burst: shortId('burst', found.key), burstCover: found.isCover || undefined }
}

/** `Google Pixel 4a`, `Canon EOS 70D`: many makers begin the model with their name. */
function cameraOf(facts: readonly MediaFacts[]): string | undefined {
  const known = facts.find(({ cameraModel }) => cameraModel?.trim())
  if (known === undefined) return undefined
  const [make, model] = [known.cameraMake?.trim() ?? '', known.cameraModel!.trim()]
  const isNamed = make === '' || model.toLowerCase().startsWith(make.toLowerCase())
  return isNamed ? model : `${make} ${model}`
}

function placeOf(records: readonly Sidecar[], facts: MediaFacts | undefined): Place | undefined {
  const shown = firstOf(records, ({ coordinates }) => coordinates)
  if (shown) return { ...shown, source: 'sidecar' }
  const { latitude, longitude, altitude } = facts ?? {}
  if (latitude === undefined || longitude === undefined) return undefined
  if (!isPlace(latitude, longitude)) return undefined
  const place = { latitude, longitude, source: 'embedded' } as const
  return altitude === undefined ? place : { ...place, altitude }
}

function flagsOf({ members }: Draft, records: readonly Sidecar[]) {
  const kinds = members.map(({ folder }) => folder.kind)
  return {
    favorite: records.some(({ favorite }) => favorite),
    archived: records.some(({ archived }) => archived) || kinds.includes('archive'),
    // A copy elsewhere is not in the trash.
    trashed: records.some(({ trashed }) => trashed) || kinds.every((kind) => kind === 'trash'),
    locked: records.some(({ locked }) => locked) || kinds.includes('locked'),
    partner: records.some(({ partner }) => partner),
  }
}

/** Copies whose times differ by more than this say different things. */
const CONFLICT_SECONDS = 60

/** Whether sidecars of the same picture state different capture times. */
export function hasTimeConflict({ members }: Draft): boolean {
  const pictures = members.filter(({ clipOf, rawOf }) => !clipOf && !rawOf)
  const times = pictures.flatMap(({ sidecar }) => sidecar?.record?.takenSeconds ?? [])
  return times.length > 1 && Math.max(...times) - Math.min(...times) > CONFLICT_SECONDS
}
