/**
 * Compares what `inspect` makes of a case with what the case expects, aspect by aspect. It looks at
 * the inventory, as `inspect` prints it; only folders and album files, which no line shows, are asked
 * from the functions that read them.
 * @module
 */
import type { Item } from '../../src/photos/library.ts'
import type { Entry, EntryFacts, Inventory } from '../../src/sources/source.ts'
import type { Surveyed } from '../../src/sources/takeout/surveyed.ts'
import { understand } from '../../src/sources/takeout/understanding/understand.ts'
import type { Case } from './case.ts'
import { scoreAlbums, scoreFolders, scoreJson } from './score-folders.ts'
import { scoreDates, scoreFlags, scorePlaces } from './score-metadata.ts'

export interface Score {
  /** What is not as expected, one line each. */
  failures: string[]
  /** Files with the metadata of another photo: worse than any other failure. */
  wrongPairs: string[]
}

/** What was found of a case, by composed path. */
export interface Found {
  surveyed: Surveyed
  facts: EntryFacts
  inventory: Inventory
  entriesOf(path: string): Entry[]
  /** Of several entries of a path, the one that is no copy. */
  entryOf(path: string): Entry | undefined
  itemOf(path: string): Item | undefined
  hasProblem(code: string, path: string): boolean
}

export const nfc = (path: string) => path.normalize('NFC')

export function scoreCase(each: Case, surveyed: Surveyed, facts: EntryFacts): Score {
  const found = look(surveyed, facts)
  const { failures, wrongPairs } = scorePairs(each, found)
  failures.push(
    ...scoreSums(found),
    ...scoreRelations(each, found),
    ...scoreCopies(each, found),
    ...scoreClasses(each, found),
    ...scoreAlbums(each, found),
    ...scoreFolders(each, found),
    ...scoreJson(each, found),
    ...scoreFlags(each, found),
    ...scoreDates(each, found),
    ...scorePlaces(each, found),
  )
  return { failures, wrongPairs }
}

function look(surveyed: Surveyed, facts: EntryFacts): Found {
  const inventory = understand(surveyed, facts)
  const byPath = new Map<string, Entry[]>()
  for (const entry of inventory.entries) {
    byPath.set(nfc(entry.path), [...(byPath.get(nfc(entry.path)) ?? []), entry])
  }
  const items = new Map(inventory.items.map((item) => [item.id, item]))
  const entriesOf = (path: string) => byPath.get(nfc(path)) ?? []
  const entryOf = (path: string) =>
    entriesOf(path).find(({ role }) => role !== 'copy') ?? entriesOf(path)[0]
  return {
    surveyed,
    facts,
    inventory,
    entriesOf,
    entryOf,
    itemOf: (path) => items.get(entryOf(path)?.item ?? ''),
    hasProblem: (code, path) =>
      inventory.problems.some((p) => p.code === code && nfc(p.path) === nfc(path)),
  }
}

/** A line for everything in `expected` of which `actual` says something else. */
export function compare<T>(
  aspect: string,
  expected: Record<string, T> | undefined,
  actual: (path: string, wanted: T) => unknown,
): string[] {
  return Object.entries(expected ?? {}).flatMap(([path, wanted]) => {
    const got = actual(path, wanted)
    if (JSON.stringify(got) === JSON.stringify(wanted)) return []
    return [`${aspect} ${path}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`]
  })
}

const orNull = (path: string | null | undefined) => (path == null ? null : nfc(path))

function normalized(record: Record<string, string | null> | undefined) {
  return Object.fromEntries(Object.entries(record ?? {}).map(([k, v]) => [k, orNull(v)]))
}

function scorePairs({ expect }: Case, { entryOf }: Found): Score {
  const expected = normalized(expect.pairs)
  const sidecarOf = (path: string) => orNull(entryOf(path)?.sidecar)
  const isWrong = ([path, wanted]: [string, string | null]) => {
    const got = sidecarOf(path)
    return got !== null && got !== wanted
  }
  const wrong = Object.fromEntries(Object.entries(expected).filter(isWrong))
  const failures = compare('sidecar of', expected, sidecarOf)
  return { failures, wrongPairs: compare('wrong pair', wrong, sidecarOf) }
}

function scoreRelations({ expect }: Case, { entryOf }: Found): string[] {
  return [
    ...compare('editedOf', normalized(expect.editedOf), (path) => orNull(entryOf(path)?.editedOf)),
    ...compare('clipOf', normalized(expect.livePairs), (path) => orNull(entryOf(path)?.clipOf)),
    ...compare('type of', expect.realType, (path) => entryOf(path)?.mediaType),
  ]
}

/** What must hold for every tree. */
function scoreSums({ inventory }: Found): string[] {
  const { entries, media, sidecars, albumFiles, other, litter, rejected } = inventory.summary
  const addsUp = entries === media + sidecars + albumFiles + other + litter + rejected
  const owners = inventory.entries.filter(({ via, role }) => via === 'own' && role === 'original')
  const paths = owners.map(({ sidecar, exportId }) => `${exportId} ${sidecar}`)
  return [
    addsUp ? [] : 'the classes do not add up',
    new Set(paths).size === paths.length ? [] : 'a sidecar has two originals',
  ].flat()
}

function scoreCopies({ expect }: Case, found: Found): string[] {
  const itemIdsOf = (paths: string[]) => paths.map((path) => found.entryOf(path)?.item)
  const failures: string[] = []
  for (const [primary, ...copies] of expect.duplicates ?? []) {
    const isOne = new Set(itemIdsOf([primary!, ...copies])).size === 1
    const inOrder = found.entryOf(primary!)?.role !== 'copy'
    const areCopies = copies.every((path) => found.entryOf(path)?.role === 'copy')
    if (!isOne || !inOrder || !areCopies) failures.push(`not copies of ${primary}: ${copies}`)
  }
  for (const paths of [...(expect.notDuplicates ?? []), expect.placeholders ?? []]) {
    if (new Set(itemIdsOf(paths)).size !== paths.length) failures.push(`joined: ${paths}`)
  }
  for (const path of expect.placeholders ?? []) {
    if (!found.hasProblem('PLACEHOLDER', path)) failures.push(`no placeholder: ${path}`)
  }
  for (const path of expect.sameEntryInParts ?? []) {
    const originals = found.entriesOf(path).filter(({ role }) => role && role !== 'copy')
    if (originals.length > 1) failures.push(`counted twice: ${path}`)
  }
  return [...failures, ...scoreCounts(expect, found), ...scoreStacks(expect, found)]
}

function scoreCounts(expect: Case['expect'], { inventory }: Found): string[] {
  const files = inventory.items.reduce((sum, item) => sum + item.files.length, 0)
  const expected = Object.fromEntries(
    Object.entries({ items: expect.assetCount, files: expect.distinctFiles }).filter(
      ([, count]) => count !== undefined,
    ),
  )
  return compare('number of', expected, (of) => (of === 'items' ? inventory.items.length : files))
}

/** Raw and picture are one item; the members of a burst are photos of their own. */
function scoreStacks(expect: Case['expect'], { entryOf, itemOf }: Found): string[] {
  return (expect.stacks ?? []).flatMap(({ cover, members }) => {
    if (!members.some((path) => entryOf(path)?.role === 'raw')) {
      return scoreBurst(cover, members.map(itemOf), cover === null ? undefined : itemOf(cover))
    }
    const isOne = new Set(members.map((path) => entryOf(path)?.item)).size === 1
    const isCovered = cover === null || nfc(itemOf(cover)?.files[0]?.path ?? '') === nfc(cover)
    return isOne && isCovered ? [] : [`not one shot: ${members}`]
  })
}

/** Photos of their own that know of each other; versions in two formats are no burst. */
function scoreBurst(cover: string | null, items: (Item | undefined)[], first: Item | undefined) {
  const bursts = new Set(items.map((item) => item?.burst))
  if (cover === null && bursts.has(undefined)) return []
  const isOne = bursts.size === 1 && !bursts.has(undefined)
  const isCovered = cover === null || first?.burstCover === true
  return isOne && isCovered ? [] : [`not one burst: ${items.map((item) => item?.title)}`]
}

function scoreClasses({ expect }: Case, found: Found): string[] {
  const { entryOf, hasProblem, itemOf, inventory } = found
  const missing = (what: string, paths: string[] | undefined, test: (path: string) => boolean) =>
    (paths ?? []).filter((path) => !test(path)).map((path) => `${what}: ${path}`)
  const isTakeout = expect.isTakeout === undefined || inventory.items.length > 0
  return [
    ...missing('not imported', expect.imported, (path) => itemOf(path) !== undefined),
    ...missing('taken for media', expect.notMedia, (path) => entryOf(path)?.class !== 'media'),
    ...missing('not counted', expect.notMedia, (path) => entryOf(path) !== undefined),
    ...missing('not broken', expect.brokenJson, (path) => hasProblem('BROKEN_SIDECAR', path)),
    ...missing('no orphan', expect.orphanJson, (path) => hasProblem('ORPHAN_SIDECAR', path)),
    ...compare('export of', expect.exportIds, (part) => {
      return inventory.summary.exports.find(({ parts }) => parts.includes(part))?.id
    }),
    ...compare('title of', expect.originalName, (path) => itemOf(path)?.title),
    ...(isTakeout ? [] : ['not recognised as Takeout']),
  ]
}
