import { describe, expect, it } from 'vitest'
import { growLibrary } from './grow-library.ts'
import { type ArrivingItem, emptyLibrary, type Library } from './library.ts'

const NOTHING = 'e3'.repeat(32)
const PHOTO = 'ab'.repeat(32)

function anItem(name: string, sha256: string, fields: Partial<ArrivingItem> = {}): ArrivingItem {
  const path = `Takeout/Google Photos/Photos from 2021/${name}`
  return {
    id: Buffer.from(`${name} ${sha256}`).toString('hex').slice(0, 20),
    files: [{ role: 'original', path, bytes: 0, mediaType: 'image/jpeg', sha256 }],
    title: name,
    taken: { instant: '2021-07-01T10:00:00Z', precision: 'second', source: 'sidecar' },
    ...{ people: [], favorite: false, archived: false, trashed: false },
    ...{ locked: false, partner: false, albums: [], described: true },
    ...fields,
  }
}

const aStandIn = (name: string, fields: Partial<ArrivingItem> = {}) =>
  anItem(name, NOTHING, { standIn: true, ...fields })

function grow(before: Library, ...arriving: ArrivingItem[]) {
  return growLibrary(before, arriving, [])
}

function pathsOf({ items }: Library): string[] {
  return items.flatMap(({ files }) => files.map(({ path }) => path))
}

describe('stand-ins for photos', () => {
  it('of the same bytes stay items and files of their own', () => {
    const { library } = grow(emptyLibrary(), aStandIn('a.jpg'), aStandIn('b.mp4'))

    expect(library.items.map(({ title }) => title)).toEqual(['a.jpg', 'b.mp4'])
    expect(pathsOf(library)).toEqual(['/photos/2021/07/a.jpg', '/photos/2021/07/b.mp4'])
  })

  it('are recognised in the next export, and a new one beside them moves none', () => {
    const before = grow(emptyLibrary(), aStandIn('b.jpg'), aStandIn('c.jpg')).library
    const again = [aStandIn('b.jpg', { id: 'b2' }), aStandIn('c.jpg', { id: 'c2' })]

    const { library, added, unchanged } = grow(before, ...again, aStandIn('a.jpg'))

    expect({ added, unchanged }).toEqual({ added: 1, unchanged: 2 })
    expect(pathsOf(library).slice(1)).toEqual(pathsOf(before))
  })

  it('step back when the photo itself comes, by its link', () => {
    const url = 'https://photos.google.com/photo/1'
    const before = grow(emptyLibrary(), aStandIn('a.jpg', { url }), aStandIn('b.jpg')).library

    const { library } = grow(before, anItem('a.jpg', PHOTO, { url }))
    const item = library.items.find((each) => each.url === url)

    expect(library.items).toHaveLength(2)
    expect(item).not.toHaveProperty('standIn')
    expect(item?.files.map(({ role, sha256 }) => [role, sha256])).toEqual([
      ['original', PHOTO],
      ['copy', NOTHING],
    ])
  })

  it('that an earlier Tintype took for one photo come apart', () => {
    const { standIn: _standIn, ...asPhoto } = aStandIn('a.jpg')
    const before = grow(emptyLibrary(), asPhoto).library

    const { library } = grow(before, aStandIn('b.jpg'), aStandIn('c.jpg'))

    expect(library.items.map(({ title }) => title)).toEqual(['a.jpg', 'b.jpg', 'c.jpg'])
  })
})
