import { describe, expect, it } from 'vitest'
import { growLibrary } from './grow-library.ts'
import { type TakeBack, takeBack } from './items-before.ts'
import { type ArrivingItem, emptyLibrary, type KeptFile, type Library } from './library.ts'

const STAMP = '20240115T101500Z'
const EXPORT = `takeout-${STAMP}`

const shaOf = (content: string) => Buffer.from(content).toString('hex').padEnd(64, '0')

function aFile(content: string, role: KeptFile['role'] = 'original'): KeptFile {
  const place = { path: `Takeout/Google Photos/x/${content}.jpg`, mediaType: 'image/jpeg' }
  return { role, ...place, bytes: 1, sha256: shaOf(content) }
}

function anItem(files: KeptFile[], fields: Partial<ArrivingItem> = {}): ArrivingItem {
  return {
    ...{ id: files[0]!.sha256.slice(0, 20), files, title: 'a.jpg', described: true },
    taken: { instant: '2021-07-01T10:00:00Z', precision: 'second', source: 'sidecar' },
    ...{ people: [], favorite: false, archived: false, trashed: false, locked: false },
    ...{ partner: false, albums: [], from: 'takeout', stamp: STAMP, ...fields },
  }
}

const one = (fields: Partial<ArrivingItem> = {}) => anItem([aFile('one')], fields)
const two = (fields: Partial<ArrivingItem> = {}) => anItem([aFile('two')], fields)
/** As a part of the export has it that lacks the sidecar of the second photo. */
const guessed = (fields: Partial<ArrivingItem> = {}) =>
  anItem([aFile('one'), aFile('two', 'edited')], fields)

interface Run {
  joined?: string[]
  revise?: TakeBack
}

const grow = (before: Library, items: ArrivingItem[], { joined = [EXPORT], revise }: Run = {}) =>
  growLibrary(before, items, [], { exports: [EXPORT], joined, stamp: STAMP }, revise)

const filesOf = ({ items }: Library) =>
  items.map(({ files }) => files.map(({ sha256 }) => sha256)).sort()
const APART = [[shaOf('one')], [shaOf('two')]].sort()
const placesOf = ({ items }: Library) =>
  items.flatMap(({ files }) => files.map(({ path, sha256 }) => `${path} ${sha256}`)).sort()

describe('a file that an early part of an export put to the wrong photo', () => {
  const before = grow(emptyLibrary(), [guessed()]).library

  it('becomes a photo of its own when a later part tells, and stays where it lies', () => {
    const { library } = grow(before, [one(), two()])

    expect(filesOf(library)).toEqual(APART)
    expect(placesOf(library)).toEqual(placesOf(before))
  })

  it('leaves the item to its photo, with its id', () => {
    const { library, added, changed } = grow(before, [one(), two()])

    const photo = library.items.find(({ files }) => files[0]!.sha256 === shaOf('one'))
    expect(photo?.id).toBe(before.items[0]!.id)
    expect({ added, changed }).toEqual({ added: 1, changed: 1 })
  })

  it('takes along nothing that was said of the other photo', () => {
    const told = grow(emptyLibrary(), [guessed({ description: 'By the sea' })]).library

    const { library } = grow(told, [one(), two({ description: 'By the sea' })])

    const said = library.items.map(({ files, description }) => [files[0]!.sha256, description])
    expect(new Map(said as [string, string][])).toEqual(
      new Map([
        [shaOf('one'), undefined],
        [shaOf('two'), 'By the sea'],
      ]),
    )
  })

  it("says nothing any more that a sidecar said which is another one's", () => {
    const told = grow(emptyLibrary(), [one({ description: 'By the sea' })]).library

    const { library } = grow(told, [one({ described: false }), two()])

    expect(library.items.map(({ description }) => description)).toEqual([undefined, undefined])
  })

  it('changes nothing more when the same comes again', () => {
    const { library } = grow(before, [one(), two()])

    const again = grow(library, [two(), one()])

    expect(again).toMatchObject({ added: 0, changed: 0 })
    expect(again.library).toEqual(library)
  })

  it.each([
    ['an older export', { stamp: '20230115T101500Z' }],
    ['a newer export', { stamp: '20250115T101500Z' }],
    ['a folder', { from: 'folder' }],
  ])('stays when %s showed them together, too', (_, of) => {
    const known = grow(before, [guessed(of)]).library

    expect(grow(known, [one(), two()]).library.items).toHaveLength(1)
  })

  it('stays when not all that earlier runs brought is at hand', () => {
    expect(grow(before, [one(), two()], { joined: [] }).library.items).toHaveLength(1)
  })

  it('stays when a file of the item does not come', () => {
    const three = grow(emptyLibrary(), [
      anItem([aFile('one'), aFile('two', 'edited'), aFile('three', 'edited')]),
    ]).library

    const { library } = grow(three, [one(), two()])

    expect(placesOf(library)).toEqual(placesOf(three))
    expect(library.items).toHaveLength(1)
  })
})

describe('a repair that would lose a file', () => {
  const before = grow(emptyLibrary(), [guessed(), anItem([aFile('three')])]).library

  it('is not made: the library grows without it', () => {
    const losing: TakeBack = (items, arriving, from) => {
      const taken = takeBack(items, arriving, from)
      const other = [...items.values()].find(({ files }) => files[0]!.sha256 === shaOf('three'))!
      items.delete(other.id)
      return taken
    }

    const { library } = grow(before, [one(), two()], { revise: losing })

    expect(placesOf(library)).toEqual(placesOf(before))
  })

  it('is not made either when it would move a file', () => {
    const moving: TakeBack = (items, arriving, from) => {
      const taken = takeBack(items, arriving, from)
      taken.files.clear()
      return taken
    }

    const { library } = grow(before, [one(), two(), anItem([aFile('four')])], { revise: moving })

    expect(placesOf(library)).toEqual(expect.arrayContaining(placesOf(before)))
    expect(library.items.flatMap(({ files }) => files)).toHaveLength(4)
  })
})

describe('two photos of one export that share a rendition', () => {
  const first = anItem([aFile('one'), aFile('edit', 'edited')])
  const second = anItem([aFile('two'), aFile('edit', 'edited')])

  it('are two items, in one run and in two', () => {
    const atOnce = grow(emptyLibrary(), [first, second]).library
    const before = grow(emptyLibrary(), [first]).library
    const inRuns = grow(before, [first, second]).library

    expect(atOnce.items).toHaveLength(2)
    expect(filesOf(inRuns)).toEqual(filesOf(atOnce))
  })
})

describe('a photo whose link an item had that became part of another photo', () => {
  it('is kept as a photo of its own', () => {
    const url = 'https://photos.google.com/photo/1'
    const edit = anItem([aFile('edit', 'edited')], { url })
    const before = grow(emptyLibrary(), [anItem([aFile('a')]), edit]).library
    const whole = anItem([aFile('a'), aFile('edit', 'edited')], { stamp: '20240315T101500Z' })
    const photo = anItem([aFile('b')], { url, stamp: '20240315T101500Z' })

    const { library } = growLibrary(before, [whole, photo], [])

    const contents = library.items.flatMap(({ files }) => files.map(({ sha256 }) => sha256))
    expect(contents.sort()).toEqual([shaOf('a'), shaOf('b'), shaOf('edit')].sort())
  })
})
