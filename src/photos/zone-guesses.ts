/**
 * Zones that a photo does not tell itself, from the photos around it (reference: dates-zones.md):
 *
 *   neighbours   the nearest photo of the same camera, or phone, within 36 hours
 *   home         the most frequent offset of the owner's photos in that calendar month
 *
 * Only photos that know their own zone count, so nothing is guessed from guesses and the result
 * depends on nothing but which photos there are. What a photo itself tells is never changed.
 * @module
 */
import type { Item, TakenAt } from './library.ts'
import {
  formatInstant,
  formatLocal,
  formatOffset,
  parseInstant,
  parseLocal,
  parseOffset,
} from './zones.ts'

/** As much of an item as this needs. */
export type Dated = Pick<Item, 'camera' | 'origin' | 'partner'> & { taken?: TakenAt }

/** Sets the zone of every item that has none of its own, as far as the others tell it. */
export function guessZones(items: Iterable<Dated>): void {
  const all = [...items]
  for (const item of all) if (item.taken) item.taken = withoutGuess(item.taken)
  const wanting = all.filter(({ taken }) => taken?.zoneFrom === 'unknown')
  const witnesses = wanting.length === 0 ? [] : all.flatMap(witnessOf)
  if (witnesses.length === 0) return
  const home = new HomeOffsets(witnesses)
  const cameras = timelines(wanting, witnesses)
  for (const item of wanting) {
    const taken = item.taken!
    if (SAYS_NO_PLACE.has(taken.source)) continue
    const near = cameras.get(cameraOf(item) ?? '')?.offsetNear(taken)
    const offset = near ?? home.offsetIn(taken)
    if (offset !== undefined) item.taken = guessed(taken, offset, near === undefined)
  }
}

/** When a file was uploaded or changed says nothing of where a camera was. */
const SAYS_NO_PLACE: ReadonlySet<TakenAt['source']> = new Set(['upload', 'modified'])

/** What the photo itself tells, whatever others there are. */
export function withoutGuess(taken: TakenAt): TakenAt {
  const { guessed } = taken
  if (guessed === undefined) return taken
  const own: TakenAt = { ...taken, zoneFrom: 'unknown' }
  for (const key of ['offset', 'guessed', guessed] as const) delete own[key]
  return own
}

function guessed(taken: TakenAt, offset: number, isHome: boolean): TakenAt {
  const known = parseInstant(taken.instant)
  const instant = known ?? parseLocal(taken.local)! - offset
  return {
    ...taken,
    instant: formatInstant(instant),
    local: formatLocal(instant + offset),
    offset: formatOffset(offset),
    zoneFrom: isHome ? 'home' : 'neighbours',
    guessed: known === undefined ? 'instant' : 'local',
  }
}

/** A photo that knows where its clock stood. */
interface Witness {
  item: Dated
  instant: number
  local: number
  offset: number
}

function witnessOf(item: Dated): Witness[] {
  const instant = parseInstant(item.taken?.instant)
  const offset = parseOffset(item.taken?.offset)
  if (instant === undefined || offset === undefined) return []
  return [{ item, instant, local: instant + offset, offset }]
}

/** What a phone uploads without naming a camera, screenshots for example, was on that phone. */
const PHONE = 'mobileUpload'

function cameraOf({ camera, origin, partner }: Dated): string | undefined {
  return camera ?? (origin === PHONE && !partner ? PHONE : undefined)
}

/** Witnesses of every camera that is asked for. */
function timelines(wanting: readonly Dated[], witnesses: readonly Witness[]) {
  const cameras = new Set(wanting.map(cameraOf))
  const ofCamera = new Map<string, Witness[]>()
  for (const witness of witnesses) {
    const { camera, origin, partner } = witness.item
    const onPhone = origin === PHONE && !partner ? PHONE : undefined
    for (const name of new Set([camera, onPhone])) {
      if (name === undefined || !cameras.has(name)) continue
      const known = ofCamera.get(name)
      if (known) known.push(witness)
      else ofCamera.set(name, [witness])
    }
  }
  return new Map([...ofCamera].map(([camera, own]) => [camera, new Timeline(own)]))
}

const NEAR_SECONDS = 36 * 3600

class Timeline {
  readonly #byInstant: Witness[]
  readonly #byLocal: Witness[]

  constructor(witnesses: readonly Witness[]) {
    this.#byInstant = sortedBy(witnesses, ({ instant }) => instant)
    this.#byLocal = sortedBy(witnesses, ({ local }) => local)
  }

  /** Offset of the nearest one, before or after. */
  offsetNear(taken: TakenAt): number | undefined {
    const instant = parseInstant(taken.instant)
    return instant === undefined
      ? nearest(this.#byLocal, ({ local }) => local, parseLocal(taken.local)!)
      : nearest(this.#byInstant, ({ instant }) => instant, instant)
  }
}

const sortedBy = (witnesses: readonly Witness[], timeOf: (witness: Witness) => number) =>
  [...witnesses].sort((a, b) => timeOf(a) - timeOf(b) || a.offset - b.offset)

function nearest(
  sorted: readonly Witness[],
  timeOf: (witness: Witness) => number,
  time: number,
): number | undefined {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (timeOf(sorted[middle]!) < time) from = middle + 1
    else to = middle
  }
  const [before, after] = [sorted[from - 1], sorted[from]]
  const distance = (witness: Witness | undefined) =>
    witness === undefined ? Infinity : Math.abs(timeOf(witness) - time)
  const closer = distance(before) <= distance(after) ? before : after
  return distance(closer) <= NEAR_SECONDS ? closer!.offset : undefined
}

/** One photo of a journey is no home. */
const FEWEST_WITNESSES = 3
const MONTHS = 12

class HomeOffsets {
  /** The most frequent offset of each calendar month, January first. */
  readonly #months: (number | undefined)[]

  constructor(witnesses: readonly Witness[]) {
    const own = witnesses.filter(({ item }) => !item.partner && item.origin !== 'fromSharedAlbum')
    const enough = own.length < FEWEST_WITNESSES ? [] : own
    this.#months = Array.from({ length: MONTHS }, (_, month) =>
      mostFrequent(enough.filter(({ local }) => monthOf(local) === month)),
    )
  }

  /** Of the month, else of the month next to it of which something is known. */
  offsetIn(taken: TakenAt): number | undefined {
    const month = monthOf(parseLocal(taken.local) ?? parseInstant(taken.instant)!)
    for (let apart = 0; apart <= MONTHS / 2; apart++) {
      const around = [month - apart, month + apart].map((at) => this.#months.at(at % MONTHS))
      const offset = around.find((known) => known !== undefined)
      if (offset !== undefined) return offset
    }
    return undefined
  }
}

const monthOf = (seconds: number) => new Date(seconds * 1000).getUTCMonth()

function mostFrequent(witnesses: readonly Witness[]): number | undefined {
  const counts = new Map<number, number>()
  for (const { offset } of witnesses) counts.set(offset, (counts.get(offset) ?? 0) + 1)
  const byCount = [...counts].sort(([a, many], [b, more]) => more - many || a - b)
  return byCount[0]?.[0]
}
