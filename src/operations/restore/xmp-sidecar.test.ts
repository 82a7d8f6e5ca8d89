import { describe, expect, it } from 'vitest'
import type { KeptItem } from '../../photos/growth/library.ts'
import { xmpSidecar } from './xmp-sidecar.ts'

const bare: KeptItem = {
  id: '0',
  files: [],
  title: '',
  people: [],
  favorite: false,
  archived: false,
  trashed: false,
  locked: false,
  partner: false,
  albums: [],
}

describe('an XMP sidecar', () => {
  it('is not written when there is nothing to say', () => {
    expect(xmpSidecar(bare, [])).toBeUndefined()
  })

  it('says the local time with its offset', () => {
    const taken = {
      instant: '2021-07-01T10:00:00Z',
      local: '2021-07-01T12:00:00',
      offset: '+02:00',
      precision: 'second' as const,
      source: 'sidecar' as const,
    }

    expect(xmpSidecar({ ...bare, taken }, [])).toContain(
      '<exif:DateTimeOriginal>2021-07-01T12:00:00+02:00</exif:DateTimeOriginal>',
    )
  })

  it('writes south and west as letters, on the equator too', () => {
    const location = { latitude: -33.5, longitude: 0, altitude: -3, source: 'sidecar' as const }

    const xmp = xmpSidecar({ ...bare, location }, [])

    expect(xmp).toContain('<exif:GPSLatitude>33,30.0000000S</exif:GPSLatitude>')
    expect(xmp).toContain('<exif:GPSLongitude>0,0.0000000E</exif:GPSLongitude>')
    expect(xmp).toContain('<exif:GPSAltitudeRef>1</exif:GPSAltitudeRef>')
  })

  it('carries people and albums as tags, and cannot be broken out of', () => {
    const xmp = xmpSidecar({ ...bare, people: ['<b>&"\u0001'] }, ['Trip </rdf:li>'])

    expect(xmp).toContain('<rdf:li>&lt;b&gt;&amp;&quot;\ufffd</rdf:li>')
    expect(xmp).toContain('<rdf:li>Albums/Trip &lt;/rdf:li&gt;</rdf:li>')
  })
})
