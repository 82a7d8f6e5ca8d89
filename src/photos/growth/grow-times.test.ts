import { describe, expect, it } from 'vitest'
import type { Album, TakenAt } from '../library.ts'
import { growLibrary } from './grow-library.ts'
import { type ArrivingItem, emptyLibrary, type Library } from './library.ts'

function anItem(id: string, taken: Partial<TakenAt>, camera = 'A'): ArrivingItem {
  const path = `Takeout/Google Photos/x/${id}.jpg`
  const sha256 = Buffer.from(id).toString('hex').padEnd(64, '0')
  return {
    id: sha256.slice(0, 20),
    files: [{ role: 'original', path, bytes: 1, mediaType: 'image/jpeg', sha256 }],
    title: `${id}.jpg`,
    taken: { precision: 'second', source: 'sidecar', zoneFrom: 'unknown', ...taken },
    camera,
    people: [],
    favorite: false,
    archived: false,
    trashed: false,
    locked: false,
    partner: false,
    albums: [],
    described: true,
  }
}

const asking = () => anItem('asking', { instant: '2020-12-31T20:00:00Z' })
const knowing = () =>
  anItem('knowing', {
    instant: '2020-12-31T19:00:00Z',
    local: '2021-01-01T04:00:00',
    offset: '+09:00',
    zoneFrom: 'place',
  })

const pathsOf = ({ items }: Library) => items.map(({ files }) => files[0]!.path)

describe('a photo whose zone others tell', () => {
  it('has it from whatever import they came with, and back from none', () => {
    const first = growLibrary(emptyLibrary(), [asking()], []).library
    const then = growLibrary(first, [knowing()], []).library
    const together = growLibrary(emptyLibrary(), [knowing(), asking()], []).library

    expect(first.items[0]!.taken).not.toHaveProperty('offset')
    expect(then.items).toEqual(together.items)
    expect(together.items.find(({ title }) => title === 'asking.jpg')!.taken).toMatchObject({
      local: '2021-01-01T05:00:00',
      zoneFrom: 'neighbours',
    })
  })

  it('lies where its own time says, so that the order of imports moves nothing', () => {
    const { library } = growLibrary(emptyLibrary(), [knowing(), asking()], [])

    expect(pathsOf(library)).toEqual(['/photos/2020/12/asking.jpg', '/photos/2021/01/knowing.jpg'])
  })

  it('is unchanged when the same comes again', () => {
    const { library } = growLibrary(emptyLibrary(), [knowing(), asking()], [])

    const again = growLibrary(library, structuredClone(library.items).map(described), [])

    expect(again).toMatchObject({ added: 0, changed: 0, unchanged: 2 })
    expect(again.library.items).toEqual(library.items)
  })
})

const described = (item: Library['items'][0]): ArrivingItem => ({ ...item, described: true })

describe('what an album says', () => {
  const trip = (more: Partial<Album>): Album => ({
    id: '0'.repeat(20),
    title: 'Trip',
    folders: ['Trip'],
    items: [asking().id],
    ...more,
  })

  it('stays when a later export leaves it out, and is replaced by what it says', () => {
    const said = { texts: ['First day'], access: 'shared', remarks: [{ text: 'Nice' }] }
    const before = growLibrary(emptyLibrary(), [asking()], [trip(said)]).library

    const { library } = growLibrary(before, [], [trip({ access: 'protected' })])

    expect(library.albums[0]).toMatchObject({ ...said, access: 'protected' })
  })

  it('of photos it lacks is forgotten when they are here', () => {
    const before = growLibrary(emptyLibrary(), [asking()], [trip({ expected: 2 })]).library
    const same = growLibrary(before, [], [trip({})]).library
    const all = [asking().id, knowing().id]

    const { library } = growLibrary(same, [knowing()], [trip({ items: all })])

    expect(same.albums[0]!.expected).toBe(2)
    expect(library.albums[0]!.items).toHaveLength(2)
    expect(library.albums[0]).not.toHaveProperty('expected')
  })
})
