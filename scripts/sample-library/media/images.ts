/**
 * Real image files from painted pictures: JPEG with Exif and XMP, PNG, animated GIF.
 * @module
 */
import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'jpeg-js'
import { type ExifContent, exifBlock } from './exif.ts'
import { lzwCompress } from './gif-lzw.ts'
import type { Picture } from './painting.ts'

export interface JpegMetadata {
  exif?: ExifContent
  /** An XMP packet. */
  xmp?: string
}

export function jpegFile(picture: Picture, metadata: JpegMetadata = {}): Buffer {
  const { width, height } = picture
  const exif = metadata.exif && { width, height, ...metadata.exif }
  return withJpegMetadata(encode(picture, 85).data, { ...metadata, ...(exif ? { exif } : {}) })
}

/** `data`, a JPEG without metadata, with them: segments come right behind its first marker. */
export function withJpegMetadata(data: Buffer, metadata: JpegMetadata): Buffer {
  return Buffer.concat([
    data.subarray(0, 2),
    ...(metadata.exif ? [applicationSegment('Exif\0\0', exifBlock(metadata.exif))] : []),
    ...(metadata.xmp
      ? [applicationSegment('http://ns.adobe.com/xap/1.0/\0', Buffer.from(metadata.xmp))]
      : []),
    data.subarray(2),
  ])
}

function applicationSegment(name: string, payload: Buffer): Buffer {
  const header = Buffer.from([0xff, 0xe1, 0, 0])
  header.writeUInt16BE(2 + name.length + payload.length, 2)
  return Buffer.concat([header, Buffer.from(name, 'latin1'), payload])
}

/** What a Pixel writes into a still whose clip lies behind it, `clipBytes` from the end. */
export function motionPhotoXmp(clipBytes: number): string {
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1"><Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary" Item:Length="0"/></rdf:li><rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" Item:Length="${clipBytes}"/></rdf:li></rdf:Seq></Container:Directory></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
}

/** True colour without alpha, every row unfiltered. */
export function pngFile({ width, height, data }: Picture, exif?: ExifContent): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = Math.floor(pixel / width) * (1 + width * 3) + 1 + (pixel % width) * 3
    rows.set(data.subarray(pixel * 4, pixel * 4 + 3), at)
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...(exif ? [pngChunk('eXIf', exifBlock(exif))] : []),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function pngChunk(type: string, payload: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), payload])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(payload.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}

/** Repeats for ever, a fifth of a second a frame, in the 216 colours of the 6×6×6 cube. */
export function gifFile(frames: Picture[]): Buffer {
  const { width, height } = frames[0]!
  const header = Buffer.alloc(13)
  header.write('GIF89a', 'latin1')
  header.writeUInt16LE(width, 6)
  header.writeUInt16LE(height, 8)
  header.set([0xf7, 0, 0], 10) // a table of 256 colours follows
  const repeat = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1')
  const parts = frames.flatMap((frame) => gifFrame(frame))
  return Buffer.concat([header, colorCube(), repeat, ...parts, Buffer.from([0x3b])])
}

function colorCube(): Buffer {
  const table = Buffer.alloc(256 * 3)
  for (let index = 0; index < 216; index++) {
    const levels = [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6]
    table.set(
      levels.map((level) => level * 51),
      index * 3,
    )
  }
  return table
}

function gifFrame({ width, height, data }: Picture): Buffer[] {
  const indexes = new Uint8Array(width * height)
  for (let pixel = 0; pixel < indexes.length; pixel++) {
    const [red, green, blue] = data.subarray(pixel * 4, pixel * 4 + 3)
    indexes[pixel] =
      Math.round(red! / 51) * 36 + Math.round(green! / 51) * 6 + Math.round(blue! / 51)
  }
  const control = Buffer.from([0x21, 0xf9, 4, 0, 20, 0, 0, 0])
  const descriptor = Buffer.alloc(10)
  descriptor[0] = 0x2c
  descriptor.writeUInt16LE(width, 5)
  descriptor.writeUInt16LE(height, 7)
  return [control, descriptor, lzwCompress(indexes)]
}
