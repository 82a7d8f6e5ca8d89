/**
 * Makes an export of very many tiny entries, for measurements and for counting: how many photos
 * there are of each sort is given, so everything that a report counts is known beforehand.
 *
 * One part at a time is in memory.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZipWriter } from '../../test/support/archives/zip-writer.ts'

export interface Figures {
  /** Photos in year folders, each with its sidecar. */
  originals: number
  /** So many of them have an edited rendition, so many others a clip; neither has a sidecar. */
  edited: number
  clips: number
  /** So many of them lie in an album, too, with a sidecar there. */
  copies: number
  albums: number
}

/** The library of 95,662 photos and videos among 191,110 entries. */
export const LARGE_LIBRARY: Figures = {
  originals: 86_384,
  edited: 150,
  clips: 128,
  copies: 9_000,
  albums: 60,
}

/** Files around the photos: three of Google's and one of a Mac's. */
const SURROUNDINGS = ['archive_browser.html']
const ROOT_FILES = ['print-subscriptions.json', 'user-generated-memory-titles.json', '.DS_Store']
const ROOT = 'Takeout/Google Photos'
const FIRST_EPOCH = Date.parse('2004-01-01T12:00:00Z') / 1000
const SECONDS_BETWEEN_PHOTOS = 7_001

export function countsOf({ originals, edited, clips, copies, albums }: Figures) {
  const media = originals + edited + clips + copies
  const sidecars = originals + copies
  const around = SURROUNDINGS.length + ROOT_FILES.length
  return { media, sidecars, albumFiles: albums, others: sidecars + albums + around, around }
}

/** Writes the parts, photos and their sidecars mostly in different ones; returns their paths. */
export async function generateMany(to: string, figures: Figures, parts: number): Promise<string[]> {
  await mkdir(to, { recursive: true })
  const paths: string[] = []
  for (let part = 0; part < parts; part++) {
    const zip = new ZipWriter()
    let at = 0
    for (const { path, bytes } of entriesOf(figures)) {
      // not a multiple of the number of parts: neighbours fall apart
      if ((at++ * 7 + (at >> 5)) % parts === part) zip.add(path, bytes())
    }
    const path = join(to, `takeout-20261001T060000Z-${String(part + 1).padStart(3, '0')}.zip`)
    await writeFile(path, zip.finish())
    paths.push(path)
  }
  return paths
}

interface TinyEntry {
  path: string
  bytes: () => Uint8Array
}

function* entriesOf(figures: Figures): Generator<TinyEntry> {
  for (let number = 0; number < figures.originals; number++) yield* photo(number, figures)
  for (let album = 0; album < figures.albums; album++) {
    const json = { title: `Album ${album}`, description: '', date: { timestamp: `${FIRST_EPOCH}` } }
    yield { path: `${ROOT}/Album ${album}/metadata.json`, bytes: () => jsonBytes(json) }
  }
  for (const name of SURROUNDINGS) yield { path: `Takeout/${name}`, bytes: () => jsonBytes({}) }
  for (const name of ROOT_FILES) yield { path: `${ROOT}/${name}`, bytes: () => jsonBytes({}) }
}

function* photo(number: number, figures: Figures): Generator<TinyEntry> {
  const stem = `IMG_${String(number).padStart(7, '0')}`
  const epoch = FIRST_EPOCH + number * SECONDS_BETWEEN_PHOTOS
  const folder = `${ROOT}/Photos from ${new Date(epoch * 1000).getUTCFullYear()}`
  yield* withSidecar(folder, stem, number, epoch)
  if (number < figures.edited) {
    yield { path: `${folder}/${stem}-edited.jpg`, bytes: () => pictureBytes(number, 'edited') }
  } else if (number < figures.edited + figures.clips) {
    yield { path: `${folder}/${stem}.MP4`, bytes: () => movieBytes(number) }
  }
  // photos with nothing but themselves are the last ones
  if (figures.originals - number <= figures.copies) {
    yield* withSidecar(`${ROOT}/Album ${number % figures.albums}`, stem, number, epoch)
  }
}

function* withSidecar(
  folder: string,
  stem: string,
  number: number,
  epoch: number,
): Generator<TinyEntry> {
  const title = `${stem}.jpg`
  const url = `https://photos.google.com/photo/AF1QipM${String(number).padStart(12, '0')}`
  const json = { title, photoTakenTime: { timestamp: String(epoch) }, url }
  yield { path: `${folder}/${title}`, bytes: () => pictureBytes(number, 'original') }
  const sidecar = `${folder}/${title}.supplemental-metadata.json`
  yield { path: sidecar, bytes: () => jsonBytes(json) }
}

function jsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value, null, 2))
}

/** Marks of a JPEG's beginning and end around what makes it unlike all others. */
function pictureBytes(number: number, role: string): Buffer {
  const text = Buffer.from(`${role} ${number}`.padEnd(24))
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), text, Buffer.from([0xff, 0xd9])])
}

/** The box that tells an MP4, and one that holds nothing of interest. */
function movieBytes(number: number): Buffer {
  const text = Buffer.from(String(number).padEnd(16))
  const head = Buffer.from('\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x18free', 'latin1')
  return Buffer.concat([head, text])
}
