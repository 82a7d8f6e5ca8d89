/**
 * An item's metadata as an XMP sidecar (ISO 16684-1), for programs that read `NAME.EXT.xmp`:
 * date, place, title, caption, people, favourite, albums. The photo itself stays untouched.
 *
 * Properties as digiKam, Lightroom and exiftool read them: `exif:DateTimeOriginal` with offset,
 * `exif:GPSLatitude` as `DDD,MM.mmmmmmK`, `dc:title`, `dc:description`, `Iptc4xmpExt:PersonInImage`,
 * `dc:subject` keywords, `xmp:Rating` 5 for a favourite, `digiKam:TagsList` `Albums/…` and `People/…`.
 * @module
 */
import type { KeptItem } from '../../photos/growth/library.ts'

/** `albums`: titles. Undefined when there is nothing to say. */
export function xmpSidecar(item: KeptItem, albums: readonly string[]): string | undefined {
  const properties = [
    ...dateProperties(item),
    ...placeProperties(item),
    ...textProperties(item),
    ...listProperty('Iptc4xmpExt:PersonInImage', item.people),
    ...listProperty('dc:subject', keywordsOf(item)),
    ...(item.favorite ? ['<xmp:Rating>5</xmp:Rating>'] : []),
    ...listProperty('digiKam:TagsList', [
      ...albums.map((title) => `Albums/${title}`),
      ...item.people.map((name) => `People/${name}`),
    ]),
  ]
  return properties.length === 0 ? undefined : document(properties)
}

/** As another XMP file had them. */
function keywordsOf({ more }: KeptItem): string[] {
  const keywords = more?.['dc:subject']
  return Array.isArray(keywords) ? keywords.filter((word) => typeof word === 'string') : []
}

function document(properties: readonly string[]): string {
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:digiKam="http://www.digikam.org/ns/1.0/">
${properties.map((property) => `   ${property}`).join('\n')}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`
}

/** Local time with its offset where known; else the instant, in UTC; coarser times as they are. */
function dateProperties({ taken }: KeptItem): string[] {
  if (!taken) return []
  const local = taken.local === undefined ? undefined : `${taken.local}${taken.offset ?? ''}`
  const date = taken.offset !== undefined ? local : (taken.instant ?? local)
  if (date === undefined) return []
  return ['exif:DateTimeOriginal', 'photoshop:DateCreated'].map((name) => property(name, date))
}

function placeProperties({ location }: KeptItem): string[] {
  if (!location) return []
  const place = [
    property('exif:GPSLatitude', degrees(location.latitude, 'N', 'S')),
    property('exif:GPSLongitude', degrees(location.longitude, 'E', 'W')),
  ]
  if (location.altitude === undefined) return place
  const millimetres = Math.round(Math.abs(location.altitude) * 1000)
  return [
    ...place,
    property('exif:GPSAltitude', `${millimetres}/1000`),
    property('exif:GPSAltitudeRef', location.altitude < 0 ? '1' : '0'),
  ]
}

/** XMP's GPSCoordinate: degrees, then minutes with a fraction, then the letter. */
function degrees(value: number, positive: string, negative: string): string {
  const whole = Math.floor(Math.abs(value))
  const minutes = (Math.abs(value) - whole) * 60
  return `${whole},${minutes.toFixed(7)}${value < 0 ? negative : positive}`
}

function textProperties({ title, description }: KeptItem): string[] {
  return [
    ...(title === '' ? [] : [alternatives('dc:title', title)]),
    ...(description ? [alternatives('dc:description', description)] : []),
  ]
}

function alternatives(name: string, text: string): string {
  return `<${name}><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(text)}</rdf:li></rdf:Alt></${name}>`
}

function listProperty(name: string, values: readonly string[]): string[] {
  if (values.length === 0) return []
  const members = values.map((value) => `<rdf:li>${escapeXml(value)}</rdf:li>`).join('')
  return [`<${name}><rdf:Bag>${members}</rdf:Bag></${name}>`]
}

function property(name: string, value: string): string {
  return `<${name}>${escapeXml(value)}</${name}>`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML 1.0 cannot carry at all become U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids exactly these
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"]/g, (character) => ENTITIES[character]!)
  )
}
