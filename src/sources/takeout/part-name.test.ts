import { expect, test } from 'vitest'
import { finishedName, isArchiveName, parsePartName } from './part-name.ts'

const id = 'takeout-20240102T030405Z'

test.for([
  { name: `takeout-${id}-001.zip`, tells: { exportId: id, number: 1 } },
  { name: `takeout-${id}-3-012.tgz`, tells: { exportId: id, group: 3, number: 12 } },
  { name: `takeout-${id}-1234.zip`, tells: { exportId: id, number: 1234 } },
  { name: `takeout-${id}-001 (1).zip`, tells: { exportId: id, number: 1 } },
  { name: `takeout-${id}-2-001 - Copy.zip`, tells: { exportId: id, group: 2, number: 1 } },
  { name: `Copy of TAKEOUT-${id.toLowerCase()}-002.ZIP`, tells: { exportId: id, number: 2 } },
  {
    name: 'takeout-20240102T1994402Z-001.zip',
    tells: { exportId: 'takeout-20240102T1994402Z', number: 1 },
  },
  { name: `takeout-${id}.zip`, tells: { exportId: id } },
  { name: 'my photos.zip', tells: undefined },
])('$name tells $tells', ({ name, tells }) => {
  expect(parsePartName(name)).toEqual(tells)
})

test('archives are known by their extension in any case', () => {
  const names = ['a.zip', 'a.ZIP', 'a.tgz', 'a.tar.gz', 'a.tar', 'a.jpg', 'zip']

  expect(names.filter(isArchiveName)).toEqual(['a.zip', 'a.ZIP', 'a.tgz', 'a.tar.gz', 'a.tar'])
})

test('an unfinished download is known, another temporary file is not', () => {
  expect(finishedName(`takeout-${id}-001.zip.crdownload`)).toBe(`takeout-${id}-001.zip`)
  expect(finishedName(`takeout-${id}-001.part`)).toBe(`takeout-${id}-001`)
  expect(finishedName('film.mp4.part')).toBeUndefined()
  expect(finishedName('photos.zip')).toBeUndefined()
})
