import { describe, expect, it } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'

describe('an album', () => {
  it('has the title of its file, its description and date', () => {
    const found = anExport({
      'Trip_ _A_B__/a.jpg': 'A',
      'Trip_ _A_B__/metadata.json': {
        title: 'Trip: "A|B"?',
        description: 'By train',
        date: { timestamp: '1502439626' },
      },
    })

    expect(found.inventory.albums).toMatchObject([
      {
        title: 'Trip: "A|B"?',
        description: 'By train',
        date: '2017-08-11',
        folders: ['Takeout/Google Photos/Trip_ _A_B__'],
        items: [found.item('Trip_ _A_B__/a.jpg').id],
      },
    ])
    expect(found.item('Trip_ _A_B__/a.jpg').albums).toEqual([found.inventory.albums[0]!.id])
  })

  it('is called like its folder when there is no file, without the counter', () => {
    const found = anExport({ 'Trip(1)/a.jpg': 'A' })

    expect(found.inventory.albums[0]!.title).toBe('Trip')
  })

  it('without a name has none', () => {
    const found = anExport({
      'Sans titre(9)/a.jpg': 'A',
      'Untitled/b.jpg': 'B',
      'Untitled/metadata.json': { title: '' },
    })

    expect(found.inventory.albums.map(({ title }) => title)).toEqual(['', ''])
  })

  it('is not another album of the same title', () => {
    const found = anExport({
      'Trip/a.jpg': 'A',
      'Trip/metadata.json': { title: 'Trip' },
      'Trip(1)/b.jpg': 'B',
      'Trip(1)/metadata.json': { title: 'Trip' },
      'trip/c.jpg': 'C',
    })

    expect(found.inventory.albums).toHaveLength(3)
    expect(new Set(found.inventory.albums.map(({ id }) => id)).size).toBe(3)
  })

  it('is one in two exports', () => {
    const older = { content: 'A', exportId: 'takeout-20240101T000000Z' }
    const found = anExport({ 'Trip/a.jpg': 'A', 'Trip/a.jpg#2': older })

    expect(found.inventory.albums).toHaveLength(1)
  })

  it('counts a photo once, though it lies there twice', () => {
    const found = anExport({
      'Trip/a.jpg': 'A',
      'Trip/a(1).jpg': 'A',
      'Photos from 2020/a.jpg': 'A',
    })

    expect(found.inventory.albums[0]!.items).toHaveLength(1)
  })

  it('has members that only their sidecars tell of', () => {
    const found = anExport({
      'Trip/a.jpg.json': sidecar('a.jpg', 978_307_200),
      'Trip/metadata.json': { title: 'Trip' },
      'Photos from 1999/a.jpg': 'A',
      'Photos from 1999/a.jpg.json': sidecar('a.jpg', 925_000_000),
      'Photos from 2001/a.jpg': 'B',
      'Photos from 2001/a.jpg.json': sidecar('a.jpg', 978_307_200),
    })

    expect(found.inventory.albums[0]!.items).toEqual([found.item('Photos from 2001/a.jpg').id])
    expect(found.problems('ORPHAN_SIDECAR')).toEqual(['Trip/a.jpg.json'])
  })

  it('does not guess between two photos of one title and second', () => {
    const found = anExport({
      'Trip/a.jpg.json': sidecar('a.jpg', 978_307_200),
      'Photos from 2001/a.jpg': 'A',
      'Photos from 2001/a.jpg.json': sidecar('a.jpg', 978_307_200),
      'Photos from 2001/a(1).jpg': 'B',
      'Photos from 2001/a.jpg(1).json': sidecar('a.jpg', 978_307_200),
    })

    expect(found.inventory.albums[0]!.items).toEqual([])
  })

  it('lists its photos by capture time', () => {
    const found = anExport({
      'Trip/a.jpg': 'A',
      'Trip/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
      'Trip/b.jpg': 'B',
      'Trip/b.jpg.json': sidecar('b.jpg', 1_500_000_000),
      'Trip/c.jpg': 'C',
    })
    const ids = ['b', 'a', 'c'].map((name) => found.item(`Trip/${name}.jpg`).id)

    expect(found.inventory.albums[0]!.items).toEqual(ids)
  })

  it('keeps what its file says: texts and places in their order, remarks, who may see it', () => {
    const place = { name: 'Lisbon', latitudeE7: 387222524, longitudeE7: -91393366 }
    const found = anExport({
      'Trip/a.jpg': 'A',
      'Trip/metadata.json': {
        title: 'Trip',
        access: 'shared',
        location: 'Portugal',
        enrichments: [
          { narrativeEnrichment: { text: 'First day' } },
          { locationEnrichment: { location: [place] } },
          { narrativeEnrichment: { text: 'Last day' } },
        ],
        sharedAlbumComments: [
          { text: 'Nice &amp; warm', creationTime: { timestamp: '0' }, contentOwnerName: 'Ann' },
          { liked: true, contentOwnerName: 'Bo', creationTime: { timestamp: '1600000000' } },
        ],
        moodRing: { colour: 'blue' },
      },
    })

    expect(found.inventory.albums[0]).toMatchObject({
      access: 'shared',
      location: 'Portugal',
      texts: ['First day', 'Last day'],
      places: [{ name: 'Lisbon', latitude: 38.7222524, longitude: -9.1393366 }],
      remarks: [
        { text: 'Nice & warm', author: 'Ann' },
        { liked: true, author: 'Bo', at: '2020-09-13T12:26:40Z' },
      ],
      more: { moodRing: { colour: 'blue' } },
    })
  })

  it('is incomplete where sidecars wait for their photos, and tells the number', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
      'Trip/metadata.json': { title: 'Trip' },
      'Trip/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
      'Trip/b.jpg.json': sidecar('b.jpg', 1_600_000_001),
      'Trip/c.jpg.json': sidecar('c.jpg', 1_600_000_002),
      'Whole/metadata.json': { title: 'Whole' },
      'Whole/a.jpg': 'A',
    })

    const [trip, whole] = ['Trip', 'Whole'].map((title) =>
      found.inventory.albums.find((album) => album.title === title),
    )
    expect(trip).toMatchObject({ expected: 3, items: [expect.any(String)] })
    expect(whole).not.toHaveProperty('expected')
  })
})
