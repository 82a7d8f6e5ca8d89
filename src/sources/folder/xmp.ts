/**
 * What an XMP file says about its photo (ISO 16684-1), as Lightroom, digiKam, darktable, exiftool
 * and we ourselves write it. Properties stand as attributes or as elements:
 *
 *   exif:DateTimeOriginal, photoshop:DateCreated, xmp:CreateDate   2019-05-01T10:00:00[.12][+02:00]
 *   exif:GPSLatitude, exif:GPSLongitude                            47,23.1234N or 47,23,7N
 *   exif:GPSAltitude, exif:GPSAltitudeRef                          412300/1000, 1: below the sea
 *   dc:title, dc:description                                       rdf:Alt of rdf:li
 *   Iptc4xmpExt:PersonInImage, dc:subject                          rdf:Bag of rdf:li
 *
 * It is untrusted text: nothing is resolved, loaded or executed; what cannot be read is left out.
 * @module
 */
import type { Place, TakenAt } from '../../photos/library.ts'
import {
  formatInstant,
  formatLocal,
  formatOffset,
  parseLocal,
  parseOffset,
} from '../../photos/zones.ts'

export interface XmpFacts {
  taken?: TakenAt
  location?: Place
  title?: string
  description?: string
  people: string[]
  /** Keywords, which have no field of their own. */
  more?: { 'dc:subject': string[] }
}

/** Undefined when it is no XMP at all. */
export function readXmp(bytes: Uint8Array): XmpFacts | undefined {
  const xml = Buffer.from(bytes).toString('utf8')
  if (!xml.includes('<rdf:RDF') && !xml.includes('<x:xmpmeta')) return undefined
  const facts: XmpFacts = { people: listOf(xml, 'Iptc4xmpExt:PersonInImage') }
  const taken = DATES.map((name) => takenOf(propertyOf(xml, name))).find(Boolean)
  const location = placeOf(xml)
  const title = listOf(xml, 'dc:title')[0]
  const description = listOf(xml, 'dc:description')[0]
  if (taken) facts.taken = taken
  if (location) facts.location = location
  if (title !== undefined) facts.title = title
  if (description !== undefined) facts.description = description
  const keywords = listOf(xml, 'dc:subject')
  if (keywords.length > 0) facts.more = { 'dc:subject': keywords }
  return facts
}

const DATES = ['exif:DateTimeOriginal', 'photoshop:DateCreated', 'xmp:CreateDate']

/** Of an attribute `name="…"` or an element `<name>…</name>`. */
function propertyOf(xml: string, name: string): string | undefined {
  const attribute = ATTRIBUTES.map(([before, quote]) =>
    between(xml, `${before}${name}=${quote}`, quote),
  )
  const value = attribute.find((text) => text !== undefined) ?? elementOf(xml, name)
  return value === undefined || value.includes('<') ? undefined : unescapeXml(value).trim()
}

const ATTRIBUTES = [' ', '\n', '\t'].flatMap((before) =>
  ['"', "'"].map((quote) => [before, quote] as const),
)

function elementOf(xml: string, name: string): string | undefined {
  return between(xml, `<${name}>`, `</${name}>`)
}

function between(text: string, start: string, end: string): string | undefined {
  const from = text.indexOf(start)
  if (from < 0) return undefined
  const to = text.indexOf(end, from + start.length)
  return to < 0 ? undefined : text.slice(from + start.length, to)
}

function listOf(xml: string, name: string): string[] {
  const inner = elementOf(xml, name) ?? ''
  const members = inner.split('<rdf:li').slice(1)
  const texts = members.map((member) => between(member, '>', '</rdf:li>') ?? '')
  const said = texts.filter((text) => !text.includes('<')).map((text) => unescapeXml(text).trim())
  return [...new Set(said.filter((text) => text !== ''))]
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi,
    (whole, dec, hex, name) => {
      if (name !== undefined) return ENTITIES[name as string] ?? whole
      const code = dec === undefined ? Number.parseInt(hex as string, 16) : Number(dec)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}

function takenOf(text: string | undefined): TakenAt | undefined {
  const found =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(text ?? '') ??
    undefined
  if (!found) return dayOf(text)
  const [, minute, second = ':00', zone] = found
  const local = parseLocal(`${minute}${second}`)
  if (local === undefined) return undefined
  if (zone === 'Z') return { instant: formatInstant(local), precision: 'second', source: 'sidecar' }
  const offset = parseOffset(zone)
  const wall = { local: formatLocal(local), precision: 'second', source: 'sidecar' } as const
  if (offset === undefined) return wall
  return {
    ...wall,
    instant: formatInstant(local - offset),
    offset: formatOffset(offset),
    zoneFrom: 'written',
  }
}

/** `2019`, `2019-05` and `2019-05-01` are dates of XMP, too. */
function dayOf(text: string | undefined): TakenAt | undefined {
  const found = /^(\d{4})(-(?:0[1-9]|1[0-2]))?(-\d\d)?$/.exec(text ?? '')
  if (!found) return undefined
  const [local, , month, day] = found
  if (day !== undefined && parseLocal(`${local}T00:00:00`) === undefined) return undefined
  const precision = day !== undefined ? 'day' : month !== undefined ? 'month' : 'year'
  return { local, precision, source: 'sidecar' }
}

function placeOf(xml: string): Place | undefined {
  const latitude = degreesOf(propertyOf(xml, 'exif:GPSLatitude'), 'N', 'S')
  const longitude = degreesOf(propertyOf(xml, 'exif:GPSLongitude'), 'E', 'W')
  if (latitude === undefined || longitude === undefined) return undefined
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined
  if (latitude === 0 && longitude === 0) return undefined
  const place: Place = { latitude, longitude, source: 'sidecar' }
  const [above, below = 1] = (propertyOf(xml, 'exif:GPSAltitude') ?? '').split('/').map(Number)
  const altitude = above! / below
  if (propertyOf(xml, 'exif:GPSAltitude') === undefined || !Number.isFinite(altitude)) return place
  return {
    ...place,
    altitude: propertyOf(xml, 'exif:GPSAltitudeRef') === '1' ? -altitude : altitude,
  }
}

function degreesOf(text: string | undefined, plus: string, minus: string): number | undefined {
  const found = /^(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])$/.exec(text ?? '')
  if (!found) return undefined
  const [, degrees, minutes, seconds = '0', letter] = found
  if (letter !== plus && letter !== minus) return undefined
  const value = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600
  const rounded = Math.round(value * 1e7) / 1e7
  return letter === minus ? -rounded : rounded
}
