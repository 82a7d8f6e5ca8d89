import { describe, expect, it, test } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'
import { isPhotosRootName, specialKindOf, yearOfFolderName } from './folder-names.ts'

const IN_2018 = 1_530_000_000
const IN_2019 = 1_560_000_000

describe('folder names', () => {
  test.for([
    'Photos from 2018',
    'Photos\u00a0from\u202f2018',
    'Fotos von 2018',
    'Fotos del 2018',
    'Foto’s uit 2018',
    'Zdjęcia z 2018',
    'Фото за 2018',
    '2018年の写真',
    '2018년의 사진',
  ])('%s is the year 2018', (name) => {
    expect(yearOfFolderName(name)).toBe(2018)
    expect(yearOfFolderName(name.normalize('NFD'))).toBe(2018)
  })

  test.for([
    '2018',
    'Photos from 2018 backup',
    'Photos from Paris',
    'Pictures from 2018',
    'Italy 2018',
  ])('%s is no year folder', (name) => {
    expect(yearOfFolderName(name)).toBeUndefined()
  })

  it('of special folders are known in several languages', () => {
    expect(
      ['Archive', 'Papierkorb', 'Gesperrter Ordner', 'Failed Videos', 'Trip'].map(specialKindOf),
    ).toEqual(['archive', 'trash', 'locked', 'failed', undefined])
    expect(['Google Фото', 'Google Foto_s', 'Drive'].map(isPhotosRootName)).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('the photos of an export', () => {
  it('lie under a root in any language, known or not', () => {
    const found = anExport({
      '/Takeout/Google Nuotraukos/Kelionė/a.jpg': 'A',
      '/Takeout/Google Nuotraukos/Kelionė/a.jpg.json': sidecar('a.jpg', IN_2018),
      '/Takeout/Drive/b.jpg': 'B',
      '/Takeout/Drive/Google Photos/Photos from 2018/c.jpg': 'C',
      '/Takeout/archive_browser.html': 'H',
    })

    expect(found.inventory.items.map(({ title }) => title)).toEqual(['a.jpg'])
    expect(found.inventory.summary).toMatchObject({ entries: 5, media: 1, sidecars: 1, other: 3 })
    expect(found.entry('/Takeout/Drive/b.jpg').reason).toMatch(/another Google product/)
  })

  it('are one tree though extracted side by side', () => {
    const found = anExport({
      '/Takeout/Google Photos/Trip/a.jpg': 'A',
      '/Takeout 2/Google Photos/Trip/a.jpg.json': sidecar('a.jpg', IN_2018),
    })

    expect(found.entry('/Takeout/Google Photos/Trip/a.jpg').via).toBe('own')
    expect(found.inventory.albums).toHaveLength(1)
  })

  it('need neither Takeout nor root when nothing else is there', () => {
    const found = anExport({
      '/Photos from 2018/a.jpg': 'A',
      '/Photos from 2018/a.jpg.json': sidecar('a.jpg', IN_2018),
    })

    expect(found.entry('/Photos from 2018/a.jpg').via).toBe('own')
    expect(found.inventory.albums).toEqual([])
  })
})

describe('year folders in an unknown language', () => {
  it('are recognised by their pattern, with the years of their photos', () => {
    const found = anExport({
      'Nuotraukos iš 2018/a.jpg': 'A',
      'Nuotraukos iš 2018/a.jpg.json': sidecar('a.jpg', IN_2018),
      'Nuotraukos iš 2019/b.jpg': 'B',
      'Nuotraukos iš 2019/b.jpg.json': sidecar('b.jpg', IN_2019),
    })

    expect(found.inventory.albums).toEqual([])
  })

  it('are not assumed from one album with a year, an album file, or photos of other years', () => {
    const one = anExport({
      'Italy 2018/a.jpg': 'A',
      'Italy 2018/a.jpg.json': sidecar('a.jpg', IN_2018),
    })
    const titled = anExport({
      'Italy 2018/a.jpg': 'A',
      'Italy 2018/a.jpg.json': sidecar('a.jpg', IN_2018),
      'Italy 2018/metadata.json': { title: 'Italy 2018' },
      'Italy 2019/b.jpg': 'B',
      'Italy 2019/b.jpg.json': sidecar('b.jpg', IN_2018),
    })

    expect(one.inventory.albums).toHaveLength(1)
    expect(titled.inventory.albums).toHaveLength(2)
  })
})

describe('special folders', () => {
  it('set their flag, with or without sidecars', () => {
    const found = anExport({
      'Trash/a.jpg': 'A',
      'Archive/b.jpg': 'B',
      'Archive/b.jpg.json': sidecar('b.jpg', IN_2018, { archived: true }),
      'Locked Folder/c.jpg': 'C',
      'Failed Videos/d.mp4': 'D',
    })

    expect(found.item('Trash/a.jpg').trashed).toBe(true)
    expect(found.item('Archive/b.jpg').archived).toBe(true)
    expect(found.item('Locked Folder/c.jpg').locked).toBe(true)
    expect(found.item('Failed Videos/d.mp4')).toBeDefined()
    expect(found.inventory.albums).toEqual([])
  })

  it('may be albums that a user called so', () => {
    const found = anExport({
      'Archive/a.jpg': 'A',
      'Archive/a.jpg.json': sidecar('a.jpg', IN_2018),
      'Trash/b.jpg': 'B',
      'Trash/metadata.json': { title: 'Trash' },
    })

    expect(found.inventory.albums.map(({ title }) => title).sort()).toEqual(['Archive', 'Trash'])
    expect(found.item('Archive/a.jpg').archived).toBe(false)
    expect(found.item('Trash/b.jpg').trashed).toBe(false)
  })
})
