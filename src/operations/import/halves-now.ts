/**
 * The list of halves after an import: what still waits for its other half, and what was joined.
 * @module
 */
import { describedContents, type Library } from '../../photos/growth/library.ts'
import type { Entry, Survey, VerdictReason } from '../../sources/source.ts'
import { fromUtf8 } from '../../util/bytes.ts'
import type { HalvesCounts } from '../stored-report.ts'
import { exportStamp } from './export-stamp.ts'
import { type HalfRow, MAX_SIDECAR_BYTES, waitingHalves } from './halves.ts'
import type { JoinedExports } from './join-exports.ts'
import { knownPhotos } from './known-photos.ts'
import type { LedgerRow } from './ledger.ts'
import type { ReadContents } from './read-contents.ts'

/** An import, as far as it tells of halves. */
export interface ImportOfHalves {
  id: string
  survey: Survey
  read: ReadContents
  /** Its ledger, a row for each entry of its own inventory. */
  rows: readonly LedgerRow[]
  joined: JoinedExports | undefined
  library: Library
}

export interface HalvesNow {
  rows: HalfRow[]
  counts: HalvesCounts
}

export async function halvesNow(
  before: readonly HalfRow[],
  { id, survey, read, rows, joined, library }: ImportOfHalves,
): Promise<HalvesNow> {
  const list = new HalfList(before)
  const own = survey.understandWith ? read.inventory.entries : [] // others have no sidecars to miss
  const rowAt = new Map(own.map(({ index }, at) => [index, at]))
  const rowOf = ({ index }: Entry) => rows[rowAt.get(index) ?? -1] ?? joined?.earlier.get(index)
  const textOf = async ({ index, class: kind, bytes }: Entry) => {
    if (kind !== 'sidecar' || bytes > MAX_SIDECAR_BYTES) return undefined
    return rowAt.has(index) ? fromUtf8(await survey.smallFile(index)) : joined?.textOf(index)
  }
  for (const entry of joined?.inventory.entries ?? own) {
    const row = rowOf(entry)
    if (row && entry.apart) list.put(entry, { import: id, ...row }, await textOf(entry))
    else if (row) list.drop(row)
  }
  const left = list.left(library)
  const waiting = waitingHalves(left)
  const of = (kind: LedgerRow['class']) => waiting.filter((row) => row.class === kind).length
  const counts = { joined: list.pairs.size, sidecars: of('sidecar'), photos: of('media') }
  return { rows: left, counts }
}

/** Each half once. */
class HalfList {
  readonly #rows: Map<string, HalfRow>
  readonly #keyAt: ReadonlyMap<string, string>
  /** Items that were put together from two exports, and were not before. */
  readonly pairs = new Set<string>()

  constructor(before: readonly HalfRow[]) {
    this.#rows = new Map(before.map((row) => [keyOf(row), row]))
    this.#keyAt = new Map(before.map((row) => [placeOf(row), keyOf(row)]))
  }

  /** The newest export's word on it; once joined, it stays so. */
  put({ about, apart, describedBy, item }: Entry, found: HalfRow, json: string | undefined): void {
    const row = {
      ...found,
      ...(about === undefined ? {} : { about }),
      ...(json === undefined ? {} : { json }),
      ...(item === undefined ? {} : { item }),
    }
    const known = this.#rows.get(keyOf(row)) ?? this.#rows.get(keyOf(found))
    this.#rows.delete(keyOf(found)) // what it is about may not have been known
    const isNewer = !known || (exportStamp(row.export) ?? '') > (exportStamp(known.export) ?? '')
    const isJoined = apart === 'joined' || known?.joined
    const said = isNewer || known.about === undefined ? row : known
    this.#rows.set(keyOf(row), { ...said, ...(isJoined ? { joined: true } : {}) })
    if (describedBy !== undefined && item !== undefined && !known?.joined) this.pairs.add(item)
  }

  /** Another run of the same export brought the other half. */
  drop(row: LedgerRow): void {
    const key = this.#keyAt.get(placeOf(row))
    if (key !== undefined && exportStamp(row.export) !== undefined) this.#rows.delete(key)
  }

  /** Sorted; without photos that were described meanwhile. */
  left(library: Library): HalfRow[] {
    const abouts = [...this.#rows.values()].flatMap(({ about }) => about ?? [])
    const known = knownPhotos(library, new Set(abouts))
    const isDescribed = describedContents(library)
    const left = [...this.#rows].filter(
      ([, row]) => row.class !== 'media' || row.joined || isDescribed(row.sha256) === false,
    )
    return left
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => (known.has(row.about ?? '') ? { ...row, joined: true } : row))
  }
}

/** Names like "Takeout" are shared by strangers, so this says something of dated exports only. */
const placeOf = ({ export: id, path }: LedgerRow) => `${id}\0${path.normalize('NFC')}`

/** A sidecar that comes again in a later export waits once, whatever views were counted meanwhile. */
function keyOf({ path, class: kind, about, sha256 }: HalfRow): string {
  return `${path.normalize('NFC')}\0${kind}\0${kind === 'media' ? sha256 : (about ?? sha256)}`
}

/** What the verdict adds about halves: of this import, and of all that wait. */
export function* halvesReasons(counts: HalvesCounts): Generator<VerdictReason> {
  const { joined, sidecars, photos } = counts
  if (joined > 0) {
    const what = count(joined, 'photo or video and its', 'photos and videos and their')
    const message = `${what} metadata came with different exports and were joined.`
    yield { says: 'note', code: 'HALVES_JOINED', message }
  }
  if (sidecars === 0 && photos === 0) return
  const waiting = [
    ...(sidecars > 0
      ? [count(sidecars, 'metadata file without photo', 'metadata files without photo')]
      : []),
    ...(photos > 0 ? [count(photos, 'photo without metadata', 'photos without metadata')] : []),
  ]
  const message = `In the whole library ${waiting.join(' and ')} ${sidecars + photos === 1 ? 'waits' : 'wait'} for the other half, which a later export may bring.`
  yield { says: 'note', code: 'HALVES_WAITING', message }
}

const count = (number: number, one: string, more: string) =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : more}`
