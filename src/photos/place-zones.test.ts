import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { offsetInZone, offsetOfLocal, zoneOfPlace } from './place-zones.ts'
import { formatOffset, parseInstant, parseLocal } from './zones.ts'

const offsetAt = (latitude: number, longitude: number, instant: string) =>
  formatOffset(offsetInZone(zoneOfPlace(latitude, longitude)!, parseInstant(instant)!)!)

describe('the zone of a place', () => {
  test.for([
    ['Munich in summer', 48.1, 11.5, '2021-07-01T10:00:00Z', '+02:00'],
    ['Munich in winter', 48.1, 11.5, '2021-01-01T10:00:00Z', '+01:00'],
    ['Moscow in 2012', 55.75, 37.6, '2012-01-01T00:00:00Z', '+04:00'],
    ['Moscow in 2016', 55.75, 37.6, '2016-12-31T21:30:00Z', '+03:00'],
    ['Samoa before it jumped over the date line', -13.8, -171.7, '2011-12-01T00:00:00Z', '-10:00'],
    ['Samoa after it', -13.8, -171.7, '2012-01-05T00:00:00Z', '+14:00'],
    ['Kathmandu', 27.7, 85.3, '2020-01-01T00:00:00Z', '+05:45'],
    ['Berlin before there was a standard time', 52.5, 13.4, '1880-01-01T00:00:00Z', '+00:53'],
    ['the middle of the Atlantic', 0.1, -30, '2020-01-01T00:00:00Z', '-02:00'],
    ['the north pole', 90, 0, '2020-01-01T00:00:00Z', '+00:00'],
  ] as const)('of %s gives the clocks of that day', ([, latitude, longitude, instant, offset]) => {
    expect(offsetAt(latitude, longitude, instant)).toBe(offset)
  })

  it('is unknown for what is no place on earth, and its clocks for a zone nobody knows', () => {
    expect(zoneOfPlace(91, 0)).toBeUndefined()
    expect(offsetInZone('Mars/Olympus', 0)).toBeUndefined()
  })
})

describe('a wall clock in a zone', () => {
  test.for([
    ['2021-03-28T01:59:59', '+01:00', 'before the change'],
    ['2021-03-28T02:30:00', '+01:00', 'in the hour that is left out'],
    ['2021-03-28T03:00:00', '+02:00', 'after it'],
    ['2021-10-31T02:30:00', '+02:00', 'in the hour that comes twice'],
    ['2021-10-31T03:00:00', '+01:00', 'after that'],
  ] as const)('%s in Berlin is at %s: %s', ([local, offset]) => {
    expect(formatOffset(offsetOfLocal('Europe/Berlin', parseLocal(local)!)!)).toBe(offset)
  })

  it('leads back to the instant it was made of, but for the hour that comes twice', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia']
    const instants = fc.integer({ min: 0, max: 2_000_000_000 })

    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, instant) => {
        const local = instant + offsetInZone(zone, instant)!
        const back = local - offsetOfLocal(zone, local)!

        expect(back).toBeLessThanOrEqual(instant)
        expect(back + offsetInZone(zone, back)!).toBe(local)
      }),
    )
  })
})
