import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { look } from '../../../../test/cases/an-export.ts'
import { utf8 } from '../../../util/bytes.ts'
import type { SurveyedEntry } from '../surveyed.ts'

/**
 * Takeout as the reference describes it (matching.md, "Building the names"), written down a second
 * time: from titles to names. What it writes must be found again.
 */
interface Photo {
  stem: string
  extension: '.jpg' | '.JPG' | '.jpeg' | '.HEIC' | '.mp4'
  hasExtension: boolean
  isEdited: boolean
}

interface Written {
  media: string
  sidecar: string
  editedOf?: string
}

type Form = 'new' | 'old' | 'uncut'

const photos = fc.array(
  fc.record({
    // Few letters: names collide, are beginnings of each other, and end in brackets.
    stem: fc
      .tuple(
        fc.string({
          unit: fc.constantFrom('a', 'b', '_', '1', 'é', ' '),
          minLength: 1,
          maxLength: 8,
        }),
        fc.constantFrom('', '', '(1)', ' (2)', '.MP'),
        fc.constantFrom(0, 0, 0, 20, 30, 35, 36, 37, 38, 39, 40, 45),
      )
      .map(([letters, end, fill]) => `x${letters}${'0123456789'.repeat(5).slice(0, fill)}${end}`),
    extension: fc.constantFrom<Photo['extension']>('.jpg', '.JPG', '.jpeg', '.HEIC', '.mp4'),
    hasExtension: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
    isEdited: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
)

const FOLDER = 'Takeout/Google Photos/Photos from 2020/'
const SUFFIX = '-bearbeitet'

function writeFolder(library: readonly Photo[], form: Form) {
  const written: Written[] = []
  const titles = new Map<string, string>()
  const taken = new Set<string>()
  for (const photo of library) {
    const cutTo = (text: string, units: number) => (form === 'uncut' ? text : text.slice(0, units))
    const room = 51 - photo.extension.length
    const stem = cutTo(photo.stem, room)
    let counter = ''
    for (let n = 1; taken.has(stem + counter + photo.extension); n++) counter = `(${n})`
    const full = photo.hasExtension ? stem + photo.extension : stem
    const token = form === 'old' ? '' : '.supplemental-metadata'
    const sidecar = `${cutTo(full + token, 46)}${counter}.json`
    // Which counter a sidecar gets when only the extension differs is not known (open question 1).
    if (titles.has(sidecar)) continue
    const media = stem + counter + photo.extension
    const edited = cutTo(photo.stem + SUFFIX, room) + counter + photo.extension
    taken.add(media)
    titles.set(sidecar, photo.hasExtension ? photo.stem + photo.extension : photo.stem)
    written.push({ media, sidecar })
    // Nothing of the suffix fits: open question 2.
    const hasRoom = photo.stem.length < room || form === 'uncut'
    if (!photo.isEdited || !hasRoom || taken.has(edited)) continue
    taken.add(edited)
    written.push({ media: edited, sidecar, editedOf: media })
  }
  return { written, titles }
}

function entriesOf({ written, titles }: ReturnType<typeof writeFolder>): SurveyedEntry[] {
  const base = { part: 'p-001.zip', exportId: 'p' }
  const media = written.map(({ media }, n) => ({
    ...base,
    path: FOLDER + media,
    bytes: 1000 + n,
    crc32: n,
  }))
  const json = [...titles].map(([name, title], n) => ({
    ...base,
    path: FOLDER + name,
    bytes: 100,
    json: utf8(JSON.stringify({ title, photoTakenTime: { timestamp: `${1_580_000_000 + n}` } })),
  }))
  return [...media, ...json].map((entry, index) => ({ ...entry, index }))
}

const folders = fc.tuple(photos, fc.constantFrom<Form>('new', 'old', 'uncut'))
const understood = (entries: SurveyedEntry[]) => look({ parts: [], entries }, new Map())

describe('what Takeout writes', () => {
  it('is found again: every pair, and none wrong', () => {
    fc.assert(
      fc.property(folders, ([library, form]) => {
        const folder = writeFolder(library, form)

        const found = understood(entriesOf(folder))

        for (const { media, sidecar, editedOf } of folder.written) {
          const entry = found.entry(`Photos from 2020/${media}`)
          expect([media, entry.sidecar]).toEqual([media, FOLDER + sidecar])
          expect([media, entry.editedOf]).toEqual([media, editedOf ? FOLDER + editedOf : null])
        }
        expect(found.inventory.summary).toMatchObject({ orphanMedia: 0, orphanSidecars: 0 })
      }),
      { numRuns: 300 },
    )
  })

  it('is never given another photo’s sidecar when some of it is missing', () => {
    fc.assert(
      fc.property(folders, fc.infiniteStream(fc.boolean()), ([library, form], kept) => {
        // What names alone cannot tell: a numbered name without room from a rendition of the
        // un-numbered one, of what kind a title without extension was, and the rendition of a
        // numbered photo from that of an un-numbered one when both photos are missing.
        const roomy = library.filter(({ stem, hasExtension }) => stem.length < 40 && hasExtension)
        const isSingle = ({ stem }: Photo) => roomy.filter((p) => p.stem === stem).length === 1
        const clear = roomy.map((p) => ({ ...p, isEdited: p.isEdited && isSingle(p) }))
        const folder = writeFolder(clear, form)
        const entries = entriesOf(folder).filter(() => kept.next().value)

        const found = understood(entries)

        const sidecarOf = new Map(folder.written.map((each) => [FOLDER + each.media, each.sidecar]))
        for (const { path, sidecar, class: kind } of found.inventory.entries) {
          if (kind !== 'media' || sidecar === null) continue
          expect([path, sidecar]).toEqual([path, FOLDER + sidecarOf.get(path)])
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** Paths of every sort, sensible or not. */
const trees = fc.array(
  fc.record({
    path: fc
      .tuple(
        fc.constantFrom('Takeout/Google Photos/', 'Takeout/', 'Takeout 2/Google Foto/', '', 'x/'),
        fc.constantFrom('Photos from 2020/', 'Trip/', 'Trip(1)/', 'Trash/', '', 'a/b/'),
        fc.constantFrom('a', 'a(1)', 'a-edited', 'a.MP', 'b', 'metadata', '._a', '(1)', '-'),
        fc.constantFrom(
          '.jpg',
          '.HEIC',
          '.MP4',
          '.json',
          '.jpg.json',
          '.jpg(1).json',
          '',
          '.dng',
          '.txt',
        ),
      )
      .map((pieces) => pieces.join('')),
    part: fc.constantFrom('p-001.zip', 'p-002.zip'),
    exportId: fc.constantFrom('takeout-20240101T000000Z', 'takeout-20260101T000000Z'),
    bytes: fc.integer({ min: 0, max: 3 }),
    crc32: fc.constantFrom(undefined, 1, 2),
    refused: fc.constantFrom(undefined, undefined, undefined, 'no'),
    json: fc.constantFrom(
      undefined,
      { title: 'a.jpg', photoTakenTime: { timestamp: '1600000000' } },
      { title: 'a.jpg', photoTakenTime: { timestamp: '1500000000' } },
      { title: 'Trip' },
      {},
    ),
  }),
  { maxLength: 25 },
)

type Leaf = { json: object | undefined; crc32: number | undefined; refused: string | undefined }

function asEntries(tree: readonly (Leaf & Omit<SurveyedEntry, 'index' | keyof Leaf>)[]) {
  return tree.map(({ json, crc32, refused, ...rest }, index): SurveyedEntry => {
    const entry: SurveyedEntry = { ...rest, index }
    if (crc32 !== undefined) entry.crc32 = crc32
    if (refused !== undefined) entry.refused = refused
    if (json !== undefined && rest.path.endsWith('.json')) entry.json = utf8(JSON.stringify(json))
    return entry
  })
}

describe('any tree', () => {
  it('is accounted for to the last entry', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const { inventory } = understood(asEntries(tree))
        const { summary, entries, items, filesOfItem } = inventory
        const { media, sidecars, albumFiles, other, litter, rejected } = summary

        expect(entries).toHaveLength(tree.length)
        expect(media + sidecars + albumFiles + other + litter + rejected).toBe(tree.length)
        expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
        for (const item of items) {
          expect(filesOfItem.get(item.id)).toHaveLength(item.files.length)
        }
        const known = new Set(items.map(({ id }) => id))
        for (const entry of entries) {
          expect(entry.class === 'media').toBe(entry.item !== undefined && known.has(entry.item))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('has no sidecar with two originals', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const { inventory } = understood(asEntries(tree))
        const owned = inventory.entries.filter(({ via, role }) => via === 'own' && role !== 'copy')
        const owners = owned.map(({ exportId, sidecar }) => `${exportId} ${sidecar}`)

        expect(new Set(owners).size).toBe(owners.length)
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same library in every order', () => {
    const shuffledTrees = trees.chain((tree) =>
      fc.tuple(
        fc.constant(tree),
        fc.shuffledSubarray(tree, { minLength: tree.length, maxLength: tree.length }),
      ),
    )
    fc.assert(
      fc.property(shuffledTrees, ([tree, shuffled]) => {
        expect(withoutIndexes(shuffled)).toEqual(withoutIndexes(tree))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same items however its entries are spread over parts', () => {
    fc.assert(
      fc.property(trees, fc.infiniteStream(fc.integer({ min: 1, max: 8 })), (tree, parts) => {
        const whole = tree.map((leaf) => ({ ...leaf, part: 'p-001.zip' }))
        const distinct = [
          ...new Map(whole.map((leaf) => [leaf.path + leaf.exportId, leaf])).values(),
        ]
        const spread = distinct.map((leaf) => ({ ...leaf, part: `p-00${parts.next().value}.zip` }))

        expect(understood(asEntries(spread)).inventory.items).toEqual(
          understood(asEntries(distinct)).inventory.items,
        )
      }),
      { numRuns: 200 },
    )
  })
})

function withoutIndexes(tree: Parameters<typeof asEntries>[0]) {
  const { entries, items, albums, problems, summary } = understood(asEntries(tree)).inventory
  const plain = entries.map(({ index, sameBytesAs, ...entry }) => ({
    ...entry,
    isRead: sameBytesAs === undefined,
  }))
  return { entries: plain, items, albums, problems, summary }
}
