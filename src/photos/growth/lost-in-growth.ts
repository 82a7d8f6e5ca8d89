/**
 * Whether a library still has all that it had, and all that came: every content, and every file at
 * its path; and whether every file has one. Whatever was decided about photos, this must be so.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import type { ArrivingItem, KeptFile, Library } from './library.ts'

/** The path of a file that is not there any more, or did not get there. */
export function firstLost(
  before: Library,
  arriving: readonly ArrivingItem[],
  { items }: Library,
): string | undefined {
  const files = items.flatMap((item) => item.files)
  const contents = new Set(files.map(({ sha256 }) => sha256))
  const places = new Set(files.map(placeOf))
  const came = arriving.flatMap((arrival) => arrival.files)
  const was = before.items.flatMap((item) => item.files)
  const lost =
    came.find(({ sha256 }) => !contents.has(sha256)) ??
    was.find((file) => !places.has(placeOf(file))) ??
    files.find(({ path }) => !path.startsWith('/'))
  return lost?.path
}

const placeOf = ({ sha256, path }: KeptFile) => `${sha256} ${path}`

/** A mistake of this program that would have cost a photo. */
export class LostInGrowthError extends CodedError {
  readonly code = 'LOST_IN_GROWTH'
  constructor(path: string) {
    super(`the new library would not have ${path}, so nothing was published`, {
      hint: 'This is a mistake in Tintype. Every earlier snapshot is as it was. Report it, with what "inspect" says of the source.',
    })
  }
}
