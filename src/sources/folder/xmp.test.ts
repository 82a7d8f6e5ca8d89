import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { readXmp } from './xmp.ts'

const xmp = (inner: string) =>
  readXmp(Buffer.from(`<x:xmpmeta><rdf:RDF>${inner}</rdf:RDF></x:xmpmeta>`))

describe('an XMP file', () => {
  test.for([
    ['2019-05-01T10:00:00+02:00', { instant: '2019-05-01T08:00:00Z', offset: '+02:00' }],
    ['2019-05-01T10:00:00.5Z', { instant: '2019-05-01T10:00:00Z' }],
    ['2019-05-01T10:00', { local: '2019-05-01T10:00:00', precision: 'second' }],
    ['2019-05-01', { local: '2019-05-01', precision: 'day' }],
    ['2019-05', { local: '2019-05', precision: 'month' }],
    ['2019', { local: '2019', precision: 'year' }],
  ] as const)('with the date %s says it as precisely as it is', ([date, taken]) => {
    const asElement = xmp(`<exif:DateTimeOriginal>${date}</exif:DateTimeOriginal>`)
    const asAttribute = xmp(`<rdf:Description\n photoshop:DateCreated='${date}'/>`)

    expect(asElement!.taken).toMatchObject({ ...taken, source: 'sidecar' })
    expect(asAttribute!.taken).toEqual(asElement!.taken)
  })

  test.for(['2019-02-30T10:00:00', '2019-13', 'yesterday', '', '0000-00-00'])(
    'with the date "%s" has none',
    (date) => {
      expect(xmp(`<xmp:CreateDate>${date}</xmp:CreateDate>`)!.taken).toBeUndefined()
    },
  )

  it('has a place only where there is one on earth', () => {
    const at = (latitude: string, longitude: string) =>
      xmp(`<rdf:Description exif:GPSLatitude="${latitude}" exif:GPSLongitude="${longitude}"/>`)!
        .location

    expect(at('47,30,36S', '8,15.5E')).toMatchObject({ latitude: -47.51, longitude: 8.2583333 })
    expect(at('0,0N', '0,0E')).toBeUndefined()
    expect(at('91,0N', '8,0E')).toBeUndefined()
    expect(at('47,30E', '8,0E')).toBeUndefined()
  })

  it('that is torn or forged tells less, and does no harm', () => {
    const whole = `<x:xmpmeta><rdf:RDF><rdf:Description exif:GPSLatitude="47,30N"><dc:title><rdf:Alt>
      <rdf:li>a &amp; &#x1F600; &#99999999; &bogus;</rdf:li></rdf:Alt></dc:title></rdf:Description>`
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length), fc.string(), (from, to, text) => {
        const forged = whole.slice(0, from) + text + whole.slice(to)

        expect(() => readXmp(Buffer.from(forged))).not.toThrow()
      }),
    )
    expect(readXmp(Buffer.from('no XMP'))).toBeUndefined()
  })
})
