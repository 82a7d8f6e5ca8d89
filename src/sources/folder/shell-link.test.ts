import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shortcut } from '../../../test/support/photo-folders.ts'
import { readShortcut, targetOfShortcut } from './shell-link.ts'

const tree = new Map([['ALL_PHOTOS/2019/ä.jpg', 7]])
const has = (path: string) => tree.get(path)
const target = (path: string, link: { relative?: string; absolute?: string }) =>
  targetOfShortcut(path, readShortcut(shortcut(link))!, has)

describe('a Windows shortcut', () => {
  it.each([
    ['by its relative path', { relative: '..\\ALL_PHOTOS\\2019\\ä.jpg' }],
    [
      'by where it lay on the disk it was made on',
      { absolute: 'D:\\out\\ALL_PHOTOS\\2019\\ä.jpg' },
    ],
    [
      'by the second when the first leads nowhere',
      {
        relative: '.\\gone.jpg',
        absolute: 'D:\\out\\ALL_PHOTOS\\2019\\ä.jpg',
      },
    ],
  ])('leads to its photo %s', (_, link) => {
    expect(target('Summer/ä.jpg.lnk', link)).toBe(7)
  })

  it.each([
    ['outside of the tree', { relative: '..\\..\\ALL_PHOTOS\\2019\\ä.jpg' }],
    ['to a photo that only has the same name', { absolute: 'C:\\other\\ä.jpg' }],
    ['nowhere', {}],
  ])('is not followed %s', (_, link) => {
    expect(target('Summer/ä.jpg.lnk', link)).toBeUndefined()
  })

  it('that is torn or forged does no harm', () => {
    const whole = shortcut({ relative: 'a', absolute: 'C:\\b\\c' })
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
        const bytes = Buffer.from(whole.subarray(0, end))
        if (at < bytes.length) bytes[at] = byte

        expect(() => readShortcut(bytes)).not.toThrow()
      }),
    )
  })
})
