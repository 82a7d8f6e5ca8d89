/**
 * Facts from TIFF and from raws, which are TIFF inside (DNG, CR2, NEF, ARW, ORF, RW2 …), or wrap
 * another format: a RAF holds a JPEG whose offset stands at byte 84, big-endian; a CR3 is an
 * ISO media file with a TIFF block per directory (boxes CMT1 picture, CMT2 Exif, CMT4 GPS).
 *
 * Sources: ExifTool's descriptions of FujiFilm.pm and Canon.pm; TIFF 6.0.
 * @module
 */
import type { MediaFacts } from '../media-facts.ts'
import { cameraFacts, exifFacts, gpsFacts, learnTiff } from './exif.ts'
import { type BoxedBytes, boxesIn } from './iso-media.ts'
import { readJpeg } from './jpeg.ts'
import { learn } from './known-facts.ts'
import { type MediaBytes, type Reading, viewOf } from './reading.ts'
import { TiffBlock } from './tiff.ts'

const IMAGE_WIDTH = 0x0100
const IMAGE_HEIGHT = 0x0101

/** Raws spread their directories over the first part of the file. */
const TIFF_HEAD_BYTES = 256 * 1024
/** Scanners write the directory last; this much is read where it begins. */
const TIFF_TAIL_BYTES = 64 * 1024

export function* readTiff(bytes: MediaBytes, facts: MediaFacts): Reading<void> {
  const block = TiffBlock.open(yield* bytes.readHead(TIFF_HEAD_BYTES))
  if (block === undefined) return
  const first = block.firstDirectoryOffset
  if (first >= bytes.head.length) {
    block.addWindow(first, yield* bytes.read(first, TIFF_TAIL_BYTES))
  }
  learnTiff(facts, block)
  if (facts.mediaType !== 'image/tiff') return // the first picture of a raw is its preview
  const main = block.directory(first)
  const width = block.unsigned(main.get(IMAGE_WIDTH))
  const height = block.unsigned(main.get(IMAGE_HEIGHT))
  if (width && height) Object.assign(facts, { width, height })
}

const RAF_JPEG_OFFSET = 84

export function* readRaf(bytes: MediaBytes, facts: MediaFacts): Reading<void> {
  if (bytes.head.length < RAF_JPEG_OFFSET + 4) return
  yield* readJpeg(bytes, facts, viewOf(bytes.head).getUint32(RAF_JPEG_OFFSET))
}

/** `moov` is the content of a CR3's box of that name. */
export function learnCr3(facts: MediaFacts, moov: Uint8Array): void {
  for (const box of boxesIn(moov)) {
    if (box.type !== 'uuid') continue
    for (const part of boxesIn(box.content.subarray(16))) learnCanonPart(facts, part)
  }
}

function learnCanonPart(facts: MediaFacts, { type, content }: BoxedBytes): void {
  const block = /^CMT[124]$/.test(type) ? TiffBlock.open(content) : undefined
  if (block === undefined) return
  const directory = block.directory(block.firstDirectoryOffset)
  if (type === 'CMT1') learn(facts, cameraFacts(block, directory))
  if (type === 'CMT2') learn(facts, exifFacts(block, directory))
  if (type === 'CMT4') learn(facts, gpsFacts(block, directory))
}
