import { describe, expect, it, test } from 'vitest'
import {
  cuts,
  readings,
  splitCounter,
  strongCandidates,
  titleFit,
  weakCandidates,
  withoutToken,
} from './names.ts'

/** Sidecar names that the first reading of `media` allows in their regular forms. */
function regularNames(media: string): string[] {
  const [reading] = readings(media)
  return strongCandidates(reading!).map(({ name }) => `${name}${reading!.counter}.json`)
}

describe('sidecar names', () => {
  test.for([
    ['a.jpg', 'a.jpg.supplemental-metadata.json', 'short names are not cut'],
    ['a.jpg', 'a.jpg.json', 'until early 2025 there was no token'],
    ['twenty_one_characters.jpg', 'twenty_one_characters.jpg.supplemental-metadat.json', '25'],
    [
      '0bca7b90-299e-4000-b29a-d97037b18456.jpg',
      '0bca7b90-299e-4000-b29a-d97037b18456.jpg.suppl.json',
      '40',
    ],
    [
      'PXL_20211120_223243932.MOTION-02.ORIGINAL.jpg',
      'PXL_20211120_223243932.MOTION-02.ORIGINAL.jpg..json',
      '45: the dot survives',
    ],
    [
      'abcdefghijklmnopqrstuvwxyz0123456789012345.jpg',
      'abcdefghijklmnopqrstuvwxyz0123456789012345.jpg.json',
      '46',
    ],
    [
      'a_very_long_file_name_for_truncation_tests_x.jpg',
      'a_very_long_file_name_for_truncation_tests_x.j.json',
      '48: inside the extension',
    ],
    [
      'PXL_20240506_142610305.LONG_EXPOSURE-01.COVER.jpg',
      'PXL_20240506_142610305.LONG_EXPOSURE-01.COVER..json',
      '49: its dot',
    ],
    [
      'Screenshot_2022-10-28-09-31-43-118_com.snapchat.jpg',
      'Screenshot_2022-10-28-09-31-43-118_com.snapcha.json',
      '51: one unit less than the stem',
    ],
    ['IMG(1).jpg', 'IMG.jpg.supplemental-metadata(1).json', 'the counter moves to the end'],
    [
      '2025-04-28(3516).jpg',
      '2025-04-28.jpg.supplemental-metadata(3516).json',
      'four digits occur',
    ],
    [
      'PXL_20240827_094331806.PORTRAIT(1).jpg',
      'PXL_20240827_094331806.PORTRAIT.jpg.supplement(1).json',
      'the counter is not cut',
    ],
    [
      'skytree (2).jpg',
      'skytree (2).jpg.supplemental-metadata.json',
      'a number after a space is the title’s',
    ],
    [
      '4f2d1c3e-9b7a-4c55-8e21-0a1b2c3d4e5f_20180704_1530.jpg',
      '4f2d1c3e-9b7a-4c55-8e21-0a1b2c3d4e5f_20180704_1530.jpg.supplemental-metadata.json',
      'some exports cut nothing',
    ],
  ] as const)('%s has %s: %s', ([media, sidecar]) => {
    expect(regularNames(media)).toContain(sidecar)
  })

  it('are not cut for a media name that was not', () => {
    const names = regularNames('4f2d1c3e-9b7a-4c55-8e21-0a1b2c3d4e5f_20180704_1530.jpg')

    expect(names).not.toContain('4f2d1c3e-9b7a-4c55-8e21-0a1b2c3d4e5f_20180704.json')
  })

  it('lack the extension when the title does', () => {
    const names = weakCandidates({ stem: '2013-12-23', extension: '.jpg' }).map(({ name }) => name)

    expect(names).toContain('2013-12-23.supplemental-metadata')
  })

  it('count UTF-16 units, and an emoji at the cut goes either way', () => {
    expect(cuts('ab😀cd', 3)).toEqual(['ab', 'ab😀'])
    expect(cuts('ab😀cd', 4)).toEqual(['ab😀'])
  })

  test.for([
    ['a.jpg.supplemental-metadata', 'a.jpg'],
    ['a.jpg.s', 'a.jpg'],
    ['a.jpg.', 'a.jpg'],
    ['a.jpg', undefined],
    ['a.supper', undefined],
  ] as const)('%s without the token is %s', ([name, bare]) => {
    expect(withoutToken(name)).toBe(bare)
  })

  it('have only their last bracket as counter', () => {
    expect(splitCounter('img_(87).(x).lol.jpg(87)')).toEqual({
      base: 'img_(87).(x).lol.jpg',
      counter: '(87)',
    })
  })
})

describe('a title', () => {
  test.for([
    ['a.jpg', 'a.jpg', 'agrees', 'the same'],
    ['A.JPG', 'a.jpg', 'agrees', 'case is ignored'],
    ['Tom & Jerry?.jpg', 'Tom _ Jerry_.jpg', 'agrees', 'forbidden characters are replaced'],
    ['2013-12-23', '2013-12-23.jpg', 'agrees', 'it has no extension'],
    [
      'Backyard_ceremony_wedding_photography_xxxxxxx_magnolia-371.jpg',
      'Backyard_ceremony_wedding_photography_xxxxxxx_m.jpg',
      'agrees',
      'it was cut',
    ],
    ['IMG_12.jpg', 'IMG_1.jpg', 'differs', 'a beginning is not enough'],
    ['a.HEIC', 'a.jpg', 'differs', 'it names another file'],
    ['', 'a.jpg', 'unknown', 'it is empty'],
  ] as const)('"%s" of %s %s: %s', ([title, media, fit]) => {
    expect(titleFit(title, readings(media)[0]!)).toBe(fit)
  })
})
