/**
 * Reads the database of gphotos-sync. A copy of it is opened, never the file itself: SQLite writes
 * beside a database even to read it (locks, recovery, the write-ahead log).
 *
 * Tables as of schema 5.7; columns of older ones are missing and are then left out:
 *
 *   SyncFiles    Id, RemoteId, Url, Path, FileName, OrigFileName, Description, CreateDate, Location
 *   Albums       RemoteId, AlbumName, Description
 *   AlbumFiles   AlbumRec → Albums.RemoteId, DriveRec → SyncFiles.RemoteId (before 2.0: .Id), Position
 *
 * `Path` is the folder below the root, times are text in UTC.
 * @module
 */
import { stat } from 'node:fs/promises'
import type { ReadTally } from '../../archives/read-at.ts'
import { codeOf, toError } from '../../util/coded-error.ts'
import { TemporaryCopy } from '../../util/temporary-copy.ts'
import type { GphotosSync, SyncedAlbum, SyncedFile } from './gphotos-sync.ts'

/** What belongs to a database: changes that were not moved into it yet. */
const BESIDE = ['', '-wal', '-journal']
const COPY_NAME = 'copy.sqlite'
/** A sync may be running; so often a copy is tried that was not written to meanwhile. */
const TRIES = 3
/** Some million photos. */
const MAX_DATABASE_BYTES = 2 ** 30

export async function readGphotosSync(path: string, tally: ReadTally): Promise<GphotosSync> {
  await using copy = await TemporaryCopy.make()
  try {
    tally.bytes += await copyQuietly(path, copy)
    return await query(copy.path(COPY_NAME))
  } catch (problem) {
    return { files: [], albums: [], problem: toError(problem).message }
  }
}

/** Copies a database that nobody writes to meanwhile; returns its bytes. */
async function copyQuietly(path: string, copy: TemporaryCopy): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = await statesOf(path)
    for (const suffix of BESIDE) {
      await copy.drop(COPY_NAME + suffix)
      if (before.has(suffix)) await copy.take(path + suffix, COPY_NAME + suffix)
    }
    const after = await statesOf(path)
    const isSame = [...before].every(([suffix, state]) => after.get(suffix)?.key === state.key)
    if (isSame && after.size === before.size) {
      return [...before.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    }
  }
  throw new Error('it was being written to: is gphotos-sync running?')
}

async function statesOf(path: string): Promise<Map<string, { key: string; bytes: number }>> {
  const states = new Map<string, { key: string; bytes: number }>()
  for (const suffix of BESIDE) {
    try {
      const { size, mtimeMs } = await stat(path + suffix)
      if (size > MAX_DATABASE_BYTES) throw new Error('it is too large for what it is')
      states.set(suffix, { key: `${size} ${mtimeMs}`, bytes: size })
    } catch (problem) {
      if (codeOf(problem) !== 'ENOENT') throw problem
    }
  }
  return states
}

type Row = Record<string, unknown>

async function query(copy: string): Promise<GphotosSync> {
  const { default: sqlite } = await import('node-sqlite3-wasm')
  const database = new sqlite.Database(copy, { fileMustExist: true })
  try {
    // Alone on its copy, it needs no shared memory for a write-ahead log.
    database.exec('PRAGMA locking_mode=EXCLUSIVE')
    const rows = (table: string) => database.all(`SELECT * FROM ${table}`) as Row[]
    return assemble(rows('SyncFiles'), rows('Albums'), rows('AlbumFiles'))
  } finally {
    database.close()
  }
}

function assemble(
  fileRows: readonly Row[],
  albumRows: readonly Row[],
  members: readonly Row[],
): GphotosSync {
  const files: SyncedFile[] = []
  const at = new Map<string, number>()
  for (const row of fileRows) {
    const file = syncedFile(row)
    if (!file) continue
    for (const key of [`id ${row.Id}`, `remote ${row.RemoteId}`]) at.set(key, files.length)
    files.push(file)
  }
  const albums = new Map<string, SyncedAlbum>()
  for (const row of albumRows) {
    const description = text(row.Description)
    const remoteId = String(row.RemoteId)
    const album: SyncedAlbum = { remoteId, title: text(row.AlbumName) ?? '', files: [] }
    albums.set(remoteId, description === undefined ? album : { ...album, description })
  }
  for (const row of [...members].sort(byPosition)) {
    const file = at.get(`remote ${row.DriveRec}`) ?? at.get(`id ${row.DriveRec}`)
    if (file !== undefined) albums.get(String(row.AlbumRec))?.files.push(file)
  }
  return { files, albums: [...albums.values()] }
}

const byPosition = (a: Row, b: Row) => Number(a.Position ?? 0) - Number(b.Position ?? 0)

function syncedFile(row: Row): SyncedFile | undefined {
  const name = text(row.FileName)
  if (name === undefined) return undefined
  const folder = (text(row.Path) ?? '').replaceAll('\\', '/').replace(/^\.?\/+|\/+$/g, '')
  const file: SyncedFile = {
    path: folder === '' ? name : `${folder}/${name}`,
    title: text(row.OrigFileName) ?? name,
  }
  const description = text(row.Description)
  const url = text(row.Url)
  const created = secondsOf(row.CreateDate)
  if (description !== undefined) file.description = description
  if (url !== undefined) file.url = url
  if (created !== undefined) file.createdSeconds = created
  return { ...file, ...positionOf(text(row.Location)) }
}

/** SQL NULL, and what Python writes for it, say nothing. */
function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const trimmed = value.trim()
  return trimmed === '' || trimmed === 'None' ? undefined : value
}

/** `2019-05-01 10:00:00[.123456][+00:00]`; years before 1900 stand for "unknown". */
function secondsOf(value: unknown): number | undefined {
  const found = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text(value) ?? '')
  if (!found || found[1]! < '1900') return undefined
  const seconds = Date.parse(`${found[1]}T${found[2]}Z`) / 1000
  return Number.isNaN(seconds) ? undefined : seconds
}

function positionOf(location: string | undefined): { latitude?: number; longitude?: number } {
  const found = /(-?\d{1,3}\.\d+)[^\d-]+(-?\d{1,3}\.\d+)/.exec(location ?? '')
  if (!found) return {}
  const [latitude, longitude] = [Number(found[1]), Number(found[2])]
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return isPlace && (latitude !== 0 || longitude !== 0) ? { latitude, longitude } : {}
}
