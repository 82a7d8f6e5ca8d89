/**
 * What was decided against the names, and albums that lack photos: nothing is lost by it, but the
 * person may want to look.
 * @module
 */
import type { Album, Problem } from '../../../photos/library.ts'
import { type Folder, type MediaFile, pathOf } from './tree.ts'

export function* matchingProblems(folders: readonly Folder[]): Generator<Problem> {
  for (const { media } of folders) for (const file of media) yield* fileProblems(file)
}

function* fileProblems(file: MediaFile): Generator<Problem> {
  const path = pathOf(file)
  if (file.exchanged !== undefined) {
    const message = `By its name its sidecar is "${file.exchanged}", but the clocks in the files say that Google mixed up the numbers; it has "${file.sidecar!.name}.json" instead.`
    yield { code: 'EXCHANGED', path, message }
  }
  if (file.sameShotAs !== undefined) {
    const message = `The same shot as ${pathOf(file.sameShotAs)}, in other bytes; both are kept as one item.`
    yield { code: 'SAME_SHOT', path, message }
  }
}

export function* albumProblems(albums: readonly Album[]): Generator<Problem> {
  for (const { title, folders, items, expected } of albums) {
    if (expected === undefined) continue
    const message = `The album "${title}" has ${expected} items, and ${items.length} of them are here.`
    yield { code: 'INCOMPLETE_ALBUM', path: folders[0] ?? title, message }
  }
}
