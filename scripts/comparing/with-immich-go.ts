/**
 * immich-go's `archive from-google-photos`: it reads the zips, needs no server, writes every photo
 * unchanged and beside it a JSON of what it knows.
 *
 * It is told to take what it leaves out by itself: the trash, photos without sidecar, untitled
 * albums. What belongs together it only tells a server; an archive does not hold it.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Found, FoundFile } from './found.ts'

const TAKE_ALL = ['--include-trashed', '--include-unmatched', '--include-untitled-albums']
const PERSON = 'People/'

/** What stands in the JSON beside a photo. */
interface Beside {
  dateTaken?: string
  description?: string
  latitude?: number
  longitude?: number
  favorited?: boolean
  archived?: boolean
  albums?: { title?: string }[]
  tags?: { value: string }[]
}

/** `work` is a folder of its own. */
export function foundByImmichGo(program: string, parts: readonly string[], work: string): Found {
  const to = join(work, 'archive')
  mkdirSync(work, { recursive: true })
  const args = ['archive', 'from-google-photos', '--write-to-folder', to]
  const log = ['--log-file', join(work, 'log')]
  // no configuration of its user is read, and UTC is the zone of the times that have none
  const env = { PATH: process.env.PATH, HOME: work, TZ: 'UTC' }
  const run = spawnSync(program, [...args, ...log, ...TAKE_ALL, ...parts], { cwd: work, env })
  const files = existsSync(to) ? filesBelow(to).map((path) => foundFile(to, path)) : []
  const titles = new Set(files.flatMap(({ albums }) => albums))
  return {
    ended: run.status === 0 ? 'well' : `with ${run.status ?? run.error?.message}`,
    files,
    albums: new Map([...titles].map((title) => [title, title])),
    silentOn: new Set(['joined']),
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.JSON'))
    .map((entry) => join(entry.parentPath, entry.name))
}

function foundFile(folder: string, path: string): FoundFile {
  const json = `${path}.JSON`
  const beside: Beside = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {}
  const { dateTaken, description, latitude = 0, longitude = 0, tags = [], albums = [] } = beside
  return {
    name: relative(folder, path),
    content: createHash('sha256').update(readFileSync(path)).digest('hex'),
    ...(dateTaken === undefined ? {} : { instant: secondsOf(dateTaken) }),
    ...(description ? { description } : {}),
    people: tags.flatMap(({ value }) =>
      value.startsWith(PERSON) ? [value.slice(PERSON.length)] : [],
    ),
    favorite: beside.favorited ?? false,
    archived: beside.archived ?? false,
    ...(latitude !== 0 || longitude !== 0 ? { place: { latitude, longitude } } : {}),
    albums: albums.map(({ title }) => title ?? ''),
  }
}

function secondsOf(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
