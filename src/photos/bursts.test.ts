import { describe, expect, it, test } from 'vitest'
import { burstOfName } from './bursts.ts'

describe('pictures of one burst', () => {
  test.for([
    ['00015IMG_00015_BURST20171111030039_COVER.jpg', '00016IMG_00016_BURST20171111030039.jpg'],
    ['DSC_0052_BURST20230709220904977_COVER.JPG', 'DSC_0001_BURST20230709220904977.JPG'],
    ['00001IMG_00001_BURST1723801037429_COVER.jpg', '00002IMG_00002_BURST1723801037429.jpg'],
    ['IMG_20231014_183246_BURST001_COVER.jpg', 'IMG_20231014_183246_BURST002.jpg'],
    [
      'PXL_20240506_142610305.LONG_EXPOSURE-01.COVER.jpg',
      'PXL_20240506_142610305.LONG_EXPOSURE-02.ORIGINAL.jpg',
    ],
    ['PXL_20211120_223243932.MOTION-01.COVER.jpg', 'PXL_20211120_223243932.MOTION-02.ORIGINAL.jpg'],
    [
      'PXL_20240615_204528165.NIGHT.RAW-01.COVER.jpg',
      'PXL_20240615_204528165.NIGHT.RAW-02.ORIGINAL.dng',
    ],
    ['PXL_20240615_204528165.RAW-01.MP.COVER.jpg', 'PXL_20240615_204528165.RAW-02.ORIGINAL.dng'],
  ] as const)('%s stands for %s', ([cover, other]) => {
    expect(burstOfName(cover)).toMatchObject({ isCover: true })
    expect(burstOfName(other)).toMatchObject({ isCover: false, key: burstOfName(cover)!.key })
  })

  it('may have no cover', () => {
    const names = ['20231207_101605_001.jpg', '20231207_101605_031.jpg']

    expect(names.map((name) => burstOfName(name))).toEqual([
      { key: '20231207_101605', isCover: false },
      { key: '20231207_101605', isCover: false },
    ])
  })

  test.for([
    'IMG_1234.jpg',
    'IMG_20210921_144423_783.jpg',
    'PXL_20241231_151646544.MP.jpg',
    '20231207_101605.jpg',
    'BURST.jpg',
  ])('do not include %s', (name) => {
    expect(burstOfName(name)).toBeUndefined()
  })
})
