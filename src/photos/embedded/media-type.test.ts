import { describe, expect, it, test } from 'vitest'
import { mediaTypeOfName, sniffMediaType } from './media-type.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')

test.for([
  { head: '\xff\xd8\xff\xe1', kind: 'image/jpeg' },
  { head: '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', kind: 'image/png' },
  { head: 'GIF89a', kind: 'image/gif' },
  { head: 'RIFF\0\0\0\0WEBPVP8 ', kind: 'image/webp' },
  { head: 'RIFF\0\0\0\0AVI LIST', kind: 'video/x-msvideo' },
  { head: '\0\0\0\x18ftypheic\0\0\0\0mif1heic', kind: 'image/heic' },
  { head: '\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf', kind: 'image/heic' },
  { head: '\0\0\0\x18ftypmif1\0\0\0\0mif1miaf', kind: 'image/heif' },
  { head: '\0\0\0\x18ftypavif\0\0\0\0mif1avif', kind: 'image/avif' },
  { head: '\0\0\0\x14ftypqt  \0\0\0\0qt  ', kind: 'video/quicktime' },
  { head: '\0\0\0\x18ftypmp42\0\0\0\0mp42isom', kind: 'video/mp4' },
  { head: '\0\0\0\x14ftyp3gp4\0\0\0\0', kind: 'video/3gpp' },
  { head: '\0\0\0\x14ftypM4V \0\0\0\0', kind: 'video/x-m4v' },
  { head: '\0\0\0\x18ftypcrx \0\0\0\x01crx isom', kind: 'image/x-canon-cr3' },
  { head: '\0\0\0\x08wide\0\0\0\0mdat', kind: 'video/quicktime' },
  { head: '\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska', kind: 'video/x-matroska' },
  { head: '\x1a\x45\xdf\xa3\x93\x42\x82\x84webm', kind: 'video/webm' },
  { head: '\0\0\x01\xba\x44', kind: 'video/mpeg' },
  { head: '\x30\x26\xb2\x75\x8e\x66\xcf\x11', kind: 'video/x-ms-wmv' },
  { head: 'FUJIFILMCCD-RAW 0201', kind: 'image/x-fuji-raf' },
  { head: 'II*\0\x10\0\0\0CR\x02\0', kind: 'image/x-canon-cr2' },
  { head: 'IIU\0\x18\0\0\0', kind: 'image/x-panasonic-rw2' },
  { head: 'MM\0*\0\0\0\x08', kind: 'image/tiff' },
  { head: '\xef\xbb\xbf  <!DOCTYPE html><html>', kind: 'text/html' },
  { head: '{\n  "title": "a"', kind: 'application/json' },
  { head: '%PDF-1.7', kind: 'application/pdf' },
  { head: 'PK\x03\x04', kind: 'application/zip' },
  { head: '', kind: undefined },
  { head: 'BM is how this letter begins', kind: undefined },
  { head: 'just text', kind: undefined },
])('bytes that begin with $head are $kind', ({ head, kind }) => {
  expect(sniffMediaType(latin(head), 'name')).toBe(kind)
})

describe('the name', () => {
  it('tells raws apart that are all TIFF inside', () => {
    const tiff = latin('II*\0\x08\0\0\0')

    expect(sniffMediaType(tiff, 'DSC_1.NEF')).toBe('image/x-nikon-nef')
    expect(sniffMediaType(tiff, 'IMG_1.dng')).toBe('image/x-adobe-dng')
    expect(sniffMediaType(tiff, 'IMG_1.jpg')).toBe('image/tiff')
  })

  it('never overrules the bytes', () => {
    expect(sniffMediaType(latin('\xff\xd8\xff\xe1'), 'IMG_1.HEIC')).toBe('image/jpeg')
  })
})

test.for([
  { name: 'IMG_1.JPG', kind: 'image/jpeg' },
  { name: 'PXL_1.MP', kind: 'video/mp4' },
  { name: 'PXL_1.MP~2', kind: 'video/mp4' },
  { name: 'PXL_1.MP.jpg', kind: 'image/jpeg' },
  { name: 'a/b.c/MVIMG_20180418_113218', kind: undefined },
  { name: '.DS_Store', kind: undefined },
  { name: '.jpg', kind: undefined },
  { name: 'IMG_1.constructor', kind: undefined },
  { name: 'metadata.json', kind: 'application/json' },
])('$name promises $kind', ({ name, kind }) => {
  expect(mediaTypeOfName(name)).toBe(kind)
})
