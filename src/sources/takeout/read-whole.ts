/**
 * Reads whole those media that nothing but their bytes tells apart: files of equal size of which at
 * least one has no checksum, as in an extracted export.
 * @module
 */
import type { ReadTally } from '../../archives/read-at.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'
import { codeOf, toError } from '../../util/coded-error.ts'
import type { EntryFacts, SurveyOptions } from '../source.ts'
import { makeBatches, type Wanted } from './batches.ts'
import { openContents } from './open-contents.ts'
import type { Recipe } from './recipe.ts'

/** Bytes read at a time. */
const PIECE_BYTES = 256 * 1024

/** Members of `wanted` that may be the same photo as another one, or may not. */
export function indistinct(wanted: readonly Wanted[]): Wanted[] {
  const bySize = new Map<number, Wanted[]>()
  for (const one of wanted) {
    const ofSize = bySize.get(one.entry.bytes)
    if (ofSize) ofSize.push(one)
    else bySize.set(one.entry.bytes, [one])
  }
  return [...bySize.values()].flatMap((ofSize) => {
    const hasUnknown = ofSize.some(({ entry }) => entry.crc32 === undefined)
    return ofSize.length > 1 && hasUnknown ? ofSize : []
  })
}

/** Facts with the SHA-256 of each, or why it could not be read. */
export async function readWhole(
  wanted: readonly Wanted[],
  tally: ReadTally,
  options: SurveyOptions,
): Promise<EntryFacts> {
  const facts = new Map<number, MediaFacts | { failure: { code: string; message: string } }>()
  const piece = new Uint8Array(PIECE_BYTES)
  options.progress.stage('Comparing files of equal size', { items: wanted.length })
  for (const batch of makeBatches(wanted)) {
    for await (const content of openContents(batch.recipe as Recipe)) {
      options.signal.throwIfAborted()
      try {
        for (let read = -1; read !== 0; tally.bytes += read) read = await content.read(piece)
        facts.set(content.id, content.finish().facts)
      } catch (problem) {
        const code = codeOf(problem) ?? 'READ_FAILED'
        facts.set(content.id, { failure: { code, message: toError(problem).message } })
      }
      options.progress.advance({ items: 1 })
    }
  }
  return facts
}
