/**
 * The sample library: a few years of one family's photos, with one of everything that makes
 * Takeout hard. `firstLibrary` is what the first export shows, `laterLibrary` the same owner
 * a year and a half later.
 * @module
 */
import { Camera, IPHONE, PIXEL, REFLEX } from './camera.ts'
import { everydayShots } from './everyday.ts'
import type { Library, SampleAlbum, Shot } from './model.ts'

const FLORENCE = { latitude: 43.7696, longitude: 11.2558, altitude: 50 }
const LISBON = { latitude: 38.7223, longitude: -9.1393, altitude: 12.5 }
const TOKYO = { latitude: 35.6586, longitude: 139.7454, altitude: 151 }

/** 46 UTF-16 units, all that a sidecar's name has room for. */
const WAVES = '🌊'.repeat(23)

const ALBUMS: SampleAlbum[] = [
  album('tuscany', 'Summer in Tuscany / 2021', '2021-07-03', 'Two weeks, one car, no plan.'),
  album('garden', "Oma's garden", '2020-05-10'),
  album('trip', 'Trip', '2019-06-08'),
  album('other-trip', 'Trip', '2022-10-05'),
  album('best', 'Best of 2023 🎉', '2023-12-01'),
  album('untitled', '', '2022-03-03'),
  album('long', 'Grandfather and the boat he built in the shed behind the house', '2021-08-20'),
]

function album(key: string, title: string, date: string, description?: string): SampleAlbum {
  return { key, title, date: Date.parse(date) / 1000, ...(description ? { description } : {}) }
}

export function firstLibrary(seed: number, items: number): Library {
  const camera = new Camera(seed)
  const special = [
    ...phonePhotos(camera),
    ...twoFilePhotos(camera),
    ...oddNames(camera),
    ...markedPhotos(camera),
    ...damages(camera),
  ]
  const existing = special.filter((shot) => shot.files.length > 0).length
  return { shots: [...special, ...everydayShots(camera, seed, items - existing)], albums: ALBUMS }
}

function phonePhotos(camera: Camera): Shot[] {
  const inTuscany = {
    device: PIXEL,
    position: FLORENCE,
    albums: ['tuscany'],
    origin: 'mobileUpload',
  }
  return [
    camera.photo('IMG_20210704_093012.jpg', {
      ...inTuscany,
      at: '2021-07-04T09:30:12+02:00',
      description: 'The bridge before everybody woke up.\nAnna found the baker.',
      people: ['Anna', 'Jo'],
      favorite: true,
    }),
    camera.photo('IMG_20210705_181530.jpg', {
      ...inTuscany,
      at: '2021-07-05T18:15:30+02:00',
      people: ['Jo'],
      positionInFileOnly: true,
    }),
    camera.film('VID_20210706_201000.mp4', { ...inTuscany, at: '2021-07-06T20:10:00+02:00' }),
    camera.film('IMG_0815.MOV', {
      at: '2022-10-05T11:00:00+09:00',
      device: IPHONE,
      position: TOKYO,
    }),
    camera.screenshot('Screenshot_20230514-094122.png', {
      at: '2023-05-14T09:41:22+02:00',
      origin: 'mobileUpload',
      deviceFolder: 'Screenshots',
    }),
    camera.photo('IMG-20190203-WA0026.jpg', {
      at: '2019-02-03T15:20:00+01:00',
      origin: 'mobileUpload',
      deviceFolder: 'WhatsApp Images',
    }),
    camera.animation('IMG_20230601-ANIMATION.gif', { at: '2023-06-01T12:00:00+02:00' }),
  ]
}

function twoFilePhotos(camera: Camera): Shot[] {
  return [
    camera.livePhoto('IMG_1001.HEIC', 'IMG_1001.MP4', {
      at: '2022-10-05T08:12:00+09:00',
      position: TOKYO,
      albums: ['other-trip'],
    }),
    camera.livePhoto('IMG_1002.JPG', 'IMG_1002.MOV', {
      at: '2022-10-06T09:00:05+09:00',
      position: TOKYO,
    }),
    camera.motionPhoto('PXL_20230510_120000123.MP.jpg', 'PXL_20230510_120000123.MP', {
      at: '2023-05-10T14:00:00+02:00',
      albums: ['best'],
    }),
    camera.edit(
      camera.photo('IMG_2001.jpg', {
        at: '2022-04-01T10:00:00+02:00',
        device: PIXEL,
        albums: ['best'],
      }),
      '-edited',
      '.jpg',
    ),
    camera.edit(
      camera.photo('Geburtstag.JPG', {
        at: '2020-05-11T16:00:00+02:00',
        device: REFLEX,
        albums: ['garden'],
      }),
      '-bearbeitet',
      '.JPG',
    ),
    // The stem leaves room for `-e` only, and for nothing at all.
    camera.edit(
      camera.photo('Sunset above the bay, from the old lighthouse.jpg', {
        at: '2022-08-01T20:45:00+01:00',
        device: PIXEL,
        position: LISBON,
      }),
      '-edited',
      '.jpg',
    ),
    camera.edit(
      camera.photo('original_5b0c2d6e-7a41-4f7e-9c55-2b1f5a7d9e33_P.jpg', {
        at: '2018-09-09T09:09:09+02:00',
      }),
      '-edited',
      '.jpg',
    ),
  ]
}

function oddNames(camera: Camera): Shot[] {
  const title = 'Screenshot_2023-05-14-09-41-22-123_com.example.reader.library'
  return [
    // The same camera counter came round twice in a year: IMG_0001.jpg and IMG_0001(1).jpg.
    camera.photo('IMG_0001.jpg', {
      at: '2019-06-08T10:00:00+02:00',
      device: REFLEX,
      albums: ['trip'],
    }),
    camera.photo('IMG_0001.jpg', {
      at: '2019-11-20T15:30:00+01:00',
      device: REFLEX,
      albums: ['trip'],
    }),
    camera.photo('harbour (2).jpg', { at: '2019-06-09T10:00:00+02:00', device: REFLEX }),
    // Names whose sidecars are cut: inside the token, at its dot, inside the extension.
    camera.photo('PXL_20211120_223243932.NIGHT.jpg', {
      at: '2021-11-20T23:32:43+01:00',
      device: PIXEL,
    }),
    camera.photo('PXL_20211120_223243932.MOTION-02.ORIGINAL.jpg', {
      at: '2021-11-20T23:33:43+01:00',
      device: PIXEL,
    }),
    camera.photo('13039_1234567890123456_2721483647213998123_n.jpg', {
      at: '2016-02-14T19:00:00+01:00',
    }),
    camera.photo(`${title}.jpg`, { at: '2023-05-14T09:42:00+02:00' }),
    camera.photo(`${title}.page-2.jpg`, { at: '2023-05-14T09:43:00+02:00' }),
    camera.photo('2013-12-23', { at: '2013-12-23T18:30:00+01:00', device: REFLEX }),
    camera.photo("Jo & Anna: 100% 'happy'?.jpg", {
      at: '2020-06-01T12:00:00+02:00',
      device: PIXEL,
    }),
    camera.photo('27/06/12 - 1.jpg', { at: '2012-06-27T12:00:00+02:00', device: REFLEX }),
    camera.photo('🎂🎂🎂 Jo wird sechs.jpg', {
      at: '2022-03-03T15:00:00+01:00',
      device: PIXEL,
      albums: ['untitled'],
    }),
    camera.photo(WAVES, {
      at: '2022-08-02T11:00:00+01:00',
      device: PIXEL,
      position: LISBON,
    }),
    camera.photo('Übernachtung im Zelt.jpg', {
      at: '2021-08-20T21:00:00+02:00',
      device: PIXEL,
      decomposedName: true,
      albums: ['long'],
    }),
    camera.photo('桜の木.jpg', {
      at: '2022-04-05T09:00:00+09:00',
      device: IPHONE,
      position: TOKYO,
    }),
  ]
}

function markedPhotos(camera: Camera): Shot[] {
  return [
    camera.photo('IMG_3001.jpg', {
      at: '2022-01-10T10:00:00+01:00',
      device: PIXEL,
      archived: true,
    }),
    camera.photo('IMG_3002.jpg', { at: '2023-10-11T10:00:00+02:00', device: PIXEL, trashed: true }),
    camera.photo('IMG_3003.jpg', {
      at: '2022-01-12T10:00:00+01:00',
      device: IPHONE,
      origin: 'fromPartnerSharing',
      people: ['Anna'],
    }),
    camera.photo('IMG_3004.jpg', {
      at: '2021-07-07T10:00:00+02:00',
      device: IPHONE,
      origin: 'fromSharedAlbum',
      albums: ['tuscany'],
      onlyInAlbums: true,
    }),
    camera.photo('scan of grandfather.jpg', {
      at: '1965-06-15T12:00:00+01:00',
      description: 'Grandfather, launching day',
      albums: ['long'],
      origin: 'webUpload',
    }),
  ]
}

/** What goes wrong in real exports: a sidecar cut short, one without its photo, a photo without. */
function damages(camera: Camera): Shot[] {
  const lost = camera.photo('IMG_20200814_101010.jpg', { at: '2020-08-14T10:10:10+02:00' })
  return [
    camera.photo('IMG_20200801_080000.jpg', {
      at: '2020-08-01T08:00:00+02:00',
      device: PIXEL,
      sidecar: 'broken',
    }),
    camera.photo('IMG_20200802_090000.jpg', {
      at: '2020-08-02T09:00:00+02:00',
      device: PIXEL,
      sidecar: 'missing',
    }),
    { ...lost, files: [] },
  ]
}

/** What happened until the second export. */
export function laterLibrary(seed: number, earlier: Library): Library {
  const camera = new Camera(seed)
  const deleted = earlier.shots.find(({ title }) => title === 'IMG_0001.jpg')
  const kept = earlier.shots
    .filter((shot) => shot !== deleted)
    .map((shot) => grownShot(camera, shot))
  return {
    shots: [...kept, ...newShots(camera)],
    albums: [...earlier.albums, album('beach', 'Beach 2024', '2024-08-10', 'Sand everywhere.')],
  }
}

function grownShot(camera: Camera, shot: Shot): Shot {
  if (shot.title === 'VID_20210706_201000.mp4') return { ...shot, description: 'Fireflies!' }
  if (shot.title === 'IMG_3001.jpg') return camera.edit(shot, '-edited', '.jpg')
  if (shot.title === WAVES) return { ...shot, albums: ['beach'] }
  return shot
}

function newShots(camera: Camera): Shot[] {
  const atBeach = { device: PIXEL, position: LISBON, albums: ['beach'], people: ['Jo'] }
  return [
    camera.photo('PXL_20240810_091500000.jpg', {
      ...atBeach,
      at: '2024-08-10T10:15:00+01:00',
      favorite: true,
    }),
    camera.photo('PXL_20240810_101500000.jpg', { ...atBeach, at: '2024-08-10T11:15:00+01:00' }),
    camera.film('PXL_20240811_141500000.mp4', {
      ...atBeach,
      at: '2024-08-11T15:15:00+01:00',
      offsetIsUnknown: true,
    }),
    camera.motionPhoto('PXL_20240812_070000000.MP.jpg', 'PXL_20240812_070000000.MP', {
      at: '2024-08-12T08:00:00+01:00',
      position: LISBON,
    }),
    camera.livePhoto('IMG_4001.HEIC', 'IMG_4001.MOV', { at: '2025-03-09T13:00:00+01:00' }),
    camera.screenshot('Screenshot_20250401-120000.png', { at: '2025-04-01T12:00:00+02:00' }),
  ]
}
