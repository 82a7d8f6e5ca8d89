/**
 * Writes Exif blocks: TIFF, little-endian, with the directories a camera fills.
 *
 * Layout: header (8), main directory, Exif directory, GPS directory, each followed by the values
 * that do not fit into four bytes. Written from Exif 2.32, independently of the reader in src/.
 * @module
 */
export interface ExifContent {
  make?: string
  model?: string
  /** `2021-07-01T12:00:00` */
  local?: string
  /** `+02:00` */
  offset?: string
  subSeconds?: string
  latitude?: number
  longitude?: number
  altitude?: number
  /** UTC of the fix, `2021-07-01T10:00:00Z`. */
  fixedAt?: string
  width?: number
  height?: number
  /** Apple's identifier that a live photo's clip repeats. */
  contentIdentifier?: string
}

type FieldType = 'byte' | 'ascii' | 'short' | 'long' | 'rational' | 'undefined'

const TYPE_NUMBERS: Record<FieldType, number> = {
  byte: 1,
  ascii: 2,
  short: 3,
  long: 4,
  rational: 5,
  undefined: 7,
}

interface Field {
  tag: number
  type: FieldType
  count: number
  bytes: Buffer
}

export function exifBlock(content: ExifContent): Buffer {
  const exif = exifFields(content)
  const gps = gpsFields(content)
  const main = cameraFields(content)
  // Pointers are part of what they follow: their values do not change its length.
  const pointers = (exifAt: number, gpsAt: number) => [
    ...main,
    long(0x8769, exifAt),
    ...(gps.length > 0 ? [long(0x8825, gpsAt)] : []),
  ]
  const exifAt = 8 + directory(pointers(0, 0), 0).length
  const gpsAt = exifAt + directory(exif, 0).length
  const header = Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0])
  return Buffer.concat([
    header,
    directory(pointers(exifAt, gpsAt), 8),
    directory(exif, exifAt),
    ...(gps.length > 0 ? [directory(gps, gpsAt)] : []),
  ])
}

function cameraFields(content: ExifContent): Field[] {
  return [
    ...(content.make ? [ascii(0x010f, content.make)] : []),
    ...(content.model ? [ascii(0x0110, content.model)] : []),
    short(0x0112, 1), // orientation: upright
    rationals(0x011a, [[72, 1]]), // resolution across and down, in dots an inch
    rationals(0x011b, [[72, 1]]),
    short(0x0128, 2),
    short(0x0213, 1), // colour samples are centred
  ]
}

function exifFields(content: ExifContent): Field[] {
  const local = content.local?.replaceAll('-', ':').replace('T', ' ')
  const maker = content.contentIdentifier && appleMakerNote(content.contentIdentifier)
  return [
    plain(0x9000, 'undefined', Buffer.from('0232')),
    ...(local ? [ascii(0x9003, local), ascii(0x9004, local)] : []),
    ...(content.offset ? [ascii(0x9010, content.offset), ascii(0x9011, content.offset)] : []),
    plain(0x9101, 'undefined', Buffer.from([1, 2, 3, 0])), // components: Y, Cb, Cr
    ...(maker ? [plain(0x927c, 'undefined', maker)] : []),
    ...(content.subSeconds ? [ascii(0x9291, content.subSeconds)] : []),
    plain(0xa000, 'undefined', Buffer.from('0100')), // FlashPix version
    short(0xa001, 1), // sRGB
    ...(content.width ? [long(0xa002, content.width)] : []),
    ...(content.height ? [long(0xa003, content.height)] : []),
  ]
}

function gpsFields({ latitude, longitude, altitude, fixedAt }: ExifContent): Field[] {
  if (latitude === undefined || longitude === undefined) return []
  const [date, time] = fixedAt?.split(/[TZ]/) ?? []
  return [
    plain(0, 'byte', Buffer.from([2, 3, 0, 0])),
    ascii(1, latitude < 0 ? 'S' : 'N'),
    rationals(2, sexagesimal(latitude)),
    ascii(3, longitude < 0 ? 'W' : 'E'),
    rationals(4, sexagesimal(longitude)),
    plain(5, 'byte', Buffer.from([(altitude ?? 0) < 0 ? 1 : 0])),
    rationals(6, [[Math.round(Math.abs(altitude ?? 0) * 100), 100]]),
    ...(time
      ? [
          rationals(
            7,
            time.split(':').map((part) => [Number(part), 1]),
          ),
        ]
      : []),
    ...(date ? [ascii(29, date.replaceAll('-', ':'))] : []),
  ]
}

/** Degrees, minutes, and seconds to a ten-thousandth: 3 mm. */
function sexagesimal(degrees: number): [number, number][] {
  const units = Math.round(Math.abs(degrees) * 3600 * 10_000)
  const minutes = Math.floor(units / 600_000)
  return [
    [Math.floor(minutes / 60), 1],
    [minutes % 60, 1],
    [units % 600_000, 10_000],
  ]
}

/** `Apple iOS`, then one directory entry, big-endian, whose text follows at byte 32. */
function appleMakerNote(contentIdentifier: string): Buffer {
  const text = Buffer.from(`${contentIdentifier}\0`)
  const note = Buffer.alloc(32 + text.length)
  note.write('Apple iOS\0\0\x01MM', 'latin1')
  note.writeUInt16BE(1, 14)
  note.writeUInt16BE(0x0011, 16)
  note.writeUInt16BE(TYPE_NUMBERS.ascii, 18)
  note.writeUInt32BE(text.length, 20)
  note.writeUInt32BE(32, 24)
  text.copy(note, 32)
  return note
}

function plain(tag: number, type: FieldType, bytes: Buffer): Field {
  return { tag, type, count: bytes.length, bytes }
}

function ascii(tag: number, text: string): Field {
  return plain(tag, 'ascii', Buffer.from(`${text}\0`))
}

function short(tag: number, value: number): Field {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return { tag, type: 'short', count: 1, bytes }
}

function long(tag: number, value: number): Field {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return { tag, type: 'long', count: 1, bytes }
}

function rationals(tag: number, values: number[][]): Field {
  const bytes = Buffer.alloc(values.length * 8)
  for (const [index, part] of values.flat().entries()) bytes.writeUInt32LE(part, index * 4)
  return { tag, type: 'rational', count: values.length, bytes }
}

/** One directory with its long values behind it, as it stands at `offset` in the block. */
function directory(fields: Field[], offset: number): Buffer {
  const entries = Buffer.alloc(2 + fields.length * 12 + 4)
  entries.writeUInt16LE(fields.length)
  const values: Buffer[] = []
  let valueAt = offset + entries.length
  for (const [index, field] of fields.entries()) {
    const at = 2 + index * 12
    entries.writeUInt16LE(field.tag, at)
    entries.writeUInt16LE(TYPE_NUMBERS[field.type], at + 2)
    entries.writeUInt32LE(field.count, at + 4)
    if (field.bytes.length <= 4) {
      field.bytes.copy(entries, at + 8)
      continue
    }
    entries.writeUInt32LE(valueAt, at + 8)
    const even = Buffer.concat([field.bytes, Buffer.alloc(field.bytes.length % 2)])
    values.push(even)
    valueAt += even.length
  }
  return Buffer.concat([entries, ...values])
}
