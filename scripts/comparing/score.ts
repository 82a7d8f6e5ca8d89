/**
 * Compares what a program found with the truth: of each sort of fact how many are right, how many
 * are said and are not so, and which are not told.
 * @module
 */
import type { ItemTruth } from '../sample-library/truth.ts'
import type { Found, FoundFile, Row, Score } from './found.ts'
import type { KnownFile, KnownTruth } from './known-truth.ts'

/** About 10 m. */
const SAME_PLACE_DEGREES = 1e-4

type Says = (file: FoundFile) => boolean

export function scoreOf(known: KnownTruth, found: Found): Record<Row, Score> {
  const judge = new Judge(known, found)
  const isPart = ({ role }: KnownFile) => role !== 'original'
  const isPartByTruth: Says = ({ content }) => known.byContent.get(content)?.every(isPart) ?? false
  const hasTime: Says = ({ instant }) => instant !== undefined
  return {
    files: judge.facts(
      () => true,
      () => true,
      () => true,
    ),
    times: judge.facts(({ item }) => item.taken.instant !== undefined, hasTime, isTaken),
    parts: judge.facts(isPart, (file) => hasTime(file) && isPartByTruth(file), isTaken),
    joined: judge.joined(),
    ...ofItems(judge),
    ...albumScores(known, found),
  }
}

/** What belongs to the photo, not to each of its files. */
function ofItems(judge: Judge) {
  const original = (holds: (item: ItemTruth) => boolean) => (file: KnownFile) =>
    file.role === 'original' && holds(file.item)
  return {
    descriptions: judge.facts(
      original(({ description }) => description !== undefined),
      ({ description }) => description !== undefined,
      (file, { description }) => file.description === description,
    ),
    people: judge.facts(
      original(({ people }) => people.length > 0),
      ({ people }) => people.length > 0,
      (file, { people }) => [...file.people].sort().join('\n') === [...people].sort().join('\n'),
    ),
    favorites: judge.facts(
      original(({ favorite }) => favorite),
      ({ favorite }) => favorite,
      (_, { favorite }) => favorite,
    ),
    archived: judge.facts(
      original(({ archived }) => archived),
      (file) => file.archived,
      (_, { archived }) => archived,
    ),
    places: judge.facts(
      original(({ location }) => location?.source === 'sidecar'),
      ({ place }) => place !== undefined,
      isTakenAt,
    ),
  }
}

function isTaken({ instant }: FoundFile, { taken }: ItemTruth): boolean {
  return instant === taken.instant
}

function isTakenAt({ place }: FoundFile, { location }: ItemTruth): boolean {
  if (!place || !location) return false
  const off = Math.max(
    Math.abs(place.latitude - location.latitude),
    Math.abs(place.longitude - location.longitude),
  )
  return off < SAME_PLACE_DEGREES
}

class Judge {
  readonly #byContent = new Map<string, FoundFile[]>()

  readonly known: KnownTruth
  readonly found: Found

  constructor(known: KnownTruth, found: Found) {
    this.known = known
    this.found = found
    for (const file of found.files) this.#found(file.content).push(file)
  }

  #found(content: string): FoundFile[] {
    const files = this.#byContent.get(content) ?? []
    this.#byContent.set(content, files)
    return files
  }

  /** Of the known files that `counts` picks, those of which a found one `says` it, and right. */
  facts(
    counts: (file: KnownFile) => boolean,
    says: Says,
    isRight: (file: FoundFile, item: ItemTruth) => boolean,
  ): Score {
    const due = this.known.files.filter(counts)
    const lacking = due.filter(
      ({ content, item }) =>
        !this.#found(content).some((file) => says(file) && isRight(file, item)),
    )
    const wrong = this.found.files.filter((file) => {
      const those = this.known.byContent.get(file.content) ?? []
      return says(file) && !those.some(({ item }) => isRight(file, item))
    })
    return {
      right: due.length - lacking.length,
      wrong: wrong.length,
      names: [...lacking.map(({ path }) => path), ...wrong.map(({ name }) => name)],
    }
  }

  /** Edits and clips that share their item with the photo they belong to. */
  joined(): Score {
    const originals = new Map(
      this.known.files
        .filter(({ role }) => role === 'original')
        .map(({ item, content }) => [item.key, content]),
    )
    const due = this.known.files.filter(
      ({ role, item }) => role !== 'original' && originals.has(item.key),
    )
    const itemsOf = (content: string) =>
      this.#found(content).flatMap(({ item }) => (item === undefined ? [] : [item]))
    const state = ({ content, item }: KnownFile) => {
      const mine = itemsOf(content)
      if (mine.length === 0) return 'silent'
      const theirs = new Set(itemsOf(originals.get(item.key)!))
      return mine.every((each) => theirs.has(each)) ? 'right' : 'wrong'
    }
    const states = due.map(state)
    const count = (which: string) => states.filter((each) => each === which).length
    return {
      ...{ right: count('right'), wrong: count('wrong') },
      names: due.filter((_, at) => states[at] !== 'right').map(({ path }) => path),
    }
  }
}

/** An album is found where one has its title or its folder's name; each stands for one. */
function albumScores({ truth, byContent }: KnownTruth, { albums, files }: Found) {
  const members = new Map([...albums.keys()].map((key) => [key, new Set<string>()]))
  for (const file of files) {
    const items = (byContent.get(file.content) ?? []).map(({ item }) => item.key)
    for (const album of file.albums) for (const item of items) members.get(album)?.add(item)
  }
  const titles: Score = { right: 0, wrong: 0, names: [] }
  const inside: Score = { right: 0, wrong: 0, names: [] }
  for (const { title, folder, items } of truth.albums) {
    const names = new Set([title, folder, folder.slice(folder.lastIndexOf('/') + 1)])
    const [best] = [...members]
      .filter(([key]) => names.has(albums.get(key)!))
      .map(([key, those]) => ({ key, right: items.filter((item) => those.has(item)), those }))
      .sort((one, other) => other.right.length - one.right.length)
    if (!best) titles.names.push(`album "${title}"`)
    if (!best) continue
    members.delete(best.key)
    titles.right++
    inside.right += best.right.length
    inside.wrong += best.those.size - best.right.length
  }
  titles.wrong = members.size
  titles.names.push(...[...members.keys()].map((key) => `album "${albums.get(key)}"`))
  return { albums: titles, members: inside }
}
