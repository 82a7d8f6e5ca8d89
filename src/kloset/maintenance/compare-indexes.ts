/**
 * Whether two indexes say the same about everything that can be asked.
 * @module
 */
import { macToHex } from '../mac-hex.ts'
import { ResourceType } from '../resource-type.ts'
import type { StateIndex, StoredBlob } from '../state/state-index.ts'

/** What the second index does not say as the first one does; undefined when nothing. */
export function differenceBetween(before: StateIndex, after: StateIndex): string | undefined {
  for (const [what, listOf] of LISTS) {
    if (!isSame(listOf(before), listOf(after))) return `its ${what} differ`
  }
  let blobs = 0
  for (const blob of before.blobsIn(EVERYWHERE)) {
    blobs += 1
    if (!hasBlob(after, blob)) return `blob ${macToHex(blob.mac).slice(0, 12)}… is not there`
  }
  for (const _ of after.blobsIn(EVERYWHERE)) blobs -= 1
  return blobs === 0 ? undefined : 'it has other blobs'
}

const EVERYWHERE = { has: () => true }

const LISTS: [string, (index: StateIndex) => Iterable<string>][] = [
  ['packfiles', (index) => index.publishedPackfiles()],
  ['deleted packfiles', (index) => index.deletedPackfiles()],
  ['snapshots', (index) => index.snapshots()],
  ['removed snapshots', (index) => index.removedSnapshots().map(({ id, when }) => `${id} ${when}`)],
  ['colours', colours],
  ['holds', (index) => index.holds().map(({ id, when, body }) => `${id} ${when} ${String(body)}`)],
]

/** Colours of packfiles that were deleted mean nothing any more. */
function* colours(index: StateIndex): Generator<string> {
  const deleted = new Set(index.deletedPackfiles())
  for (const key of index.contents().colours.keys()) {
    const [type, mac] = [Number.parseInt(key, 10), key.slice(key.indexOf(':') + 1)]
    const since = index.colouredSince(type, mac)
    const isGone = type === ResourceType.PACKFILE && deleted.has(mac)
    if (since !== undefined && !isGone) yield `${key} ${since}`
  }
}

function isSame(a: Iterable<string>, b: Iterable<string>): boolean {
  const [left, right] = [new Set(a), new Set(b)]
  return left.size === right.size && [...left].every((entry) => right.has(entry))
}

function hasBlob(index: StateIndex, blob: StoredBlob): boolean {
  return index
    .locations(blob.type, macToHex(blob.mac))
    .some(
      ({ packfile, offset, length, version }) =>
        packfile === blob.packfile &&
        offset === blob.offset &&
        length === blob.length &&
        version === blob.version,
    )
}
