/**
 * A case of `cases.json`: a tree of files, as in an export, and what must come of it. The format is
 * described beside the file (reference: takeout/cases-format.md).
 * @module
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** By path. */
type ByPath<T> = Record<string, T>

export interface Case {
  id: string
  kind: string
  strict: boolean
  files: string[]
  json: ByPath<unknown>
  parts?: ByPath<string | string[]>
  bytes?: ByPath<number>
  content?: ByPath<string>
  embedded?: ByPath<Embedded>
  expect: Expectation
}

export interface Embedded {
  type?: string
  exifDate?: string
  exifOffset?: string
  contentId?: string
  quickTimeDate?: string | null
}

export interface Expectation {
  pairs?: ByPath<string | null>
  editedOf?: ByPath<string | null>
  livePairs?: ByPath<string>
  orphanJson?: string[]
  duplicates?: string[][]
  notDuplicates?: string[][]
  placeholders?: string[]
  sameEntryInParts?: string[]
  albums?: ExpectedAlbum[]
  assetCount?: number
  distinctFiles?: number
  folders?: ByPath<{ kind: string; year?: number; untitled?: boolean }>
  root?: string
  jsonKinds?: ByPath<string>
  albumMeta?: ByPath<ExpectedAlbumFile>
  flags?: ByPath<Record<string, unknown>>
  dates?: ByPath<ExpectedDate | null>
  gps?: ByPath<{ latitude: number; longitude: number; altitude?: number } | null>
  realType?: ByPath<string>
  originalName?: ByPath<string>
  imported?: string[]
  notMedia?: string[]
  brokenJson?: string[]
  exportIds?: ByPath<string>
  stacks?: { cover: string | null; members: string[] }[]
  isTakeout?: boolean
}

export interface ExpectedAlbum {
  folder: string
  title: string
  members: string[]
  maybe?: string[]
}

export interface ExpectedAlbumFile {
  title?: string
  latitude?: number
  longitude?: number
  comments?: number
}

export interface ExpectedDate {
  utc?: string
  local?: string
  offset?: string
  zone?: 'utc' | 'local'
  precision?: string
  source?: string
}

const USUAL_ROOT = /^Takeout\/Google Photos\/[^/]+\/[^/]+$/

/** Whether its files can lie beside those of others: in one export, under the usual root. */
export function isMergeable({ files, parts, kind }: Case): boolean {
  const isAlone = parts !== undefined && Object.keys(parts).length > 0
  return !isAlone && kind !== 'folder' && files.every((path) => USUAL_ROOT.test(path))
}

/** Where the cases lie beside a checkout. */
export const DEFAULT_CASES = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../shared/reference/takeout/cases.json',
)

/** The cases of `file`, or why there are none. */
export function readCases(file: string): Case[] | { missing: string } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Case[]
  } catch (thrown) {
    const isAbsent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    if (!isAbsent) throw thrown
    return { missing: `no cases are scored: ${file} is not here` }
  }
}
