/**
 * Surveys all parts of all exports that were found, into one list of entries.
 * @module
 */
import { stat } from 'node:fs/promises'
import { archiveKind } from '../../archives/archive-kind.ts'
import { DamagedArchiveError } from '../../archives/damaged-archive-error.ts'
import { NotAnArchiveError } from '../../archives/not-an-archive-error.ts'
import { FileReadAt, type ReadTally } from '../../archives/read-at.ts'
import { toError } from '../../util/coded-error.ts'
import type { Progress } from '../../util/progress.ts'
import type { SurveyOptions } from '../source.ts'
import { assignExports } from './assign-exports.ts'
import type { FoundPart } from './discover.ts'
import { NothingToImportError } from './nothing-to-import-error.ts'
import { type PartName, parsePartName } from './part-name.ts'
import { isOverviewPath, type PartEntry, type PartSurvey } from './part-survey.ts'
import { surveyFolder } from './survey-folder.ts'
import { type PassOptions, surveyTar } from './survey-tar.ts'
import { readSmallFiles, recallSmallFiles, surveyDirectory } from './survey-zip.ts'
import type { Surveyed, SurveyedEntry, SurveyedPart } from './surveyed.ts'

/** Where a part's bytes are. */
export interface PartFile {
  form: 'zip' | 'tar' | 'tgz' | 'folder' | 'none'
  path: string
  name: string
  sizeBytes: number
}

export interface SurveyedParts {
  surveyed: Surveyed
  /** How to get at each entry, by entry index. */
  sources: { file: PartFile; entry: PartEntry }[]
}

interface ReadPart extends PartSurvey {
  found: FoundPart
  file: PartFile
}

export async function surveyParts(
  found: readonly FoundPart[],
  tally: ReadTally,
  { progress, signal, intake, known }: SurveyOptions,
): Promise<SurveyedParts> {
  progress.stage('Reading what the archives hold', { parts: found.length })
  const parts: ReadPart[] = []
  for (const part of found) {
    signal.throwIfAborted()
    const read = await readPart(part, tellingProgress(tally, progress), { signal, intake })
    const isOurs = isOfTakeout(read)
    if (isOurs) parts.push(read)
    if (isOurs && read.file.form === 'zip') continue // it is not read to its end
    progress.advance({ parts: 1, items: read.entries.length })
  }
  if (parts.length === 0) throw new NothingToImportError(found.map(({ path }) => path))
  const zips = parts.filter(({ file }) => file.form === 'zip')
  await recallSmallFiles(entriesOf(zips), known)
  for (const zip of zips) {
    signal.throwIfAborted()
    await readZip(zip, tellingProgress(tally, progress), signal)
    progress.advance({ parts: 1, items: zip.entries.length })
  }
  return joined(parts)
}

function* entriesOf(parts: readonly ReadPart[]): Generator<PartEntry> {
  for (const { entries } of parts) yield* entries
}

/** What its directory alone did not tell. */
async function readZip(zip: ReadPart, tally: ReadTally, signal: AbortSignal): Promise<void> {
  try {
    await using source = await FileReadAt.open(zip.file.path, tally)
    await readSmallFiles(source, zip, signal)
    const damage = await changeOf(zip.file)
    if (damage) zip.damage ??= damage
  } catch (problem) {
    signal.throwIfAborted()
    zip.damage ??= damageOf(problem)
  }
}

/** Whether it has another size than it had, as an unfinished download has. */
async function changeOf({ path, sizeBytes }: PartFile): Promise<PartSurvey['damage']> {
  const { size } = await stat(path)
  if (size === sizeBytes) return undefined
  const whatIsWrong = `changed from ${sizeBytes} to ${size} bytes while it was read, as an unfinished download does`
  return { code: 'DAMAGED_PART', whatIsWrong }
}

/** A tally that also moves the display: a large tgz takes minutes. */
function tellingProgress(tally: ReadTally, progress: Progress): ReadTally {
  return {
    get bytes() {
      return tally.bytes
    },
    set bytes(bytes) {
      progress.advance({ bytes: bytes - tally.bytes })
      tally.bytes = bytes
    },
  }
}

async function readPart(
  found: FoundPart,
  tally: ReadTally,
  options: PassOptions,
): Promise<ReadPart> {
  const file: PartFile = { form: 'none', path: found.path, name: found.name, sizeBytes: 0 }
  try {
    return { found, file, ...(await surveyPart(found, file, tally, options)) }
  } catch (problem) {
    options.signal.throwIfAborted()
    return { found, file, entries: [], damage: damageOf(problem) }
  }
}

/** Also completes `file`. */
async function surveyPart(
  found: FoundPart,
  file: PartFile,
  tally: ReadTally,
  options: PassOptions,
): Promise<PartSurvey> {
  const { signal } = options
  if (found.form === 'unfinished') throw new NotAnArchiveError('is an unfinished download')
  if (found.form === 'folder') {
    file.form = 'folder'
    return surveyFolder(found.path, found.prefix, tally, signal)
  }
  await using source = await FileReadAt.open(found.path, tally)
  file.sizeBytes = source.size
  file.form = await archiveKind(source)
  if (file.form === 'zip') return await surveyDirectory(source)
  const isCompressed = file.form === 'tgz'
  const survey = await surveyTar({ path: found.path, isCompressed }, tally, options)
  const damage = survey.damage ?? (await changeOf(file))
  return damage ? { ...survey, damage } : survey
}

function damageOf(problem: unknown): NonNullable<PartSurvey['damage']> {
  const { message } = toError(problem)
  if (problem instanceof NotAnArchiveError) return { code: 'NOT_AN_ARCHIVE', whatIsWrong: message }
  const isSaid = problem instanceof DamagedArchiveError
  return { code: 'DAMAGED_PART', whatIsWrong: isSaid ? message : `could not be read (${message})` }
}

/** A folder of downloads holds other archives too: those with neither the name nor the content. */
function isOfTakeout({ found, entries, damage }: ReadPart): boolean {
  if (found.isNamed || damage || parsePartName(found.name)) return true
  return entries.some(({ path }) => /^([^/]+\/){0,2}Takeout\//i.test(path))
}

function joined(read: readonly ReadPart[]): SurveyedParts {
  const names = assignExports(
    read.map(({ found, entries }) => ({ found, paths: entries.map(({ path }) => path) })),
  )
  const ordered = read
    .map((part, at) => ({ part, name: names[at]! }))
    .sort((a, b) => compareNames(a.name, b.name))
  const result: SurveyedParts = { surveyed: { parts: [], entries: [] }, sources: [] }
  for (const { part, name } of ordered) add(part, name, result)
  return result
}

/** By export, then group, then number; parts alike keep their order, which is that of names. */
function compareNames(a: PartName, b: PartName): number {
  if (a.exportId !== b.exportId) return a.exportId < b.exportId ? -1 : 1
  return (a.group ?? 0) - (b.group ?? 0) || (a.number ?? 0) - (b.number ?? 0)
}

function add(
  { file, entries, damage }: ReadPart,
  name: PartName,
  { surveyed, sources }: SurveyedParts,
): void {
  const part: SurveyedPart = { name: file.name, ...name }
  if (file.sizeBytes > 0) part.bytes = file.sizeBytes
  surveyed.parts.push(part)
  if (damage) part.damage = { code: damage.code, message: sentence(file.name, damage.whatIsWrong) }
  for (const entry of entries) {
    surveyed.entries.push(surveyedEntry(entry, sources.length, part))
    sources.push({ file, entry })
  }
}

function sentence(name: string, whatIsWrong: string): string {
  return `${name} ${whatIsWrong}. Download this part of the export again.`
}

function surveyedEntry(entry: PartEntry, index: number, part: SurveyedPart): SurveyedEntry {
  const surveyed: SurveyedEntry = {
    index,
    path: entry.path,
    part: part.name,
    exportId: part.exportId,
    bytes: entry.bytes,
  }
  if (entry.crc32 !== undefined) surveyed.crc32 = entry.crc32
  if (entry.refused !== undefined) surveyed.refused = entry.refused
  if (entry.isUnreadable) surveyed.isUnreadable = true
  if (entry.json === undefined) return surveyed
  if (isOverviewPath(entry.path)) surveyed.overview = entry.json
  else surveyed.json = entry.json
  return surveyed
}
