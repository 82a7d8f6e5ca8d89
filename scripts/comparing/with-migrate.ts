/**
 * google-photos-migrate's `full`: it reads an extracted export and writes changed copies, so a photo
 * is told by the checksum of its picture alone, which ExifTool makes (12.58 or newer); what
 * ExifTool cannot tell so, by its name.
 *
 * It takes every folder but those of years for an album, the trash and the archive included. It ends
 * at the first sidecar that is no JSON: it gets a second export without such.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { extractZips } from '../benchmark/extract-zips.ts'
import type { SampleExport } from '../sample-library/generate.ts'
import type { Found, FoundFile, Row } from './found.ts'
import { type KnownTruth, knownTruth } from './known-truth.ts'

/** It has no words for them. */
const SILENT: ReadonlySet<Row> = new Set(['joined', 'people', 'favorites', 'archived'])
/** Where it puts what is in no album. */
const WITHOUT_ALBUM = 'Photos'

export interface MigratePrograms {
  migrate: string
  exiftool: string
}

/** `work` is a folder of its own. Its contents are of other words than the truth's: it has its own. */
export async function foundByMigrate(
  { migrate, exiftool }: MigratePrograms,
  made: SampleExport,
  { work, without }: { work: string; without: string[] },
): Promise<{ found: Found; known: KnownTruth }> {
  await extractZips(made.parts, work)
  const pictures = pictureSums(exiftool, work)
  const known = knownTruth(
    made,
    ({ path, sha256 }) => pictures.get(join(work, path))?.content ?? sha256,
  )
  for (const path of without) rmSync(join(work, path))
  const [output, errors] = [join(work, 'output'), join(work, 'errors')]
  for (const path of [output, errors]) mkdirSync(path)
  const args = ['full', join(work, 'Takeout'), output, errors, '--timeout', '60000']
  const { status } = spawnSync(migrate, args, { encoding: 'utf8' })
  const files = [...pictureSums(exiftool, output).values()]
  const albums = readdirSync(output).filter((name) => name !== WITHOUT_ALBUM)
  const found = {
    ...{ ended: status === 0 ? 'well' : `with ${status}`, files, silentOn: SILENT },
    albums: new Map(albums.map((name) => [name, name])),
  }
  return { found, known }
}

interface ExifRow {
  SourceFile: string
  ImageDataHash?: string
  FileModifyDate: string
  Description?: string
  GPSLatitude?: number
  GPSLongitude?: number
}

/** It sets every file's own time, in UTC, too: that counts where the format holds no other. */
function pictureSums(exiftool: string, folder: string): Map<string, FoundFile> {
  const fields = ['ImageDataHash', 'FileModifyDate', 'Description', 'GPSLatitude#', 'GPSLongitude#']
  const wanted = ['-ext', '*', '--ext', 'json', '--ext', 'html', '--ext', 'zip']
  const form = ['-r', '-json', '-q', '-charset', 'filename=utf8', '-d', '%Y-%m-%dT%H:%M:%SZ']
  const args = [...form, ...fields.map((field) => `-${field}`), ...wanted, folder]
  const { stdout } = spawnSync(exiftool, args, {
    ...{ encoding: 'utf8', maxBuffer: 2 ** 28 },
    env: { ...process.env, TZ: 'UTC' },
  })
  const rows: ExifRow[] = JSON.parse(stdout || '[]')
  return new Map(rows.map((row) => [row.SourceFile, foundFile(folder, row)]))
}

function foundFile(folder: string, row: ExifRow): FoundFile {
  const { SourceFile, ImageDataHash, FileModifyDate, Description, GPSLatitude, GPSLongitude } = row
  const path = relative(folder, SourceFile)
  const album = path.slice(0, Math.max(0, path.indexOf(sep)))
  const hasPlace = GPSLatitude !== undefined && GPSLongitude !== undefined
  return {
    name: path,
    content: ImageDataHash ?? basename(SourceFile),
    instant: FileModifyDate,
    ...(Description === undefined ? {} : { description: String(Description) }),
    ...{ people: [], favorite: false, archived: false },
    ...(hasPlace ? { place: { latitude: GPSLatitude, longitude: GPSLongitude } } : {}),
    albums: album === WITHOUT_ALBUM ? [] : [album],
  }
}
