/**
 * A question about items that a person can type: `album:"Summer" taken:2019..2021 -is:archived`.
 *
 *   query       alternative (`or` alternative)…      any one of them
 *   alternative condition condition …                all of them
 *   condition   [`-`] KEY `:` VALUE                  `-` turns it round; VALUE may be quoted
 *
 *   album:      title of an album it is in, or the beginning of that album's id (8 digits or more)
 *   person:     who is in it
 *   title:, path:, description:                      of any of its files, for `path:`
 *   taken:      2019, 2019-05, 2019-05-31, or two of them with `..` between; one side may be open
 *   is:         favorite, archived, trashed, locked, partner, described
 *   type:       beginning of a file's media type: image, video/mp4
 *
 * In text, `*` and `?` are wildcards, and case does not matter. A photo of which only the month is
 * known was taken on every day of it: what may match, matches, because holds ask this way.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import type { Item } from '../library.ts'
import { compileWildcards, isLike, type Pattern } from './wildcards.ts'

export interface ItemQuery {
  anyOf: readonly (readonly Condition[])[]
}

export type Flag = 'favorite' | 'archived' | 'trashed' | 'locked' | 'partner' | 'described'

interface TextCondition {
  kind: 'album' | 'person' | 'title' | 'path' | 'description' | 'type'
  pattern: Pattern
  /** As it was typed, lower case. */
  text: string
}

export type Condition = { negated: boolean } & (
  | TextCondition
  | { kind: 'taken'; from: string; to: string }
  | { kind: 'is'; flag: Flag }
)

/** Album titles by id: items name their albums by id only. */
export type AlbumTitles = ReadonlyMap<string, string>

const TEXT_KEYS = ['album', 'person', 'title', 'path', 'description', 'type'] as const
const FLAGS: readonly Flag[] = ['favorite', 'archived', 'trashed', 'locked', 'partner', 'described']
const MIN_ID_DIGITS = 8
const DAY = /^\d{4}(-\d\d(-\d\d)?)?$/
/** Greater than what can follow a date. */
const AFTER_ALL = '\uffff'

/** @throws {BadItemQueryError} */
export function parseItemQuery(text: string): ItemQuery {
  const anyOf: Condition[][] = [[]]
  for (const word of wordsOf(text)) {
    if (word.toLowerCase() === 'or') anyOf.push([])
    else anyOf.at(-1)!.push(parseCondition(word, text))
  }
  if (anyOf.some((conditions) => conditions.length === 0)) {
    throw new BadItemQueryError(text, 'a condition is missing')
  }
  return { anyOf }
}

export function matchesItem(query: ItemQuery, item: Item, albums: AlbumTitles): boolean {
  return query.anyOf.some((conditions) =>
    conditions.every((condition) => holds(condition, item, albums) !== condition.negated),
  )
}

/** Whether an album is meant by its title, with wildcards, or by the beginning of its id. */
export function isAlbum(wanted: string, album: { id: string; title: string }): boolean {
  const text = wanted.toLowerCase()
  return isLike(compileWildcards(wanted), album.title) || isBeginningOfId(text, album.id)
}

/** Splits at blanks outside of quotes, and takes the quotes away. */
function wordsOf(text: string): string[] {
  if ((text.match(/"/g) ?? []).length % 2 > 0) throw new BadItemQueryError(text, 'a quote is open')
  const words = text.match(/(?:"[^"]*"|[^\s"])+/g) ?? []
  return words.map((word) => word.replaceAll('"', ''))
}

function parseCondition(word: string, query: string): Condition {
  const negated = word.startsWith('-')
  const plain = negated ? word.slice(1) : word
  const colon = plain.indexOf(':')
  const key = plain.slice(0, Math.max(colon, 0)).toLowerCase()
  const value = plain.slice(colon + 1)
  if (colon < 0 || value === '') {
    throw new BadItemQueryError(query, `"${word}" is no KEY:VALUE`)
  }
  if (key === 'taken') return { negated, kind: 'taken', ...parseRange(value, query) }
  if (key === 'is') return { negated, kind: 'is', flag: parseFlag(value, query) }
  const kind = TEXT_KEYS.find((known) => known === key)
  if (kind === undefined) throw new BadItemQueryError(query, `it does not know "${key}:"`)
  return { negated, kind, pattern: compileWildcards(value), text: value.toLowerCase() }
}

function parseFlag(value: string, query: string): Flag {
  const name = value.toLowerCase() === 'favourite' ? 'favorite' : value.toLowerCase()
  const flag = FLAGS.find((known) => known === name)
  if (flag === undefined) throw new BadItemQueryError(query, `is: takes ${FLAGS.join(', ')}`)
  return flag
}

function parseRange(value: string, query: string): { from: string; to: string } {
  const [first = '', last = first, more] = value.split('..')
  const isDay = (text: string) => DAY.test(text)
  const isOpen = value.includes('..')
  const isRange = more === undefined && first + last !== ''
  const areDays = [first, last].every((text) => isDay(text) || (isOpen && text === ''))
  if (!isRange || !areDays) {
    throw new BadItemQueryError(query, `taken: takes 2019, 2019-05-31 or 2019..2021`)
  }
  if (first !== '' && last !== '' && first > last + AFTER_ALL) {
    throw new BadItemQueryError(query, `${first} comes after ${last}`)
  }
  return { from: first, to: last }
}

function holds(condition: Condition, item: Item, albums: AlbumTitles): boolean {
  switch (condition.kind) {
    case 'taken':
      return isTaken(item, condition)
    case 'is':
      return condition.flag === 'described' ? item.description !== undefined : item[condition.flag]
    case 'album':
      return item.albums.some(
        (id) =>
          isLike(condition.pattern, albums.get(id) ?? '') || isBeginningOfId(condition.text, id),
      )
    case 'person':
      return item.people.some((person) => isLike(condition.pattern, person))
    case 'title':
      return isLike(condition.pattern, item.title)
    case 'description':
      return isLike(condition.pattern, item.description ?? '')
    case 'path':
      return item.files.some(({ path }) => isLike(condition.pattern, path))
    case 'type':
      return item.files.some(({ mediaType }) => mediaType.toLowerCase().startsWith(condition.text))
  }
}

function isBeginningOfId(text: string, id: string): boolean {
  return text.length >= MIN_ID_DIGITS && id.startsWith(text)
}

/** By the clock where it was taken. Dates of different precision are compared as far as both go. */
function isTaken({ taken }: Item, { from, to }: { from: string; to: string }): boolean {
  const date = taken?.local ?? taken?.instant
  if (date === undefined) return false
  return date + AFTER_ALL >= from && (to === '' || date <= to + AFTER_ALL)
}

/** Somebody asked for items in a way that cannot be understood. */
export class BadItemQueryError extends CodedError {
  readonly code = 'USAGE'
  constructor(query: string, detail: string) {
    super(`the query ${JSON.stringify(query)} cannot be understood: ${detail}`, {
      hint: 'Write e.g. album:"Summer 2019", person:Ann*, taken:2019..2021, is:favorite, path:/photos/2021/*; "-" before one means not.',
    })
  }
}
