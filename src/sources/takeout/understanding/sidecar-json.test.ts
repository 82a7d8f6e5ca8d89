import { describe, expect, it, test } from 'vitest'
import { readAlbumFile } from './album-file.ts'
import { decodeEntities } from './entities.ts'
import { readSidecar } from './sidecar-json.ts'

describe('a sidecar', () => {
  it('tells what the owner sees', () => {
    const json = {
      title: 'a.jpg',
      description: 'line one\nline two',
      photoTakenTime: { timestamp: '1559820211', formatted: '6 Jun 2019' },
      creationTime: { timestamp: '1600000000' },
      geoData: { latitude: 48.2, longitude: 16.37, altitude: 0 },
      people: [{ name: 'Ann' }, { name: '' }, { name: 'Ann' }, 'Bob', null],
      favorited: true,
      url: 'https://photos.google.com/photo/X',
      googlePhotosOrigin: {
        mobileUpload: { deviceFolder: { localFolderName: 'WhatsApp Images' }, deviceType: 'X' },
      },
      appSource: { androidPackageName: 'com.whatsapp' },
    }

    expect(readSidecar(json)).toEqual({
      title: 'a.jpg',
      description: 'line one\nline two',
      takenSeconds: 1_559_820_211,
      uploadedSeconds: 1_600_000_000,
      coordinates: { latitude: 48.2, longitude: 16.37 },
      people: ['Ann'],
      favorite: true,
      archived: false,
      trashed: false,
      locked: false,
      partner: false,
      origin: 'mobileUpload',
      deviceFolder: 'WhatsApp Images',
      appSource: 'com.whatsapp',
      url: 'https://photos.google.com/photo/X',
      remarks: [],
    })
  })

  it('passes over values of the wrong type', () => {
    const json = { title: 7, description: [], photoTakenTime: 'x', people: {}, favorited: 'true' }

    expect(readSidecar(json)).toEqual(readSidecar({}))
  })

  test.for([
    [{ geoData: { latitude: 0, longitude: 0, altitude: 9 } }, undefined],
    [{ geoData: { latitude: 100, longitude: 200 } }, undefined],
    [{ geoData: { latitude: 0, longitude: 6.7 } }, { latitude: 0, longitude: 6.7 }],
    [
      { geoData: { latitude: 0, longitude: 0 }, geoDataExif: { latitude: 1, longitude: 2 } },
      { latitude: 1, longitude: 2 },
    ],
    [
      { geoData: { latitude: 3, longitude: 4 }, geoDataExif: { latitude: 1, longitude: 2 } },
      { latitude: 3, longitude: 4 },
    ],
  ] as const)('of %j has the place %j', ([json, place]) => {
    expect(readSidecar(json).coordinates).toEqual(place)
  })

  it('from a partner says so', () => {
    const json = { googlePhotosOrigin: { fromPartnerSharing: {} } }

    expect(readSidecar(json)).toMatchObject({ partner: true, origin: 'fromPartnerSharing' })
  })
})

describe('an album file', () => {
  it('of every generation has its title', () => {
    const old = { albumData: { title: 'Trip', date: { timestamp: '1502439626' } } }

    expect(readAlbumFile(old)).toMatchObject({ title: 'Trip', dateSeconds: 1_502_439_626 })
    expect(readAlbumFile({ title: 'Trip', access: '' })).toMatchObject({ title: 'Trip' })
    expect(readAlbumFile({ title: '' }).title).toBe('')
  })

  it('has texts, places and comments between the photos', () => {
    const json = {
      title: 'Trip',
      enrichments: [
        { narrativeEnrichment: { text: 'Day one' } },
        {
          locationEnrichment: {
            location: [{ name: 'Paris', latitudeE7: 488029439, longitudeE7: 24854290 }],
          },
        },
        { mapEnrichment: { origin: [{ name: 'A' }], destination: [{ name: 'B' }] } },
      ],
      sharedAlbumComments: [{ liked: true }],
    }

    expect(readAlbumFile(json)).toMatchObject({
      description: 'Day one',
      texts: ['Day one'],
      remarks: [expect.anything()],
      places: [
        { name: 'Paris', latitude: 48.8029439, longitude: 2.485429 },
        { name: 'A' },
        { name: 'B' },
      ],
    })
  })
})

describe('entities', () => {
  test.for([
    ['Tom &amp; Jerry', 'Tom & Jerry'],
    ['it&#39;s &quot;so&quot;', 'it\'s "so"'],
    ['&#x41;', 'A'],
    ['&amp;lt;', '&lt;'],
    ['AT&T; &unknown; & &#0;', 'AT&T; &unknown; & &#0;'],
  ] as const)('%s is %s', ([text, decoded]) => {
    expect(decodeEntities(text)).toBe(decoded)
  })
})
