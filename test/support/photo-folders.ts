/**
 * Folders of photos as programs leave them, with real image files that differ from each other.
 * @module
 */
import { copyFileSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import type { ExifContent } from '../../scripts/sample-library/media/exif.ts'
import { jpegFile } from '../../scripts/sample-library/media/images.ts'
import { movieFile } from '../../scripts/sample-library/media/movie.ts'
import { imagineScene, type Picture, paint } from '../../scripts/sample-library/media/painting.ts'
import { randomFrom } from '../../scripts/sample-library/random.ts'

/** Long past, so that no file seems to have been written a moment ago. */
const MODIFIED = new Date('2020-02-03T04:05:06Z')

const picture = (seed: number): Picture => paint(imagineScene(randomFrom(seed)), 16, 12)

/** A photo; equal seeds and metadata are equal bytes. */
export function jpeg(seed: number, exif?: ExifContent, xmp?: string): Buffer {
  return jpegFile(picture(seed), { ...(exif ? { exif } : {}), ...(xmp ? { xmp } : {}) })
}

/** A short movie of the kind that belongs to a live photo. */
export function movie(seed: number, keys: Record<string, string> = {}, createdEpoch = 0): Buffer {
  const frames = [picture(seed), picture(seed + 1)]
  return movieFile({ kind: 'quicktime', frames, framesPerSecond: 2, createdEpoch, keys })
}

export class PhotoFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
    mkdirSync(path, { recursive: true })
  }

  /** Writes a file that was last modified in 2020, or when it is said. */
  file(name: string, bytes: string | Buffer, modified = MODIFIED): this {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
    utimesSync(path, modified, modified)
    return this
  }

  json(name: string, value: unknown): this {
    return this.file(name, JSON.stringify(value))
  }

  /** A relative link to another place of the folder, as these programs make them. */
  link(name: string, target: string): this {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(relative(dirname(path), join(this.path, target)), path)
    return this
  }
}

/** Google's sidecar, taken at `instant`. */
export function googleSidecar(title: string, instant: string, more: object = {}): object {
  const timestamp = String(Date.parse(instant) / 1000)
  return { title, photoTakenTime: { timestamp }, ...more }
}

export interface SyncRow {
  path: string
  name: string
  original?: string
  description?: string
  created?: string
  location?: string
}

/** Writes the database of gphotos-sync, schema 5.7. Its files have the ids R0, R1 … */
export function writeSyncDatabase(
  path: string,
  files: readonly SyncRow[],
  albums: readonly { title: string; description?: string; members: number[] }[],
  { isLogged = false } = {},
): void {
  // Only the reader may import the package; a test writes what it reads.
  const { Database } = createRequire(import.meta.url)('node-sqlite3-wasm')
  // Beside the real place, so that a write-ahead log can be left as it is while a program runs.
  const scratch = `${path}-scratch`
  const database = new Database(scratch)
  if (isLogged) database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL')
  database.exec(TABLES)
  files.forEach(({ path: folder, name, original, description, created, location }, at) => {
    const values = [`R${at}`, urlOf(at), folder, name, original ?? name]
    const told = [description ?? null, created ?? null, location ?? null]
    database.run(INSERT_FILE, [...values, ...told])
  })
  albums.forEach(({ title, description, members }, at) => {
    database.run('INSERT INTO Albums(RemoteId, AlbumName, Description) VALUES (?,?,?)', [
      `A${at}`,
      title,
      description ?? null,
    ])
    members.forEach((file, position) => {
      database.run('INSERT INTO AlbumFiles(AlbumRec, DriveRec, Position) VALUES (?,?,?)', [
        `A${at}`,
        `R${file}`,
        position,
      ])
    })
  })
  copyFileSync(scratch, path)
  if (isLogged) copyFileSync(`${scratch}-wal`, `${path}-wal`)
  database.close()
  for (const suffix of ['', '-wal']) rmSync(scratch + suffix, { force: true })
}

export const urlOf = (at: number): string => `https://photos.google.com/lr/photo/R${at}`

const INSERT_FILE =
  'INSERT INTO SyncFiles(RemoteId, Url, Path, FileName, OrigFileName, Description, CreateDate, Location) VALUES (?,?,?,?,?,?,?,?)'

const TABLES = `
CREATE TABLE Albums (RemoteId TEXT PRIMARY KEY, AlbumName TEXT, Size INT, Description TEXT,
  StartDate INT, EndDate INT, SyncDate INT, Downloaded INT DEFAULT 0);
CREATE TABLE SyncFiles (Id INTEGER PRIMARY KEY, RemoteId TEXT UNIQUE, Uid TEXT, Url TEXT, Path TEXT,
  FileName TEXT, OrigFileName TEXT, DuplicateNo INT, MimeType TEXT, Description TEXT, FileSize INT,
  ModifyDate INT, CreateDate INT, SyncDate INT, Downloaded INT DEFAULT 0, Location TEXT);
CREATE TABLE AlbumFiles (Id INTEGER PRIMARY KEY, AlbumRec INT, DriveRec INT, Position INT);`

/** A Windows shortcut, as `WScript.Shell` writes one. */
export function shortcut(link: { relative?: string; absolute?: string }): Buffer {
  const header = Buffer.alloc(76)
  header.writeUInt32LE(76, 0)
  header.write('0114020000000000c000000000000046', 4, 'hex')
  const hasInfo = link.absolute !== undefined
  header.writeUInt32LE(1 | (hasInfo ? 2 : 0) | (link.relative === undefined ? 0 : 8) | 128, 20)
  const idList = Buffer.from([4, 0, 9, 9, 0, 0])
  return Buffer.concat([
    ...[header, idList],
    ...(link.absolute === undefined ? [] : [linkInfo(link.absolute)]),
    ...(link.relative === undefined ? [] : [counted(link.relative)]),
  ])
}

function linkInfo(path: string): Buffer {
  const head = Buffer.alloc(36)
  const wide = Buffer.from(`${path}\0`, 'utf16le')
  const fields = [head.length + wide.length, head.length, 1, 0, 0, 0, 0, head.length, 0]
  for (const [at, value] of fields.entries()) head.writeUInt32LE(value, at * 4)
  return Buffer.concat([head, wide])
}

function counted(text: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16LE(text.length)
  return Buffer.concat([length, Buffer.from(text, 'utf16le')])
}
