/**
 * Apple's maker note: `Apple iOS\0`, version (2), `MM`, then a TIFF directory whose offsets count
 * from the note's start. Tag 0x0011 is the ContentIdentifier that a live photo's still shares with
 * its clip. Source: ExifTool's table of Apple tags.
 * @module
 */
import { asciiAt } from './reading.ts'
import { TiffBlock } from './tiff.ts'

const SIGNATURE = 'Apple iOS\0'
const DIRECTORY_OFFSET = 14
const CONTENT_IDENTIFIER = 0x0011

export function appleContentIdentifier(makerNote: Uint8Array): string | undefined {
  if (asciiAt(makerNote, 0, SIGNATURE.length) !== SIGNATURE) return undefined
  const block = new TiffBlock(makerNote, asciiAt(makerNote, 12, 2) === 'II')
  return block.text(block.directory(DIRECTORY_OFFSET).get(CONTENT_IDENTIFIER))
}
