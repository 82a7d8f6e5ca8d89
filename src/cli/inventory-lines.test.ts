import { describe, expect, it } from 'vitest'
import type { Entry, Inventory, InventorySummary } from '../sources/source.ts'
import { inventoryLines } from './inventory-lines.ts'

const summary: InventorySummary = {
  ...{ entries: 3, media: 1, sidecars: 1, albumFiles: 0, other: 0, litter: 0, rejected: 1 },
  ...{ items: 1, albums: 1, copies: 0, edited: 0, clips: 0, orphanSidecars: 0, orphanMedia: 0 },
  exports: [{ id: 'X', parts: ['x-001.zip'], missing: ['x-002.zip'] }],
  bytes: 12,
}

const entry = (index: number, path: string, rest: Partial<Entry>): Entry => ({
  ...{ index, path, part: 'x-001.zip', exportId: 'X', bytes: 4, class: 'sidecar' },
  ...rest,
})

const inventory: Inventory = {
  entries: [
    entry(0, 'b.jpg', { class: 'media', item: 'i1', role: 'original', mediaType: 'image/jpeg' }),
    entry(1, '../evil', { class: 'rejected', reason: 'leaves the archive', crc32: 7 }),
    entry(2, 'b.jpg.json', { class: 'sidecar' }),
  ],
  items: [
    {
      id: 'i1',
      files: [{ role: 'original', path: 'b.jpg', bytes: 4, mediaType: 'image/jpeg' }],
      title: 'b.jpg',
      taken: { instant: '2021-07-01T10:00:00Z', precision: 'second', source: 'sidecar' },
      people: ['Ann'],
      ...{ favorite: true, archived: false, trashed: false, locked: false, partner: false },
      albums: ['a1'],
    },
  ],
  albums: [{ id: 'a1', title: 'Oslo', folders: ['Oslo'], items: ['i1'] }],
  problems: [{ code: 'REJECTED', path: '../evil', message: 'refused' }],
  summary,
  filesOfItem: new Map([['i1', [0]]]),
}

/** As the machine output has them: undefined fields vanish. */
const lines = (given: Inventory) =>
  [...inventoryLines(given)].map((line) => JSON.parse(JSON.stringify(line)))

describe('inspect --json', () => {
  it('gives entries, items, albums, problems and the summary, in this order', () => {
    expect(lines(inventory).map((line) => line.type)).toEqual([
      ...['entry', 'entry', 'entry'],
      ...['item', 'album', 'problem', 'summary'],
    ])
  })

  it('sorts entries by path, then by part', () => {
    const twice = [entry(0, 'b', { part: '2' }), entry(1, 'a', {}), entry(2, 'b', { part: '1' })]

    const sorted = lines({ ...inventory, entries: twice }).slice(0, 3)

    expect(sorted.map(({ path, part }) => path + part)).toEqual(['ax-001.zip', 'b1', 'b2'])
  })

  it('says null for what a media file does not have', () => {
    const [, media] = lines(inventory)

    expect(media).toEqual({
      ...{ type: 'entry', path: 'b.jpg', part: 'x-001.zip', bytes: 4, class: 'media' },
      ...{ item: 'i1', role: 'original', sidecar: null, via: 'none' },
      ...{ editedOf: null, clipOf: null, copyOf: null, mediaType: 'image/jpeg' },
    })
  })

  it('keeps the fields of media away from other entries, and says why one was refused', () => {
    const [rejected, , sidecar] = lines(inventory)

    expect(Object.keys(sidecar)).toEqual(['type', 'path', 'part', 'bytes', 'class'])
    expect(rejected).toEqual({
      ...{ type: 'entry', path: '../evil', part: 'x-001.zip', bytes: 4 },
      ...{ class: 'rejected', reason: 'leaves the archive' },
    })
  })

  it('leaves out what is not known about an item', () => {
    const item = lines(inventory)[3]

    expect(Object.keys(item)).toEqual([
      ...['type', 'id', 'files', 'title', 'taken', 'people', 'favorite', 'archived'],
      ...['trashed', 'locked', 'partner', 'albums'],
    ])
    expect(item.files).toEqual([
      { role: 'original', path: 'b.jpg', bytes: 4, mediaType: 'image/jpeg' },
    ])
  })

  it('ends with the summary in the words of the contract', () => {
    expect(lines(inventory).at(-1)).toEqual({ type: 'summary', ...summary })
  })
})
