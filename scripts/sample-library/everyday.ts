/**
 * The bulk of a library: ordinary photos, most of them in no album.
 * @module
 */
import { type Camera, PIXEL, REFLEX } from './camera.ts'
import type { Position, Shot } from './model.ts'
import { type Random, randomFrom } from './random.ts'

/** Places with the offset of their wall clock, in winter and in summer. */
const PLACES: { position: Position; winter: string; summer: string }[] = [
  {
    position: { latitude: 52.52, longitude: 13.405, altitude: 34 },
    winter: '+01:00',
    summer: '+02:00',
  },
  {
    position: { latitude: 64.1466, longitude: -21.9426, altitude: 15 },
    winter: '+00:00',
    summer: '+00:00',
  },
  {
    position: { latitude: -34.6037, longitude: -58.3816, altitude: 25 },
    winter: '-03:00',
    summer: '-03:00',
  },
  {
    position: { latitude: 27.7172, longitude: 85.324, altitude: 1400 },
    winter: '+05:45',
    summer: '+05:45',
  },
]

const PEOPLE = ['Anna', 'Jo', 'Oma Käthe', 'Müller, Tim']
const ALBUM_KEYS = ['garden', 'trip', 'best', 'long']

export function everydayShots(camera: Camera, seed: number, count: number): Shot[] {
  const random = randomFrom(seed)
  return Array.from({ length: Math.max(count, 0) }, (_, index) =>
    everydayShot(camera, random, index),
  )
}

function everydayShot(camera: Camera, random: Random, index: number): Shot {
  const { position, winter, summer } = random.pick(PLACES)
  const month = 1 + random.below(12)
  // Days 5 to 24 keep clear of New Year and of the days on which clocks change.
  const date = [2017 + random.below(7), two(month), two(5 + random.below(20))]
  const time = [8 + random.below(12), random.below(60), random.below(60)].map(two)
  const at = `${date.join('-')}T${time.join(':')}${month >= 4 && month <= 10 ? summer : winter}`
  const isPhone = random.below(3) > 0
  const title = isPhone ? `IMG_${date.join('')}_${time.join('')}.jpg` : `IMG_${5000 + index}.JPG`
  return camera.photo(title, {
    at,
    device: isPhone ? PIXEL : REFLEX,
    ...(isPhone ? { position, origin: 'mobileUpload' } : {}),
    albums: random.below(4) === 0 ? [random.pick(ALBUM_KEYS)] : [],
    people: random.below(3) === 0 ? [random.pick(PEOPLE)] : [],
    favorite: random.below(12) === 0,
  })
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
