import { describe, expect, it, test } from 'vitest'
import { anExport, look, sidecar } from '../../../../test/cases/an-export.ts'
import { utf8 } from '../../../util/bytes.ts'

describe('every entry ends in one class', () => {
  it('and the classes add up', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg'),
      'Photos from 2020/._a.jpg': 'L',
      'Photos from 2020/notes.txt': 'N',
      'Photos from 2020/b.jpg': { refused: 'the name leads out of the folder' },
      'Trip/metadata.json': { title: 'Trip' },
      'print-subscriptions.json': {},
      '/__MACOSX/Takeout/._x': 'L',
      '/Takeout/Mail/all.mbox': 'M',
    })

    expect(found.inventory.summary).toMatchObject({
      entries: 9,
      media: 1,
      sidecars: 1,
      albumFiles: 1,
      other: 3,
      litter: 2,
      rejected: 1,
    })
    expect(found.entry('Photos from 2020/b.jpg').reason).toBe('the name leads out of the folder')
    expect(found.problems('REJECTED')).toEqual(['Photos from 2020/b.jpg'])
  })

  it('and what is no photo is kept where the photos are, and nowhere else', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/notes.txt': 'N',
      'print-subscriptions.json': {},
      '/Takeout/archive_browser.html': '<html>',
      '/Takeout/Mail/all.mbox': 'M',
      '/Takeout/stray.pdf': 'S',
    })

    expect(found.entry('Photos from 2020/notes.txt').kept).toBe('content')
    expect(found.entry('print-subscriptions.json').kept).toBe('small')
    const outside = found.inventory.entries.filter(({ path }) => !path.includes('Google Photos'))
    expect(outside.map(({ path, kept, foreign }) => [path, kept, foreign])).toEqual([
      ['Takeout/Mail/all.mbox', undefined, true],
      ['Takeout/archive_browser.html', 'small', undefined],
      ['Takeout/stray.pdf', undefined, undefined],
    ])
  })

  it.each([
    ['IMG_1.AAE', 'IMG_1.jpg'],
    ['IMG_O1.AAE', 'IMG_1.jpg'],
    ['IMG_1.xmp', 'IMG_1.jpg'],
    ['IMG_1.jpg.xmp', 'IMG_1.jpg'],
    ['IMG_2.xmp', undefined],
    ['other.xmp', undefined],
  ])('and %s, written by a program, belongs to %s', (name, owner) => {
    const found = anExport({
      'Trip/IMG_1.jpg': '1',
      'Trip/IMG_2.jpg': '2',
      'Trip/IMG_2.png': 'another 2',
      [`Trip/${name}`]: '<x/>',
    })

    const item = owner === undefined ? undefined : found.entry(`Trip/${owner}`).item
    expect(found.entry(`Trip/${name}`)).toMatchObject({ class: 'other', kept: 'content' })
    expect(found.entry(`Trip/${name}`).item).toBe(item)
  })

  it('and what could not be read is called damaged, not refused', () => {
    const path = 'Takeout/Google Photos/Trip/a.jpg'
    const where = { index: 0, path, part: 'p.zip', exportId: 'p', bytes: 5000 }
    const entry = { ...where, refused: 'it is cut off', isUnreadable: true }

    const { inventory } = look({ parts: [], entries: [entry] }, new Map())

    expect(inventory.summary.rejected).toBe(1)
    expect(inventory.problems).toMatchObject([
      { code: 'DAMAGED_ENTRY', path, message: expect.stringMatching(/cut off.*Download p\.zip/) },
    ])
  })

  test.for([
    ['a.jpg', undefined, 'media', 'nothing was read'],
    ['a.jpg', {}, 'media', 'its bytes are of no known kind, but it may be all there is'],
    ['clip', undefined, 'media', 'it has to be looked at'],
    ['clip', { mediaType: 'video/mp4' }, 'media', 'its bytes are a video'],
    ['clip', { mediaType: 'application/pdf' }, 'other', 'its bytes are a document'],
    ['notes.txt', undefined, 'other', 'its name says so'],
    ['notes.txt', { mediaType: 'image/png' }, 'media', 'its bytes are a picture'],
    ['MVI_1.THM', { mediaType: 'image/jpeg' }, 'other', 'it is a small picture of a video'],
  ] as const)('%s with %j is %s: %s', ([name, facts, expected]) => {
    const path = `Takeout/Google Photos/Trip/${name}`
    const entry = { index: 0, path, part: 'p.zip', exportId: 'p', bytes: 5000, crc32: 7 }
    const known = facts === undefined ? [] : [[0, facts] as const]

    const { inventory } = look({ parts: [], entries: [entry] }, new Map(known))

    expect(inventory.entries[0]!.class).toBe(expected)
  })

  it('and keeps photos whose sidecar is broken, too large or too deep', () => {
    const entries = ['a', 'b', 'c'].flatMap((name, at) => [
      { index: at * 2, path: `Takeout/Google Photos/Trip/${name}.jpg`, bytes: 5000, crc32: at },
      {
        index: at * 2 + 1,
        path: `Takeout/Google Photos/Trip/${name}.jpg.json`,
        ...[
          { bytes: 9, json: utf8('not json!') },
          { bytes: 10_000_000 },
          { bytes: 200_000, json: utf8('['.repeat(200_000)) },
        ][at]!,
      },
    ])
    const found = look(
      { parts: [], entries: entries.map((entry) => ({ ...entry, part: 'p.zip', exportId: 'p' })) },
      new Map(),
    )

    expect(found.inventory.summary).toMatchObject({ items: 3, sidecars: 3, orphanMedia: 0 })
    expect(found.problems('BROKEN_SIDECAR')).toHaveLength(3)
  })
})

describe('parts', () => {
  it('that are missing or damaged are problems', () => {
    const parts = [
      { name: 'takeout-20240712T112341Z-001.zip', exportId: 'takeout-20240712T112341Z', number: 1 },
      {
        name: 'takeout-20240712T112341Z-003.zip',
        exportId: 'takeout-20240712T112341Z',
        number: 3,
        damage: { code: 'DAMAGED_PART' as const, message: 'It ends in the middle.' },
      },
    ]

    const found = look({ parts, entries: [] }, new Map())

    expect(found.problems('MISSING_PART')).toEqual(['takeout-20240712T112341Z-002.zip'])
    expect(found.problems('DAMAGED_PART')).toEqual(['takeout-20240712T112341Z-003.zip'])
    expect(found.inventory.summary.exports).toEqual([
      {
        id: 'takeout-20240712T112341Z',
        parts: ['takeout-20240712T112341Z-001.zip', 'takeout-20240712T112341Z-003.zip'],
        missing: ['takeout-20240712T112341Z-002.zip'],
      },
    ])
  })
})

describe('what copies say', () => {
  it('is brought together', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000, {
        people: [{ name: 'Ann' }],
        description: 'short',
      }),
      'Trip/a.jpg': 'A',
      'Trip/a.jpg.json': sidecar('a.jpg', 1_600_000_030, {
        people: [{ name: 'Bob' }],
        description: 'a longer one',
        favorited: true,
      }),
    })

    expect(found.item('Trip/a.jpg')).toMatchObject({
      title: 'a.jpg',
      description: 'a longer one',
      people: ['Ann', 'Bob'],
      favorite: true,
      taken: { instant: '2020-09-13T12:26:40Z' },
    })
    expect(found.problems('CONFLICT')).toEqual([])
  })

  it('counts for the newest export only where people change it', () => {
    const old = 'takeout-20240101T000000Z'
    const json = (record: object) => utf8(JSON.stringify(record))
    const newer = sidecar('a.jpg', 1_600_000_000, { description: 'new' })
    const older = sidecar('a.jpg', 1_600_000_000, {
      description: 'an old caption',
      favorited: true,
    })
    const base = { part: 'p.zip', bytes: 5000, crc32: 7 }
    const photo = 'Takeout/Google Photos/Photos from 2020/a.jpg'
    const found = look(
      {
        parts: [],
        entries: [
          { ...base, index: 0, exportId: old, path: photo },
          { ...base, index: 1, exportId: old, path: `${photo}.json`, json: json(older) },
          { ...base, index: 2, exportId: 'takeout-20260101T000000Z', path: photo },
          {
            ...base,
            index: 3,
            exportId: 'takeout-20260101T000000Z',
            path: `${photo}.json`,
            json: json(newer),
          },
        ],
      },
      new Map(),
    )

    expect(found.inventory.items).toMatchObject([{ description: 'new', favorite: false }])
    expect(found.inventory.summary.copies).toBe(1)
  })

  it('has entities decoded where the exported name proves them', () => {
    const found = anExport({
      'Trip/Tom _ Jerry.jpg': 'A',
      'Trip/Tom _ Jerry.jpg.json': sidecar('Tom &amp; Jerry.jpg'),
      'Trip/AT_amp_T.jpg': 'B',
      'Trip/AT_amp_T.jpg.json': sidecar('AT&amp;T.jpg'),
    })

    expect(found.item('Trip/Tom _ Jerry.jpg').title).toBe('Tom & Jerry.jpg')
    expect(found.item('Trip/AT_amp_T.jpg').title).toBe('AT&amp;T.jpg')
  })
})

describe('a large export', () => {
  it('of 50,000 entries is understood', () => {
    const entries = Array.from({ length: 25_000 }, (_, n) => {
      const name = `IMG_${n}.jpg`
      const folder = `Takeout/Google Photos/Photos from ${2000 + (n % 20)}`
      const base = { part: 'p.zip', exportId: 'p', bytes: 5000 + n }
      return [
        { ...base, index: 2 * n, path: `${folder}/${name}`, crc32: n },
        {
          ...base,
          index: 2 * n + 1,
          path: `${folder}/${name}.supplemental-metadata.json`,
          json: utf8(JSON.stringify(sidecar(name, 1_500_000_000 + n))),
        },
      ]
    }).flat()

    const { summary } = look({ parts: [], entries }, new Map()).inventory

    expect(summary).toMatchObject({ entries: 50_000, items: 25_000, orphanMedia: 0 })
  })
})
