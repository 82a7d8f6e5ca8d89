/**
 * Takeout exports of a few photos, to be damaged by tests.
 * @module
 */
import { createHash } from 'node:crypto'
import { TarWriter } from './archives/tar-writer.ts'
import { type ZipMemberOptions, ZipWriter } from './archives/zip-writer.ts'

export const YEAR_FOLDER = 'Takeout/Google Photos/Photos from 2021'

/** Name of the part of a number; all are of one export. */
export function partName(number: number, extension = 'zip'): string {
  return `takeout-20240115T101500Z-${String(number).padStart(3, '0')}.${extension}`
}

export interface SmallEntry {
  path: string
  bytes: Uint8Array
  options?: ZipMemberOptions
}

/** A photo of its own for each name, with its sidecar, in the year folder. */
export function photoEntries(...names: string[]): SmallEntry[] {
  return names.flatMap((name) => [
    { path: `${YEAR_FOLDER}/${name}`, bytes: photoBytes(name) },
    { path: `${YEAR_FOLDER}/${name}.json`, bytes: sidecarBytes(name) },
  ])
}

/** Four kilobytes that begin like a JPEG and cannot be compressed. */
export function photoBytes(name: string): Buffer {
  const noise = Array.from({ length: 128 }, (_, block) =>
    createHash('sha256').update(`${name} ${block}`).digest(),
  )
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), ...noise])
}

export function sidecarBytes(title: string): Buffer {
  return Buffer.from(JSON.stringify({ title, photoTakenTime: { timestamp: '1625130000' } }))
}

export function zipOf(entries: readonly SmallEntry[]): Buffer {
  const zip = new ZipWriter()
  for (const { path, bytes, options } of entries) zip.add(path, bytes, options)
  return Buffer.from(zip.finish())
}

export function tarOf(entries: readonly SmallEntry[]): TarWriter {
  const tar = new TarWriter()
  for (const { path, bytes } of entries) tar.add(path, bytes)
  return tar
}

/** A copy of `archive` with one bit flipped in the middle of where `content` lies in it. */
export function flipped(archive: Buffer, content: Uint8Array): Buffer {
  const at = archive.indexOf(content)
  if (at < 0) throw new RangeError('the archive does not hold this content as it is')
  const damaged = Buffer.from(archive)
  damaged[at + (content.length >> 1)]! ^= 0x10
  return damaged
}
