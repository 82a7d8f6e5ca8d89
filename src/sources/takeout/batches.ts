/**
 * Cuts the contents that are wanted into batches for several workers.
 * @module
 */
import type { ContentBatchOf } from '../source.ts'
import type { Access, PartEntry } from './part-survey.ts'
import type { Recipe } from './recipe.ts'
import type { PartFile } from './survey-parts.ts'

/** Large enough to keep a worker busy, small enough to share the end of the work out. */
const BATCH_BYTES = 64 * 2 ** 20
const BATCH_ENTRIES = 200

export interface Wanted {
  id: number
  file: PartFile
  entry: PartEntry
}

/** @throws {RangeError} for an entry that the survey refused */
export function makeBatches(wanted: readonly Wanted[]): ContentBatchOf[] {
  return [...groupByFile(wanted)].flatMap(([file, ofFile]) => {
    ofFile.sort((a, b) => placeOf(a.entry) - placeOf(b.entry) || a.id - b.id)
    // a tar can only be read from its beginning: one worker reads all of it
    const slices = file.form === 'tar' || file.form === 'tgz' ? [ofFile] : [...slicesOf(ofFile)]
    return slices.map((slice) => batchOf(file, slice))
  })
}

export function groupByFile(wanted: readonly Wanted[]): Map<PartFile, Wanted[]> {
  const byFile = new Map<PartFile, Wanted[]>()
  for (const one of wanted) {
    const ofFile = byFile.get(one.file)
    if (ofFile) ofFile.push(one)
    else byFile.set(one.file, [one])
  }
  return byFile
}

/** Files of a folder have no place: they keep the order of their names. */
function placeOf(entry: PartEntry): number {
  const access = accessTo(entry)
  if (access.kind === 'file') return 0
  return access.kind === 'zip' ? access.member.localOffset : access.ordinal
}

function* slicesOf(wanted: readonly Wanted[]): Generator<Wanted[]> {
  let slice: Wanted[] = []
  let bytes = 0
  for (const one of wanted) {
    const isFull = slice.length === BATCH_ENTRIES || bytes + one.entry.bytes > BATCH_BYTES
    if (isFull && slice.length > 0) {
      yield slice
      slice = []
      bytes = 0
    }
    slice.push(one)
    bytes += one.entry.bytes
  }
  if (slice.length > 0) yield slice
}

function batchOf(file: PartFile, slice: readonly Wanted[]): ContentBatchOf {
  return {
    ids: slice.map(({ id }) => id),
    bytes: slice.reduce((sum, { entry }) => sum + entry.bytes, 0),
    recipe: recipeFor(file, slice),
  }
}

/** How to read these entries of one part. */
export function recipeFor(file: PartFile, slice: readonly Wanted[]): Recipe {
  const { path, name: part, sizeBytes, form } = file
  if (form === 'folder') return { kind: 'folder', part, files: slice.map(recipeFile) }
  if (form === 'zip') return { kind: 'zip', path, part, sizeBytes, members: slice.map(zipMember) }
  const isCompressed = form === 'tgz'
  return { kind: 'tar', path, part, sizeBytes, isCompressed, members: slice.map(tarMember) }
}

function zipMember({ id, entry }: Wanted) {
  const { member } = accessOf(entry, 'zip')
  const { rawName, method, compressedSize, crc32, localOffset } = member
  return {
    id,
    name: entry.path,
    rawName: Buffer.from(rawName).toString('latin1'),
    method,
    size: entry.bytes,
    compressedSize,
    crc32,
    localOffset,
  }
}

function tarMember({ id, entry }: Wanted) {
  const { ordinal } = accessOf(entry, 'tar')
  return { id, ordinal, name: entry.path, size: entry.bytes, crc32: entry.crc32! }
}

function recipeFile({ id, entry }: Wanted) {
  const { diskPath, modifiedMs } = accessOf(entry, 'file')
  return {
    id,
    name: entry.path,
    diskPath: diskPath.toString('latin1'),
    size: entry.bytes,
    modifiedMs,
  }
}

function accessTo(entry: PartEntry): Access {
  if (!entry.access) throw new RangeError(`${entry.path} was refused: it cannot be read`)
  return entry.access
}

function accessOf<K extends Access['kind']>(entry: PartEntry, kind: K) {
  const access = accessTo(entry)
  if (access.kind !== kind) throw new RangeError(`${entry.path} is not in a ${kind}`)
  return access as Extract<Access, { kind: K }>
}
