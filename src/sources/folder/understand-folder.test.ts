import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { understand } from '../takeout/understanding/understand.ts'
import type { FolderTree, TreeFile } from './folder-tree.ts'
import { understandFolder } from './understand-folder.ts'

/** Names that mean something in an export, and some that mean nothing. */
const folderName = fc.constantFrom(
  ...[
    'Takeout',
    'Google Photos',
    'Photos from 2019',
    'Archive',
    'Trash',
    '=',
    'DCIM',
    'ALL_PHOTOS',
  ],
)
const fileName = fc.constantFrom(
  ...[
    'IMG_1.jpg',
    'IMG_1(1).jpg',
    'IMG_1-edited.jpg',
    'IMG_1.MOV',
    'IMG_1.DNG',
    'img_1.JPG',
    'a.png',
  ],
  ...['IMG_1.jpg.json', 'metadata.json', 'IMG_1.xmp', 'IMG_1.jpg.xmp', 'notes.txt', 'Thumbs.db'],
  ...['gphotos.sqlite', 'albums-info.json', 'archive_browser.html', 'x.zip'],
)
const json = Buffer.from('{"title":"IMG_1.jpg","photoTakenTime":{"timestamp":"1556697600"}}')
const xmp = Buffer.from('<x:xmpmeta><rdf:RDF></rdf:RDF></x:xmpmeta>')

const file = fc.record({
  folders: fc.array(folderName, { maxLength: 3 }),
  name: fileName,
  bytes: fc.integer({ min: 0, max: 5 }),
  isRefused: fc.boolean(),
  link: fc.option(fc.nat(), { freq: 6, nil: undefined }),
})

const tree = fc.array(file, { minLength: 1, maxLength: 25 }).map((drawn): FolderTree => {
  const byPath = new Map(drawn.map((one) => [[...one.folders, one.name].join('/'), one]))
  const files = [...byPath].map(([path, { name, bytes, isRefused, link }], index): TreeFile => {
    const base: TreeFile = { index, path, root: 0, bytes, modifiedMs: 1_580_000_000_000 + index }
    if (link !== undefined) return { ...base, link: { file: link % byPath.size } }
    if (isRefused && bytes === 0) return { ...base, refused: 'it is refused', isUnreadable: true }
    if (/\.json$/.test(name)) return { ...base, text: json }
    return /\.xmp$/.test(name) ? { ...base, text: xmp } : base
  })
  return {
    roots: [{ name: 'Pictures', exportId: 'folder:Pictures' }],
    files,
    foldersAsAlbums: true,
  }
})

/** As reading would tell: files of one size are the same bytes. */
const factsOf = ({ files }: FolderTree) =>
  new Map(
    files.map(({ index, path, bytes }) => {
      const isVideo = /\.MOV$/.test(path)
      const mediaType = isVideo ? 'video/quicktime' : 'image/jpeg'
      return [index, { mediaType, sha256: `${isVideo ? 'f' : '0'}${bytes}`.padEnd(64, '0') }]
    }),
  )

/** How folders are called while the rules for exports look at them; a real one may be, too. */
const NEUTRAL = 'Takeout/Google Photos/='

describe('any folder', () => {
  it('has every file in one class under its own name, and every photo in one item', () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (drawn, isRead) => {
        const facts = isRead ? factsOf(drawn) : new Map()

        const { entries, items, albums, problems, summary, filesOfItem } = understandFolder(
          drawn,
          facts,
          understand,
        )

        expect(entries.map(({ path }) => path).sort()).toEqual(
          drawn.files.map(({ path }) => path).sort(),
        )
        const { media, sidecars, albumFiles, other, litter, rejected } = summary
        expect(media + sidecars + albumFiles + other + litter + rejected).toBe(entries.length)
        const byId = new Map(items.map((item) => [item.id, item]))
        for (const entry of entries) {
          if (entry.class === 'media') expect(byId.has(entry.item!)).toBe(true)
        }
        const paths = new Set(drawn.files.map(({ path }) => path))
        for (const { id, files, taken } of items) {
          expect(files.every(({ path }) => paths.has(path))).toBe(true)
          expect(filesOfItem.get(id)).toHaveLength(files.length)
          expect(taken).toBeDefined()
        }
        for (const { items: members } of albums)
          expect(members.every((id) => byId.has(id))).toBe(true)
        const isNamedSo = drawn.files.some(({ path }) => path.includes(NEUTRAL))
        expect(JSON.stringify([albums, problems, entries]).includes(NEUTRAL)).toBe(isNamedSo)
      }),
    )
  })

  it('is understood the same in whatever order its files were listed', () => {
    fc.assert(
      fc.property(tree, (drawn) => {
        const at = (index: number) => drawn.files.length - 1 - index
        const turned = drawn.files
          .map((one): TreeFile => {
            const link = one.link && 'file' in one.link ? { file: at(one.link.file) } : undefined
            return { ...one, index: at(one.index), ...(link ? { link } : {}) }
          })
          .reverse()
        const other = { ...drawn, files: turned }

        const one = understandFolder(drawn, factsOf(drawn), understand)
        const two = understandFolder(other, factsOf(other), understand)

        expect(two.items).toEqual(one.items)
        expect(two.albums).toEqual(one.albums)
        expect(two.problems).toEqual(one.problems)
        const plain = (found: typeof one) =>
          found.entries.map(({ index: _, sameBytesAs: __, ...e }) => e)
        expect(plain(two)).toEqual(plain(one))
      }),
    )
  })
})
