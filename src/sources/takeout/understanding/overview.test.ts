import { describe, expect, it } from 'vitest'
import { overviewPage } from '../../../../test/support/overview-page.ts'
import { utf8 } from '../../../util/bytes.ts'
import { readOverview } from './overview.ts'

describe('the overview page of an export', () => {
  it('tells how many files there are, and each of them by name', () => {
    const page = overviewPage({
      'Google Photos': ['Photos from 2020/a.jpg', 'Photos from 2020/b & c.jpg', 'Trip/d.jpg'],
      Drive: ['Docs/e.txt'],
    })

    expect(readOverview(page)).toEqual({
      otherProducts: ['Drive'],
      parts: [],
      photos: {
        files: 3,
        size: '1.2 GB',
        listed: ['Photos from 2020/a.jpg', 'Photos from 2020/b & c.jpg', 'Trip/d.jpg'],
      },
    })
  })

  it('is understood in the language of the account', () => {
    const { photos } = readOverview(overviewPage({ 'Google Fotos': ['Fotos von 2021/ä.jpg'] }))

    expect(photos?.listed).toEqual(['Fotos von 2021/ä.jpg'])
  })

  it('may have names decomposed, and blanks around them', () => {
    const { photos } = readOverview(overviewPage({ 'Google Photos': [' Tri\u0301p / a.jpg '] }))

    expect(photos?.listed).toEqual(['Tr\u00edp/a.jpg'])
  })

  it('of older make names products only', () => {
    const page =
      '<h1 class="data-folder-name" data-english-name="LOCATION_HISTORY" data-folder-name="Standortverlauf">' +
      '<h1 class="data-folder-name" data-english-name="PHOTOS" data-folder-name="Google Fotos">'

    expect(readOverview(utf8(page))).toEqual({
      otherProducts: ['Standortverlauf'],
      parts: [],
      photos: { listed: [] },
    })
  })

  it('may name the archives', () => {
    const page = utf8('x takeout-20260508T101112Z-3-002.zip, takeout-20260508T101112Z-3-001.zip y')

    expect(readOverview(page).parts).toEqual([
      'takeout-20260508T101112Z-3-001.zip',
      'takeout-20260508T101112Z-3-002.zip',
    ])
  })

  it.each([
    '',
    '<html></html>',
    '<h1>'.repeat(1000),
    '\u0000\ufffd<',
    '9'.repeat(100_000),
    'class="'.repeat(50_000),
  ])('that says nothing is no proof of anything', (page) => {
    expect(readOverview(utf8(page))).toEqual({ otherProducts: [], parts: [] })
  })
})
