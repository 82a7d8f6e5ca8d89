/**
 * Exports with something wrong with them, and what a backup must make of each.
 * @module
 */
import { deflateRawSync, gzipSync } from 'node:zlib'
import {
  flipped,
  partName,
  photoBytes,
  photoEntries,
  type SmallEntry,
  sidecarBytes,
  tarOf,
  YEAR_FOLDER,
  zipOf,
} from '../support/small-export.ts'

const MIB = 2 ** 20
const DOWNLOAD_AGAIN = 'Download this part of the export again.'
const WEB_PAGE = Buffer.from('<!DOCTYPE html>\n<html><body>Sign in to continue</body></html>\n')
/** What a careless parser recurses into until its stack is used up. */
export const BRACKETS = Buffer.from('['.repeat(100_000) + ']'.repeat(100_000))

/** A source with something wrong with it, and what the program must make of it. */
export interface BadExport {
  what: string
  /** The files of the folder that is backed up. */
  files: () => Record<string, Uint8Array> | Promise<Record<string, Uint8Array>>
  code: number
  /** Photos that are saved all the same, by name. */
  saved: string[]
  /** Code and path of every problem. */
  problems: string[]
  /** What the person is told, among other things. */
  says: string[]
}

export const inYear = (name: string) => `${YEAR_FOLDER}/${name}`

export const BAD_EXPORTS: readonly BadExport[] = [
  {
    what: 'a web page saved as an archive, alone',
    files: () => ({ [partName(1)]: WEB_PAGE }),
    code: 1,
    saved: [],
    problems: [],
    says: ['Nothing was saved', `${partName(1)} is a web page, not an archive`, DOWNLOAD_AGAIN],
  },
  {
    what: 'a web page saved as one of the archives',
    files: () => ({
      [partName(1)]: zipOf(photoEntries('a.jpg')),
      [partName(2)]: WEB_PAGE,
      [partName(3)]: zipOf(photoEntries('b.jpg')),
    }),
    code: 3,
    saved: ['a.jpg', 'b.jpg'],
    problems: [`NOT_AN_ARCHIVE ${partName(2)}`],
    says: [`${partName(2)} is a web page, not an archive`, DOWNLOAD_AGAIN],
  },
  {
    what: 'an archive of no bytes',
    files: () => ({ [partName(1)]: zipOf(photoEntries('a.jpg')), [partName(2)]: Buffer.alloc(0) }),
    code: 3,
    saved: ['a.jpg'],
    problems: [`NOT_AN_ARCHIVE ${partName(2)}`],
    says: [`${partName(2)} is empty`, DOWNLOAD_AGAIN],
  },
  {
    what: 'a zip that was cut off',
    files: () => {
      const whole = zipOf(photoEntries('a.jpg', 'b.jpg', 'c.jpg'))
      return { [partName(1)]: whole.subarray(0, (whole.length * 2) / 3) }
    },
    code: 3,
    saved: ['a.jpg', 'b.jpg'],
    problems: [`DAMAGED_PART ${partName(1)}`],
    says: [`${partName(1)} is cut off`, '4 complete files could still be read', DOWNLOAD_AGAIN],
  },
  {
    what: 'a tgz that was cut off',
    files: async () => {
      const whole = await tarOf(photoEntries('a.jpg', 'b.jpg', 'c.jpg')).finish()
      return { [partName(1, 'tgz')]: whole.subarray(0, (whole.length * 2) / 3) }
    },
    code: 3,
    saved: ['a.jpg'],
    problems: [`DAMAGED_ENTRY ${inYear('b.jpg')}`, `DAMAGED_PART ${partName(1, 'tgz')}`],
    says: [`${partName(1, 'tgz')} is cut off`, DOWNLOAD_AGAIN],
  },
  {
    what: 'a bit that flipped in a zip',
    files: () => {
      const whole = zipOf(photoEntries('a.jpg', 'b.jpg', 'c.jpg'))
      return { [partName(1)]: flipped(whole, photoBytes('b.jpg')) }
    },
    code: 3,
    saved: ['a.jpg', 'c.jpg'],
    problems: [`DAMAGED_ENTRY ${inYear('b.jpg')}`, `ORPHAN_SIDECAR ${inYear('b.jpg.json')}`],
    says: ['b.jpg', 'its checksum is wrong', `Download ${partName(1)} again`],
  },
  {
    what: 'a bit that flipped in a compressed file of a zip',
    files: () => {
      const entries = photoEntries('a.jpg', 'b.jpg').map((entry) => ({
        ...entry,
        options: { method: 'deflated' as const },
      }))
      return { [partName(1)]: flipped(zipOf(entries), deflateRawSync(photoBytes('a.jpg'))) }
    },
    code: 3,
    saved: ['b.jpg'],
    problems: [`DAMAGED_ENTRY ${inYear('a.jpg')}`, `ORPHAN_SIDECAR ${inYear('a.jpg.json')}`],
    says: ['a.jpg', 'is damaged', `Download ${partName(1)} again`],
  },
  {
    what: 'a bit that flipped in a tgz',
    files: async () => {
      const tar = await tarOf(photoEntries('a.jpg', 'b.jpg')).finishTar()
      const asIs = gzipSync(tar, { level: 0 }) // what cannot be compressed lies in a gzip as it is
      return { [partName(1, 'tgz')]: flipped(asIs, sidecarBytes('b.jpg')) }
    },
    code: 3,
    saved: ['a.jpg', 'b.jpg'],
    problems: [`DAMAGED_PART ${partName(1, 'tgz')}`],
    says: ['its checksum is wrong, so any of its files may hold wrong bytes', DOWNLOAD_AGAIN],
  },
  {
    what: 'a part that is missing',
    files: () => ({
      [partName(1)]: zipOf(photoEntries('a.jpg')),
      [partName(3)]: zipOf(photoEntries('c.jpg')),
    }),
    code: 3,
    saved: ['a.jpg', 'c.jpg'],
    problems: [`MISSING_PART ${partName(2)}`],
    says: [`The part ${partName(2)} is missing: download it`],
  },
  {
    what: 'names in a zip that climb out or are absolute',
    files: () => {
      const evil = [
        '../../evil.jpg',
        '/evil.jpg',
        'C:\\evil.jpg',
        '..\\evil.jpg',
        '//host/evil.jpg',
      ]
      const entries = evil.map((path) => ({ path, bytes: photoBytes(path) }))
      return { [partName(1)]: zipOf([...photoEntries('a.jpg'), ...entries]) }
    },
    code: 3,
    saved: ['a.jpg'],
    problems: [
      '../../evil.jpg',
      '..\\evil.jpg',
      '//host/evil.jpg',
      '/evil.jpg',
      'C:\\evil.jpg',
    ].map((path) => `REJECTED ${path}`),
    says: ['5 files were refused', '../../evil.jpg', 'the name climbs out of its folder'],
  },
  {
    what: 'names and links in a tgz that lead elsewhere',
    files: async () => {
      const tar = tarOf(photoEntries('a.jpg'))
        .add('../../evil.jpg', photoBytes('evil'))
        .addOther(inYear('passwd.jpg'), { type: 'symlink', target: '/etc/passwd' })
        .addOther(inYear('hard.jpg'), { type: 'link', target: '/etc/passwd' })
        .addOther(inYear('pipe.jpg'), { type: 'fifo' })
        .addOther(`${YEAR_FOLDER}/etc`, { type: 'symlink', target: '/etc' })
        .add(`${YEAR_FOLDER}/etc/below.jpg`, photoBytes('below.jpg'))
      return { [partName(1, 'tgz')]: await tar.finish() }
    },
    code: 3,
    saved: ['a.jpg', 'below.jpg'],
    problems: [
      'REJECTED ../../evil.jpg',
      `REJECTED ${inYear('etc')}`,
      `ORPHAN_MEDIA ${inYear('etc/below.jpg')}`,
      `REJECTED ${inYear('hard.jpg')}`,
      `REJECTED ${inYear('passwd.jpg')}`,
      `REJECTED ${inYear('pipe.jpg')}`,
    ],
    says: ['5 files were refused', 'it is a symbolic link', 'it is a hard link'],
  },
  {
    what: 'a link in a zip',
    files: () => {
      const target = Buffer.from('/etc/passwd')
      const link = { path: inYear('passwd.jpg'), bytes: target, options: { unixMode: 0o120777 } }
      return { [partName(1)]: zipOf([...photoEntries('a.jpg'), link]) }
    },
    code: 3,
    saved: ['a.jpg'],
    problems: [`REJECTED ${inYear('passwd.jpg')}`],
    says: ['passwd.jpg', 'it is a link or device'],
  },
  {
    what: 'a zip bomb',
    files: () => {
      const options = { method: 'deflated' as const }
      const bomb = { path: inYear('bomb.jpg'), bytes: new Uint8Array(100 * MIB), options }
      return { [partName(1)]: zipOf([bomb, ...photoEntries('a.jpg')]) }
    },
    code: 3,
    saved: ['a.jpg'],
    problems: [`REJECTED ${inYear('bomb.jpg')}`],
    says: ['bomb.jpg', 'it would expand over 200-fold'],
  },
  {
    what: 'a bomb in a tgz',
    files: tgzBomb,
    code: 3,
    saved: ['a.jpg'],
    problems: [`REJECTED ${inYear('bomb.jpg')}`],
    says: ['bomb.jpg', 'it would expand over 200-fold'],
  },
  {
    what: 'a sidecar of ten megabytes',
    files: () => {
      const huge = Buffer.from(JSON.stringify({ title: 'a.jpg', padding: 'x'.repeat(10 * MIB) }))
      return { [partName(1)]: zipOf(withSidecar('a.jpg', huge)) }
    },
    code: 0,
    saved: ['a.jpg'],
    problems: [`BROKEN_SIDECAR ${inYear('a.jpg.json')}`],
    says: ['a.jpg.json', 'is larger than 1 MiB', 'kept as it is'],
  },
  {
    what: 'a sidecar of 200,000 brackets',
    files: () => {
      return { [partName(1)]: zipOf(withSidecar('a.jpg', BRACKETS)) }
    },
    code: 0,
    saved: ['a.jpg'],
    problems: [`BROKEN_SIDECAR ${inYear('a.jpg.json')}`],
    says: ['a.jpg.json', 'is nested deeper than 64 levels', 'kept as it is'],
  },
  {
    what: 'a photo that is damaged in its year folder, and whole in an album',
    files: () => {
      const inAlbum = photoEntries('a.jpg').map(({ path, bytes }) => ({
        path: path.replace(YEAR_FOLDER, 'Takeout/Google Photos/Trip'),
        bytes,
      }))
      const first = flipped(zipOf(photoEntries('a.jpg', 'b.jpg')), photoBytes('a.jpg'))
      return { [partName(1)]: first, [partName(2)]: zipOf(inAlbum) }
    },
    code: 3,
    saved: ['a.jpg', 'b.jpg'],
    problems: [`DAMAGED_ENTRY ${inYear('a.jpg')}`, `ORPHAN_SIDECAR ${inYear('a.jpg.json')}`],
    says: ['a.jpg', 'its checksum is wrong', `Download ${partName(1)} again`],
  },
  {
    what: 'photos of which every one is damaged',
    files: () => ({
      [partName(1)]: flipped(zipOf(photoEntries('a.jpg')), photoBytes('a.jpg')),
    }),
    code: 1,
    saved: [],
    problems: [],
    says: ['Nothing was saved', 'a.jpg', 'its checksum is wrong', `Download ${partName(1)} again`],
  },
]

/** A photo with the sidecar given. */
function withSidecar(name: string, sidecar: Uint8Array): SmallEntry[] {
  return [
    { path: inYear(name), bytes: photoBytes(name) },
    { path: inYear(`${name}.json`), bytes: sidecar },
  ]
}

/** Zeros that deflate makes a thousandth of. */
export async function tgzBomb(): Promise<Record<string, Uint8Array>> {
  const bomb = { path: inYear('bomb.jpg'), bytes: new Uint8Array(100 * MIB) }
  const tar = await tarOf([bomb, ...photoEntries('a.jpg')]).finishTar()
  return { [partName(1, 'tgz')]: gzipSync(tar, { level: 9 }) }
}
