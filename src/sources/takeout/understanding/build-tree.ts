/**
 * Sorts the entries of all exports into folders of media files and sidecars; what is neither gets
 * its class and reason here.
 * @module
 */
import type { EntryFacts, Keeping } from '../../source.ts'
import { isOverviewPath, isReadAtOnce } from '../part-survey.ts'
import type { SurveyedEntry } from '../surveyed.ts'
import { readAlbumFile } from './album-file.ts'
import {
  asObject,
  type BoundedJson,
  field,
  MAX_JSON_BYTES,
  parseBoundedJson,
  TOO_LARGE,
  UNREADABLE,
} from './bounded-json.ts'
import { baseName, isJsonName, mediaTypeOf, type Sorting, sortEntry } from './classify.ts'
import type { Contents } from './contents.ts'
import { nameFolders } from './folders.ts'
import { kindOfJson } from './json-kind.ts'
import { MAX_SIDECAR_UNITS, readings } from './names.ts'
import { isInProduct, locatePhotos, type Place, placeInLastFolder } from './roots.ts'
import { readSidecar } from './sidecar-json.ts'
import { compareText, groupBy, nfc } from './text.ts'
import type { Folder, MediaFile, MediaKind, SidecarFile } from './tree.ts'

/** The end of an entry that is neither media nor sidecar. */
export interface Verdict {
  class: 'album' | 'other' | 'litter' | 'rejected'
  reason?: string
  /** See `Entry`. */
  kept?: Keeping
  foreign?: true
}

export interface Tree {
  folders: Folder[]
  verdicts: Map<SurveyedEntry, Verdict>
  /** JSON files that could not be interpreted, and why. */
  broken: Map<SurveyedEntry, string>
  /** Photos roots that were found, sorted. */
  roots: string[]
}

export function buildTree(
  entries: readonly SurveyedEntry[],
  contents: Contents,
  facts: EntryFacts,
): Tree {
  const tree: Tree = { folders: [], verdicts: new Map(), broken: new Map(), roots: [] }
  const roots = new Set<string>()
  for (const ofExport of groupBy(entries, togetherWith).values()) {
    const placed = placeEntries(ofExport, facts, tree)
    for (const { place, entry } of placed) if (entry.half === undefined) roots.add(place.root)
    const byFolder = groupBy(placed, ({ place }) => `${place.rootName}\0${place.folder}`)
    for (const inFolder of byFolder.values()) {
      tree.folders.push(buildFolder(inFolder, contents, tree))
    }
  }
  nameFolders(tree.folders)
  tree.roots = [...roots].sort(compareText)
  return tree
}

/** Halves are kept apart from everything: what they belong to is never told by names alone. */
function togetherWith({ exportId, half, path }: SurveyedEntry): string {
  if (half === undefined) return exportId
  return `${half}\0${isJsonName(path) ? 'sidecars' : 'photos'}`
}

interface Placed {
  entry: SurveyedEntry
  sorting: Sorting
  place: Place
}

/** Entries inside the photos root; all others get their verdict. */
function placeEntries(
  entries: readonly SurveyedEntry[],
  facts: EntryFacts,
  { verdicts }: Tree,
): Placed[] {
  const sorted = entries.map((entry) => {
    const known = facts.get(entry.index)
    const failure = known && 'failure' in known ? known.failure : undefined
    const sorting = sortEntry(entry, failure !== undefined)
    if (sorting === 'rejected') {
      verdicts.set(entry, { class: 'rejected', reason: entry.refused ?? failure!.message })
    } else if (sorting === 'litter') verdicts.set(entry, { class: 'litter' })
    return { entry, sorting }
  })
  const candidates = sorted.filter(({ sorting }) => sorting === 'json' || sorting === 'media')
  const isOfHalves = entries[0]?.half !== undefined // of too little of an export no root shows
  const locate = isOfHalves
    ? placeInLastFolder
    : locatePhotos(candidates.map(({ entry, sorting }) => hintOf(entry, sorting)))
  return candidates.flatMap(({ entry, sorting }) => {
    const place = locate(entry.path)
    if (place === undefined) verdicts.set(entry, outside(entry))
    return place ? [{ entry, sorting, place }] : []
  })
}

function hintOf(entry: SurveyedEntry, sorting: Sorting) {
  const isMedia = sorting === 'media' && mediaTypeOf(baseName(entry.path), undefined) !== undefined
  return { path: entry.path, isMedia, statesTime: statesTime(entry) }
}

/** A search through the bytes is enough for a hint; the JSON of other products may be large. */
function statesTime({ json }: SurveyedEntry): boolean {
  return json !== undefined && Buffer.from(json.buffer, json.byteOffset, json.length).includes(TIME)
}
const TIME = '"photoTakenTime"'

/** The overview page says what Google thought the export holds: it is kept as well. */
function outside(entry: SurveyedEntry): Verdict {
  if (isOverviewPath(entry.path)) return keptOther(entry, 'overview page of the export')
  return isInProduct(entry.path)
    ? { class: 'other', reason: 'belongs to another Google product', foreign: true }
    : { class: 'other', reason: 'lies outside of the Google Photos folder' }
}

function keptOther({ path, bytes }: SurveyedEntry, reason: string): Verdict {
  return { class: 'other', reason, kept: isReadAtOnce(path, bytes) ? 'small' : 'content' }
}

function buildFolder(placed: readonly Placed[], contents: Contents, tree: Tree): Folder {
  const { place, entry } = placed[0]!
  const folder: Folder = {
    exportId: entry.exportId,
    path: place.folder === '' ? place.root : `${place.root}/${place.folder}`.replace(/^\//, ''),
    ...(entry.half === undefined ? {} : { half: entry.half }),
    name: baseName(place.folder),
    kind: place.folder === '' ? 'root' : 'album',
    untitled: false,
    media: [],
    sidecars: [],
    albumFiles: [],
    hasAlbumFile: false,
  }
  const [json, others] = [
    placed.filter(({ sorting }) => sorting === 'json'),
    placed.filter(({ sorting }) => sorting === 'media'),
  ]
  for (const named of groupBy(others, ({ place }) => place.name).values()) {
    addMedia(folder, named, contents, tree)
  }
  const mediaNames = namesForSidecars(folder.media)
  for (const named of groupBy(json, ({ place }) => place.name).values()) {
    addJson(folder, named, mediaNames, tree)
  }
  return folder
}

function addMedia(folder: Folder, named: Placed[], contents: Contents, tree: Tree): void {
  const name = named[0]!.place.name
  const media = named.filter(({ entry }) => {
    const isMedia = mediaTypeOf(name, contents.factsOf(entry.index)) !== undefined
    if (!isMedia) tree.verdicts.set(entry, keptOther(entry, 'is no photo or video'))
    return isMedia
  })
  for (const same of sameContents(
    media.map(({ entry }) => entry),
    contents,
  )) {
    folder.media.push(newMediaFile(folder, name, same, contents))
  }
}

/**
 * Entries of one path, split by content where it is known to differ. In one export the same path in
 * two parts is the same file (immich-go#380), so unread entries of one size go together.
 */
function sameContents(entries: readonly SurveyedEntry[], contents: Contents): SurveyedEntry[][] {
  const groups: SurveyedEntry[][] = []
  for (const entry of entries) {
    const fitting = groups.find(([first]) => mayBeSame(first!, entry, contents))
    if (fitting) fitting.push(entry)
    else groups.push([entry])
  }
  return groups
}

function mayBeSame(a: SurveyedEntry, b: SurveyedEntry, contents: Contents): boolean {
  if (contents.groupOf(a.index) === contents.groupOf(b.index)) return true
  if (a.bytes !== b.bytes) return false
  const areHashed = contents.sha256Of(a.index) && contents.sha256Of(b.index)
  const areSummed = a.crc32 !== undefined && b.crc32 !== undefined
  return !areHashed && !areSummed
}

function newMediaFile(
  folder: Folder,
  name: string,
  entries: SurveyedEntry[],
  contents: Contents,
): MediaFile {
  const facts = contents.factsOf(entries[0]!.index)
  const mediaType = mediaTypeOf(name, facts)!
  return {
    folder,
    entries,
    name,
    readings: readingsOf(name, entries[0]!),
    mediaType,
    kind: /^(image|video)\//.exec(mediaType)?.[1] as MediaKind | undefined,
    isRaw: RAW_TYPE.test(mediaType),
    facts,
    otherSidecars: [],
  }
}

const RAW_TYPE = /^image\/x-(?!icon)/

/** A name that was decomposed before Takeout cut it has its cuts elsewhere: both are tried. */
function readingsOf(name: string, entry: SurveyedEntry) {
  const raw = baseName(entry.path)
  return raw === name ? readings(name) : [...readings(name), ...readings(raw)]
}

/** Every form of the folder's media names that a sidecar name may show without token. */
function namesForSidecars(media: readonly MediaFile[]): Set<string> {
  const forms = media.flatMap(({ readings }) =>
    readings.flatMap(({ stem, extension }) => [stem + extension, stem]),
  )
  return new Set([...forms, ...forms.map((form) => nfc(form.slice(0, MAX_SIDECAR_UNITS)))])
}

function addJson(
  folder: Folder,
  named: Placed[],
  mediaNames: ReadonlySet<string>,
  tree: Tree,
): void {
  const entries = named.map(({ entry }) => entry)
  const fileName = named[0]!.place.name
  const name = isJsonName(fileName) ? fileName.slice(0, -'.json'.length) : fileName
  const parsed = entries.map(parseEntry)
  for (const [at, result] of parsed.entries()) {
    if ('problem' in result) tree.broken.set(entries[at]!, result.problem)
  }
  const readable = parsed.find((result) => 'value' in result) ?? parsed[0]!
  const kind = kindOfJson(name, readable, folder.kind === 'root' ? NO_NAMES : mediaNames)
  if (kind === 'media') folder.sidecars.push(newSidecar(folder, name, entries, readable))
  else setVerdicts(folder, kind, entries, readable, tree)
}

const NO_NAMES: ReadonlySet<string> = new Set()

function parseEntry({ json, bytes }: SurveyedEntry): BoundedJson {
  if (json) return parseBoundedJson(json)
  return bytes > MAX_JSON_BYTES ? TOO_LARGE : UNREADABLE
}

function newSidecar(
  folder: Folder,
  name: string,
  entries: SurveyedEntry[],
  json: BoundedJson,
): SidecarFile {
  const object = 'value' in json ? asObject(json.value) : undefined
  const file: SidecarFile = { folder, entries, name, used: false }
  if (object) file.record = readSidecar(object) // not spread: see ledger.ts
  return file
}

function setVerdicts(
  folder: Folder,
  kind: 'album' | 'other',
  entries: SurveyedEntry[],
  json: BoundedJson,
  { verdicts }: Tree,
): void {
  const object = 'value' in json ? asObject(json.value) : undefined
  if (kind === 'album') {
    folder.hasAlbumFile = true
    if (object) folder.albumFiles.push(readAlbumFile(object))
    for (const entry of entries) verdicts.set(entry, { class: 'album' })
    return
  }
  const isBroken = 'problem' in json
  const isOrder = field(object, 'externalOrderId') !== undefined
  const reason = isBroken
    ? `JSON that ${json.problem}`
    : isOrder
      ? 'order of a photo book'
      : 'JSON that describes no photo and no album'
  for (const entry of entries) verdicts.set(entry, keptOther(entry, reason))
}
