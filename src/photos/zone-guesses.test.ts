import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TakenAt } from './library.ts'
import { type Dated, guessZones, withoutGuess } from './zone-guesses.ts'

const SECOND = { precision: 'second', source: 'sidecar' } as const
const CAMERA = 'Canon EOS 70D'

const knowing = (local: string, offset: string, more: Partial<Dated> = {}): Dated => {
  const instant = `${new Date(`${local}${offset}`).toISOString().slice(0, 19)}Z`
  const taken: TakenAt = { instant, local, offset, ...SECOND, zoneFrom: 'place' }
  return { camera: CAMERA, partner: false, taken, ...more }
}
const asking = (taken: Partial<TakenAt>, more: Partial<Dated> = {}): Dated => ({
  camera: CAMERA,
  partner: false,
  taken: { ...SECOND, zoneFrom: 'unknown', ...taken },
  ...more,
})

function guess(item: Dated, ...others: Dated[]): TakenAt | undefined {
  guessZones([...others, item])
  return item.taken
}

describe('a photo without a zone', () => {
  it('has that of the nearest photo of its camera', () => {
    const found = guess(
      asking({ instant: '2021-07-02T10:00:00Z' }),
      knowing('2021-07-01T12:00:00', '+09:00'),
      knowing('2021-07-03T09:00:00', '+02:00'),
    )

    expect(found).toMatchObject({
      local: '2021-07-02T12:00:00',
      offset: '+02:00',
      zoneFrom: 'neighbours',
      guessed: 'local',
    })
  })

  it('gets an instant when all it has is a wall clock', () => {
    const found = guess(
      asking({ local: '2021-07-02T10:00:00', source: 'embedded' }),
      knowing('2021-07-01T12:00:00', '+09:00'),
    )

    expect(found).toMatchObject({ instant: '2021-07-02T01:00:00Z', guessed: 'instant' })
  })

  it('has the usual one of the season when no such photo is near', () => {
    const found = guess(
      asking({ instant: '2019-08-02T10:00:00Z' }),
      knowing('2020-01-01T12:00:00', '+01:00'),
      knowing('2020-01-02T12:00:00', '+01:00'),
      knowing('2020-07-02T12:00:00', '+09:00'),
      knowing('2021-07-01T12:00:00', '+02:00'),
      knowing('2022-07-01T12:00:00', '+02:00'),
    )

    expect(found).toMatchObject({ offset: '+02:00', zoneFrom: 'home' })
  })

  it('is not told by photos of other cameras, or of other people', () => {
    const others = { partner: true, origin: 'fromPartnerSharing' }
    const found = guess(
      asking({ instant: '2021-07-02T10:00:00Z' }, { camera: 'Leica' }),
      knowing('2021-07-02T12:00:00', '+09:00'),
      knowing('2021-07-02T12:00:00', '+09:00', others),
      knowing('2021-07-02T13:00:00', '+09:00', others),
    )

    expect(found).toEqual({ instant: '2021-07-02T10:00:00Z', ...SECOND, zoneFrom: 'unknown' })
  })

  it('was on the phone that uploaded it, if no camera is named', () => {
    const phone = { origin: 'mobileUpload' }
    const { camera: _, ...screenshot } = asking({ instant: '2021-07-02T10:00:00Z' }, phone)

    const found = guess(screenshot, knowing('2021-07-02T12:00:00', '+09:00', phone))

    expect(found).toMatchObject({ offset: '+09:00', zoneFrom: 'neighbours' })
  })

  it('stays without when its time is that of the upload, or known to the day only', () => {
    const known = knowing('2021-07-02T12:00:00', '+09:00')
    const upload = asking({ instant: '2021-07-02T10:00:00Z', source: 'upload' })
    const day = asking({ local: '2021-07-02', precision: 'day' })
    delete day.taken!.zoneFrom

    expect(guess(upload, known)).not.toHaveProperty('offset')
    expect(guess(day, known)).not.toHaveProperty('offset')
  })
})

describe('guesses', () => {
  const offsets = fc.constantFrom('-05:00', '+00:00', '+02:00', '+05:45')
  const locals = fc
    .integer({ min: 1_500_000_000, max: 1_510_000_000 })
    .map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 19))
  const cameras = fc.constantFrom('A', 'B')
  const items = fc.array(
    fc.oneof(
      fc.tuple(locals, offsets, cameras).map(([l, o, camera]) => knowing(l, o, { camera })),
      fc.tuple(locals, cameras).map(([local, camera]) => asking({ local }, { camera })),
      fc.tuple(locals, cameras).map(([l, camera]) => asking({ instant: `${l}Z` }, { camera })),
    ),
    { maxLength: 30 },
  )

  it('are the same whatever the order, and whatever was guessed before', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 0, max: 29 }), (photos, cut) => {
        const [inOrder, turned] = [structuredClone(photos), structuredClone(photos)]
        guessZones(inOrder)
        guessZones(turned.slice(cut))
        guessZones([...turned].reverse())

        expect(turned).toEqual(inOrder)
      }),
    )
  })

  it('never change what a photo tells itself, and can be taken back', () => {
    fc.assert(
      fc.property(items, (photos) => {
        const before = structuredClone(photos)
        guessZones(photos)

        expect(photos.map(({ taken }) => withoutGuess(taken!))).toEqual(
          before.map(({ taken }) => taken),
        )
      }),
    )
  })
})
