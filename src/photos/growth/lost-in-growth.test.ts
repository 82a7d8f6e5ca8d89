import { describe, expect, it } from 'vitest'
import type { ArrivingItem, KeptItem, Library } from './library.ts'
import { firstLost } from './lost-in-growth.ts'

const file = (sha256: string, path: string) => ({ sha256, path, bytes: 1, role: 'original' })
const item = (id: string, ...files: object[]) => ({ id, title: id, files, albums: [] })
const libraryOf = (...items: object[]): Library => ({ items: items as KeptItem[], albums: [] })
const arriving = (...items: object[]) => items as ArrivingItem[]

const BOTH = [file('aa', '/photos/2021/07/a.jpg'), file('bb', '/photos/2021/07/b.jpg')]

describe('a library that grew', () => {
  it('has lost nothing when every file is where it was, whatever item it is in', () => {
    const before = libraryOf(item('1', ...BOTH))
    const after = libraryOf(item('1', BOTH[0]!), item('2', BOTH[1]!))

    expect(firstLost(before, [], after)).toBeUndefined()
  })

  it('has lost a file that no item has any more', () => {
    const before = libraryOf(item('1', ...BOTH))

    expect(firstLost(before, [], libraryOf(item('1', BOTH[0]!)))).toBe('/photos/2021/07/b.jpg')
  })

  it('has lost a file whose bytes lie elsewhere now: paths never change', () => {
    const moved = file('bb', '/photos/2022/b.jpg')
    const before = libraryOf(item('1', ...BOTH))

    expect(firstLost(before, [], libraryOf(item('1', BOTH[0]!, moved)))).toBe(BOTH[1]!.path)
  })

  it('has lost what came and is nowhere', () => {
    const came = arriving(item('2', file('cc', 'Takeout/c.jpg')))

    expect(firstLost(libraryOf(), came, libraryOf())).toBe('Takeout/c.jpg')
    expect(firstLost(libraryOf(), came, libraryOf(...came))).toBe('Takeout/c.jpg')
    expect(firstLost(libraryOf(), came, libraryOf(item('2', file('cc', '/x'))))).toBeUndefined()
  })
})
