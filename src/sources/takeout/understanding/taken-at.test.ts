import { describe, expect, it, test } from 'vitest'
import { parseInstant } from '../../../photos/zones.ts'
import { type TimeSources, takenAt } from './taken-at.ts'

const INSTANT = parseInstant('2019-06-06T11:23:31Z')!

function taken(sources: Partial<TimeSources>) {
  return takenAt({ isVideo: false, names: [], notAfter: Infinity, ...sources })
}

describe('when a photo was taken', () => {
  test.for([
    ['the sidecar', { takenSeconds: INSTANT }, 'sidecar'],
    ['the file', { facts: { takenLocal: '2018-01-01T10:00:00' } }, 'embedded'],
    ['its name', { names: ['IMG_20170102_030405.jpg'] }, 'name'],
    ['the upload', { uploadedSeconds: INSTANT }, 'upload'],
    ['the folder', { folderYear: 2015 }, 'folder'],
  ] as const)('is told by %s when nothing better is known', ([, known, source]) => {
    const worse = [
      { names: ['IMG_20170102_030405.jpg'] },
      { uploadedSeconds: 1 },
      { folderYear: 1 },
    ]
    const rank = ['name', 'upload', 'folder'].indexOf(source)

    expect(taken(Object.assign({}, ...worse.slice(rank + 1), known))?.source).toBe(source)
  })

  it('is unknown when nothing tells', () => {
    expect(taken({ names: ['IMG_1.jpg'] })).toBeUndefined()
  })

  it('is the instant alone when no zone is known', () => {
    expect(taken({ takenSeconds: INSTANT })).toEqual({
      instant: '2019-06-06T11:23:31Z',
      precision: 'second',
      source: 'sidecar',
      confidence: 'high',
      zoneFrom: 'unknown',
    })
  })

  test.for([
    [{ takenLocal: '2019-06-06T13:23:31', takenOffset: '+02:00' }, '+02:00', 'the file says it'],
    [{ takenLocal: '2019-06-06T13:23:30' }, '+02:00', 'its clock implies it'],
    [{ takenLocal: '2019-06-06T17:08:31' }, '+05:45', 'Nepal'],
    [{ takenLocal: '2001-01-01T00:00:00' }, undefined, 'the clock was reset'],
    [{ takenLocal: '2016-01-26T24:48:30' }, undefined, 'the clock is broken'],
  ] as const)('has of %j the offset %s: %s', ([facts, offset]) => {
    const found = taken({ takenSeconds: INSTANT, facts })

    expect(found?.instant).toBe('2019-06-06T11:23:31Z')
    expect(found?.offset).toBe(offset)
  })

  it('has the offset that the wall clock in its name implies', () => {
    const found = taken({ takenSeconds: INSTANT, names: ['VID_20190606_142331.mp4'] })

    expect(found).toMatchObject({ local: '2019-06-06T14:23:31', offset: '+03:00' })
  })

  it('has no offset from a name that is UTC', () => {
    const found = taken({ takenSeconds: INSTANT, names: ['PXL_20190606_112331000.jpg'] })

    expect(found?.offset).toBeUndefined()
  })

  it('is a wall clock when the file says no more', () => {
    expect(taken({ facts: { takenLocal: '2019-06-06T13:23:31' } })).toEqual({
      local: '2019-06-06T13:23:31',
      precision: 'second',
      source: 'embedded',
      confidence: 'medium',
      zoneFrom: 'unknown',
    })
  })

  it('gets its zone from a GPS fix, which may be minutes old', () => {
    const facts = { takenLocal: '2019-06-06T13:23:31', gpsInstant: '2019-06-06T11:21:00Z' }

    expect(taken({ facts })).toMatchObject({ instant: '2019-06-06T11:23:31Z', offset: '+02:00' })
  })

  it('of a video is its header’s, unless that is the wall clock of its name', () => {
    const facts = { quickTimeInstant: '2019-06-06T11:23:31Z' }
    const phone = taken({ facts, isVideo: true, names: ['VID_20190606_142331.mp4'] })
    const camera = taken({ facts, isVideo: true, names: ['VID_20190606_112331.mp4'] })

    expect(phone).toMatchObject({ instant: '2019-06-06T11:23:31Z', offset: '+03:00' })
    expect(camera).toEqual({
      local: '2019-06-06T11:23:31',
      precision: 'second',
      source: 'embedded',
      confidence: 'medium',
      zoneFrom: 'unknown',
    })
  })

  it('of a video is not the zero of its clock, nor later than the export', () => {
    const zero = taken({ takenSeconds: -2_082_844_800, isVideo: true })
    const later = taken({
      facts: { quickTimeInstant: '2036-01-01T00:00:00Z' },
      isVideo: true,
      notAfter: parseInstant('2024-01-01T00:00:00Z')!,
    })

    expect([zero, later]).toEqual([undefined, undefined])
  })

  it('may be long before 1970', () => {
    expect(taken({ takenSeconds: -144_633_600 })?.instant).toBe('1965-06-02T00:00:00Z')
  })

  it('is as precise as its source', () => {
    expect(taken({ names: ['IMG-20190203-WA0026.jpg'] })).toEqual({
      local: '2019-02-03',
      precision: 'day',
      source: 'name',
      confidence: 'medium',
    })
    expect(taken({ folderYear: 2019 })).toEqual({
      local: '2019',
      precision: 'year',
      source: 'folder',
      confidence: 'low',
    })
  })
})

const MOSCOW = { latitude: 55.75, longitude: 37.6 }
const MUNICH = { latitude: 48.1, longitude: 11.5 }

describe('the zone of a photo', () => {
  it('is that of its place, by the rules of that day, and the local year follows', () => {
    const newYear = parseInstant('2016-12-31T21:30:00Z')!

    expect(taken({ takenSeconds: newYear, place: MOSCOW })).toMatchObject({
      instant: '2016-12-31T21:30:00Z',
      local: '2017-01-01T00:30:00',
      offset: '+03:00',
      zone: 'Europe/Moscow',
      zoneFrom: 'place',
    })
  })

  test.for([
    ['place', { place: MUNICH }, '+02:00'],
    ['written', { facts: { takenOffset: '+05:00' } }, '+05:00'],
    ['clock', { facts: { takenLocal: '2019-06-06T17:23:31' } }, '+06:00'],
    ['clip', { companions: [{}, { takenOffset: '+07:00' }] }, '+07:00'],
    ['unknown', {}, undefined],
  ] as const)('is told by the %s before anything worse', ([zoneFrom, known, offset]) => {
    const all: Partial<TimeSources>[] = [
      { place: MUNICH },
      { facts: { takenOffset: '+05:00' } },
      { facts: { takenLocal: '2019-06-06T17:23:31' } },
      { companions: [{ takenOffset: '+07:00' }] },
    ]
    const rank = ['place', 'written', 'clock', 'clip', 'unknown'].indexOf(zoneFrom)
    const worse = Object.assign({}, ...all.slice(rank + 1), known)

    expect(taken({ takenSeconds: INSTANT, ...worse })).toMatchObject({ zoneFrom })
    expect(taken({ takenSeconds: INSTANT, ...worse })?.offset).toBe(offset)
  })

  it('of the place makes an instant of a wall clock', () => {
    const found = taken({ facts: { takenLocal: '2019-06-06T13:23:31' }, place: MUNICH })

    expect(found).toMatchObject({ instant: '2019-06-06T11:23:31Z', confidence: 'high' })
  })

  it('is not that of the place when only the upload is known', () => {
    expect(taken({ uploadedSeconds: INSTANT, place: MUNICH })).toEqual({
      instant: '2019-06-06T11:23:31Z',
      precision: 'second',
      source: 'upload',
      confidence: 'low',
      zoneFrom: 'unknown',
    })
  })
})

describe('what the clock of the file adds', () => {
  const file = (takenLocal: string) =>
    taken({ takenSeconds: INSTANT, facts: { takenLocal, subSeconds: '123' } })

  it('is the fraction of the second, where it says the same time', () => {
    expect(file('2019-06-06T13:23:31')).toMatchObject({ subSeconds: '123', confidence: 'high' })
  })

  it('is its own time, where it says quite another one', () => {
    const found = file('2001-01-01T00:00:10')

    expect(found).toMatchObject({ embedded: '2001-01-01T00:00:10', confidence: 'medium' })
    expect(found).not.toHaveProperty('subSeconds')
  })

  it('is its own time, where the clock was not set to the place; the instant is not in doubt', () => {
    const facts = { takenLocal: '2019-06-06T07:23:31', subSeconds: '5' }

    expect(taken({ takenSeconds: INSTANT, place: MUNICH, facts })).toMatchObject({
      local: '2019-06-06T13:23:31',
      embedded: '2019-06-06T07:23:31',
      subSeconds: '5',
      confidence: 'high',
    })
  })

  it('is nothing where the clocks differ by seconds only', () => {
    const found = file('2019-06-06T13:23:51')

    expect(found).not.toHaveProperty('subSeconds')
    expect(found).not.toHaveProperty('embedded')
  })
})
