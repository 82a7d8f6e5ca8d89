/**
 * Containers that hold Exif or a clip around no picture at all: for readers of metadata only.
 * Sources: RFC 9649 (WebP); ISO/IEC 23008-12 (HEIC); ExifTool's Samsung.pm (trailer).
 * @module
 */
/** Says 64×48; Exif comes behind `pictureBytes` of nothing. */
export function webp(pictureBytes: number, exif: Buffer): Buffer {
  const extended = Buffer.from([8, 0, 0, 0, 63, 0, 0, 47, 0, 0])
  const chunks = [
    riff('VP8X', extended),
    riff('VP8 ', Buffer.alloc(pictureBytes)),
    riff('EXIF', exif),
  ]
  return riff('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]))
}

function riff(type: string, payload: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.write(type, 'latin1')
  header.writeUInt32LE(payload.length, 4)
  return Buffer.concat([header, payload, Buffer.alloc(payload.length % 2)])
}

/** A picture of 64×48 as item 1 and Exif as item 2, behind `pictureBytes` of picture. */
export function heic(pictureBytes: number, exif: Buffer): Buffer {
  const ftyp = box('ftyp', 'heic\0\0\0\0mif1heic')
  const item = (id: number, type: string) =>
    box('infe', `\x02\0\0\0\0${String.fromCharCode(id)}\0\0${type}\0`)
  const ispe = box('ispe', `\0\0\0\0${word(64)}${word(48)}`)
  const ipma = box('ipma', `\0\0\0\0${word(1)}\0\x01\x01\x81`)
  const meta = (exifAt: number) =>
    box(
      'meta',
      '\0\0\0\0',
      box('pitm', '\0\0\0\0\0\x01'),
      box('iinf', '\0\0\0\0\0\x02', item(1, 'hvc1'), item(2, 'Exif')),
      box('iloc', `\0\0\0\0\x44\0\0\x01\0\x02\0\0\0\x01${word(exifAt)}${word(exif.length + 4)}`),
      box('iprp', box('ipco', ispe), ipma),
    )
  const exifAt = ftyp.length + meta(0).length + 8 + pictureBytes
  const mdat = box('mdat', Buffer.alloc(pictureBytes), '\0\0\0\0', exif)
  return Buffer.concat([ftyp, meta(exifAt), mdat])
}

function box(type: string, ...content: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(
    content.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  )
  return Buffer.concat([Buffer.from(word(8 + body.length) + type, 'latin1'), body])
}

function word(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes.toString('latin1')
}

/** Trailer of two entries; the second is of `type`, 0x0a30 for a clip. */
export function samsungTrailer(type: number): Buffer {
  const directory = Buffer.alloc(12 + 24)
  directory.write('SEFH', 'latin1')
  directory.writeUInt32LE(2, 8)
  directory.writeUInt16LE(0x0a01, 14)
  directory.writeUInt16LE(type, 26)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(directory.length)
  return Buffer.concat([directory, length, Buffer.from('SEFT')])
}
