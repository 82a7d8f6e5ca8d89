/**
 * What was decided against the names, for the report: nothing is lost by it, but the person may want
 * to look.
 * @module
 */
import type { Problem } from '../../../photos/library.ts'
import type { Folder } from './tree.ts'
import { pathOf } from './tree.ts'

export function* matchingProblems(folders: readonly Folder[]): Generator<Problem> {
  for (const { media } of folders) {
    for (const file of media) {
      if (file.exchanged === undefined) continue
      const message = `By its name its sidecar is "${file.exchanged}", but the clocks in the files say that Google mixed up the numbers; it has "${file.sidecar!.name}.json" instead.`
      yield { code: 'CONFLICT', path: pathOf(file), message, resolved: true }
    }
  }
}
