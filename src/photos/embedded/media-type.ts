/**
 * What kind of file it is. By content first: names lie (a `.HEIC` that is a JPEG, a `.png` that is
 * a movie), and motion clips have odd names or none (`PXL_….MP`, `MVIMG_…`). The name decides only
 * where bytes cannot tell, e.g. between raws that are all TIFF.
 * @module
 */

/** Media types by lower-case extension. Not in it: everything a photo library does not hold. */
const TYPES: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  jpe: 'image/jpeg',
  jfif: 'image/jpeg',
  mpo: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  heics: 'image/heic',
  hif: 'image/heif',
  heif: 'image/heif',
  avif: 'image/avif',
  jxl: 'image/jxl',
  jp2: 'image/jp2',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  bmp: 'image/bmp',
  ico: 'image/x-icon',
  psd: 'image/vnd.adobe.photoshop',
  dng: 'image/x-adobe-dng',
  cr2: 'image/x-canon-cr2',
  cr3: 'image/x-canon-cr3',
  crw: 'image/x-canon-crw',
  nef: 'image/x-nikon-nef',
  nrw: 'image/x-nikon-nrw',
  arw: 'image/x-sony-arw',
  srf: 'image/x-sony-srf',
  sr2: 'image/x-sony-sr2',
  raf: 'image/x-fuji-raf',
  orf: 'image/x-olympus-orf',
  rw2: 'image/x-panasonic-rw2',
  pef: 'image/x-pentax-pef',
  srw: 'image/x-samsung-srw',
  '3fr': 'image/x-hasselblad-3fr',
  mp4: 'video/mp4',
  mp: 'video/mp4',
  mv: 'video/mp4',
  mov: 'video/quicktime',
  qt: 'video/quicktime',
  m4v: 'video/x-m4v',
  '3gp': 'video/3gpp',
  '3gpp': 'video/3gpp',
  '3g2': 'video/3gpp2',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  divx: 'video/x-msvideo',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  mpe: 'video/mpeg',
  vob: 'video/mpeg',
  mod: 'video/mpeg',
  ts: 'video/mp2t',
  mts: 'video/mp2t',
  m2ts: 'video/mp2t',
  m2t: 'video/mp2t',
  tod: 'video/mp2t',
  wmv: 'video/x-ms-wmv',
  asf: 'video/x-ms-asf',
  flv: 'video/x-flv',
  ogv: 'video/ogg',
  json: 'application/json',
  html: 'text/html',
  htm: 'text/html',
  pdf: 'application/pdf',
  zip: 'application/zip',
}

/** Kinds that are TIFF inside, so that only the extension tells them apart. */
const TIFF_KINDS = new Set(
  ['dng', 'cr2', 'nef', 'nrw', 'arw', 'srf', 'sr2', 'pef', 'srw', '3fr'].map((ext) => TYPES[ext]),
)

/** Media type that the name promises, or undefined. Knows `.MP`, `.MV` and `.MP~2`. */
export function mediaTypeOfName(name: string): string | undefined {
  const extension = /[^/]\.([^./]+)$/.exec(name)?.[1]?.toLowerCase().replace(/~\d+$/, '')
  return extension !== undefined && Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined
}

/** Bytes that suffice for every answer of `sniffMediaType`. */
export const SNIFF_BYTES = 1024

/**
 * Media type of the file that begins with `head`, or undefined when it is of no known kind.
 * `name` breaks ties only.
 */
export function sniffMediaType(head: Uint8Array, name: string): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SNIFF_BYTES))
  const latin = text.toString('latin1')
  return (
    bySignature(latin) ??
    tiffKind(latin, name) ??
    isoMediaKind(text, latin) ??
    riffKind(latin) ??
    streamKind(text, latin) ??
    textKind(latin)
  )
}

/** Signatures at the very beginning that need no second look. */
const SIGNATURES: [string, string][] = [
  ['\xff\xd8\xff', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['8BPS', 'image/vnd.adobe.photoshop'],
  ['FUJIFILMCCD-RAW', 'image/x-fuji-raf'],
  ['IIRO', 'image/x-olympus-orf'],
  ['IIRS', 'image/x-olympus-orf'],
  ['MMOR', 'image/x-olympus-orf'],
  ['IIU\0', 'image/x-panasonic-rw2'],
  ['\xff\x0a', 'image/jxl'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'image/jxl'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'image/jp2'],
  ['FLV\x01', 'video/x-flv'],
  ['OggS', 'video/ogg'],
  ['\0\0\x01\xba', 'video/mpeg'],
  ['\0\0\x01\xb3', 'video/mpeg'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'video/x-ms-wmv'],
  ['%PDF-', 'application/pdf'],
  ['PK\x03\x04', 'application/zip'],
  ['PK\x05\x06', 'application/zip'],
]

function bySignature(latin: string): string | undefined {
  return SIGNATURES.find(([signature]) => latin.startsWith(signature))?.[1]
}

function tiffKind(latin: string, name: string): string | undefined {
  if (!latin.startsWith('II*\0') && !latin.startsWith('MM\0*')) return undefined
  if (latin.startsWith('CR\x02', 8)) return TYPES.cr2
  const promised = mediaTypeOfName(name)
  return TIFF_KINDS.has(promised) ? promised : 'image/tiff'
}

/** Brands of ISO base media files that are no plain MP4; a trailing `*` stands for any ending. */
const BRANDS: [RegExp, string][] = [
  [/^(avif|avis)$/, 'image/avif'],
  [/^(heic|heix|heim|heis|hevc|hevx|hevm|hevs)$/, 'image/heic'],
  [/^crx $/, 'image/x-canon-cr3'],
  [/^qt {2}$/, 'video/quicktime'],
  [/^3g2/, 'video/3gpp2'],
  [/^3g[a-z]/, 'video/3gpp'],
  [/^M4V/, 'video/x-m4v'],
  [/^M4[AB] $/, 'audio/mp4'],
]

/** Boxes that old QuickTime files without `ftyp` begin with. */
const OLD_QUICKTIME = new Set(['moov', 'mdat', 'wide', 'pnot', 'free', 'skip'])

function isoMediaKind(head: Buffer, latin: string): string | undefined {
  if (head.length < 12) return undefined
  const size = head.readUInt32BE(0)
  const type = latin.slice(4, 8)
  if (OLD_QUICKTIME.has(type)) return size === 1 || size >= 8 ? 'video/quicktime' : undefined
  if (type !== 'ftyp' || size < 12) return undefined

  const major = latin.slice(8, 12)
  if (major !== 'mif1' && major !== 'msf1') return brandKind(major) ?? 'video/mp4'
  const compatible = latin.slice(16, Math.min(size, 512)).match(/.{4}/gs) ?? []
  const kinds = compatible.map(brandKind)
  return kinds.find((kind) => kind === 'image/avif' || kind === 'image/heic') ?? 'image/heif'
}

function brandKind(brand: string): string | undefined {
  return BRANDS.find(([pattern]) => pattern.test(brand))?.[1]
}

function riffKind(latin: string): string | undefined {
  if (!latin.startsWith('RIFF')) return undefined
  const form = latin.slice(8, 12)
  if (form === 'WEBP') return 'image/webp'
  return form === 'AVI ' ? 'video/x-msvideo' : undefined
}

/** Sizes of the header that follows the file header of a BMP; they name its version. */
const BMP_HEADER_BYTES = [12, 16, 40, 52, 56, 64, 108, 124]

/** Kinds whose signature is too short to be trusted alone. */
function streamKind(head: Buffer, latin: string): string | undefined {
  if (latin.startsWith('\x1a\x45\xdf\xa3')) {
    return latin.slice(0, 128).includes('webm') ? 'video/webm' : 'video/x-matroska'
  }
  if (latin.startsWith('BM') && head.length >= 18) {
    return BMP_HEADER_BYTES.includes(head.readUInt32LE(14)) ? 'image/bmp' : undefined
  }
  if (latin.startsWith('\0\0\x01\0') && head.length >= 10 && head[4] !== 0 && head[9] === 0) {
    return 'image/x-icon'
  }
  // Transport streams have a sync byte each 188 bytes, after a 4-byte time code on Blu-ray.
  const isSync = (at: number) => head[at] === 0x47
  if (isSync(0) && isSync(188) && isSync(376)) return 'video/mp2t'
  return isSync(4) && isSync(196) && isSync(388) ? 'video/mp2t' : undefined
}

function textKind(latin: string): string | undefined {
  const text = latin.replace(/^\xef\xbb\xbf/, '').trimStart()
  if (/^<(!doctype html|html|head|body)\b/i.test(text)) return 'text/html'
  return /^(\{\s*["}]|\[\s*[\]{["\d])/.test(text) ? 'application/json' : undefined
}
