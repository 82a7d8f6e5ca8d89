/**
 * Makes much data fast, for measurements: photos that begin like photos and are incompressible.
 * @module
 */
import { createCipheriv, createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZipWriter } from '../../test/support/archives/zip-writer.ts'
import { jpegFile, withJpegMetadata } from './media/images.ts'
import { imagineScene, paint } from './media/painting.ts'
import { localOf, type Moment } from './model.ts'
import { randomFrom } from './random.ts'

export interface BulkOptions {
  items: number
  bytesPerItem: number
  parts: number
  seed?: number
}

const FIRST_PHOTO_EPOCH = Date.parse('2015-01-01T12:00:00Z') / 1000
const SECONDS_BETWEEN_PHOTOS = 601

/** Writes the parts of one export; returns their paths. One part at a time is in memory. */
export async function generateBulk(to: string, options: BulkOptions): Promise<string[]> {
  await mkdir(to, { recursive: true })
  const picture = jpegFile(paint(imagineScene(randomFrom(options.seed ?? 1)), 160, 120))
  const paths: string[] = []
  for (let part = 1; part <= options.parts; part++) {
    const zip = new ZipWriter()
    for (let item = part - 1; item < options.items; item += options.parts) {
      const taken = { epoch: FIRST_PHOTO_EPOCH + item * SECONDS_BETWEEN_PHOTOS, offsetMinutes: 0 }
      addPhoto(zip, item, taken, bulkPhoto(picture, taken, item, options))
    }
    const path = join(to, `takeout-20240301T000000Z-${String(part).padStart(3, '0')}.zip`)
    await writeFile(path, zip.finish())
    paths.push(path)
  }
  return paths
}

function addPhoto(zip: ZipWriter, item: number, taken: Moment, bytes: Uint8Array): void {
  const title = `IMG_${String(item).padStart(7, '0')}.jpg`
  const year = localOf(taken).slice(0, 4)
  const path = `Takeout/Google Photos/Photos from ${year}/${title}`
  const times = { photoTakenTime: { timestamp: String(taken.epoch) } }
  const sidecar = Buffer.from(JSON.stringify({ title, ...times }, null, 2))
  zip.add(path, bytes, { method: 'stored' })
  zip.add(`${path}.supplemental-metadata.json`, sidecar, { method: 'deflated' })
}

/** A photo with Exif, and behind its end as many random bytes as it takes. */
function bulkPhoto(
  picture: Buffer,
  taken: Moment,
  item: number,
  { bytesPerItem, seed = 1 }: BulkOptions,
): Uint8Array {
  const photo = withJpegMetadata(picture, { exif: { make: 'Google', local: localOf(taken) } })
  const tail = Math.max(bytesPerItem - photo.length, 0)
  // A cipher's key stream is the fastest repeatable noise that Node has.
  const key = createHash('sha256').update(`${seed} ${item}`).digest().subarray(0, 16)
  const noise = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(tail))
  return Buffer.concat([photo, noise])
}
