import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { KnownStores } from './known-stores.ts'

const ID = '0123456789abcdef0123456789abcdef'
const OTHER = 'f'.repeat(32)
const monday = new Date('2026-11-16T08:00:00Z')
const tuesday = new Date('2026-11-17T08:00:00Z')

describe('the stores this machine knows', () => {
  it('are remembered by every place they were used at, with the last time', async () => {
    using folder = temporaryFolder()
    const known = new KnownStores(folder.path)
    await known.rememberPlace(ID, '/media/disk/photos', monday)
    await known.rememberPlace(ID, 's3://bucket/photos', monday)
    await known.rememberPlace(ID, '/media/disk/photos', tuesday)

    expect((await known.recall(ID)).places).toEqual([
      { location: 's3://bucket/photos', lastUsed: monday.toISOString() },
      { location: '/media/disk/photos', lastUsed: tuesday.toISOString() },
    ])
  })

  it('are remembered with their copies and their last drill', async () => {
    using folder = temporaryFolder()
    const known = new KnownStores(folder.path)
    const drill = { at: monday.toISOString(), status: 'sound', snapshot: 'ab', items: 5 } as const
    await known.rememberCopy(ID, { id: OTHER, location: '/nas' }, monday)
    await known.rememberDrill(ID, { ...drill, of: 9, seconds: 1 })

    expect(await known.recall(ID)).toMatchObject({
      copies: [{ id: OTHER, location: '/nas', lastSynced: monday.toISOString() }],
      lastDrill: { items: 5, of: 9 },
    })
    expect(await known.recall(OTHER)).toEqual({ id: OTHER, places: [], copies: [] })
  })

  it('are forgotten, not stumbled over, when the notes are damaged', async () => {
    using folder = temporaryFolder()
    const known = new KnownStores(folder.path)
    mkdirSync(join(folder.path, 'known-stores'))
    for (const text of ['{"version":1', '[]', '{"version":2}', '{"version":1,"id":"x"}']) {
      writeFileSync(join(folder.path, 'known-stores', `${ID}.json`), text)

      expect(await known.recall(ID)).toEqual({ id: ID, places: [], copies: [] })
    }
    await known.rememberPlace(ID, '/a', monday)
    expect((await known.recall(ID)).places).toHaveLength(1)
  })

  it('cost nothing when they cannot be written', async () => {
    using folder = temporaryFolder()
    const taken = join(folder.path, 'file')
    writeFileSync(taken, '')

    await new KnownStores(taken).rememberPlace(ID, '/a', monday)

    expect(readdirSync(folder.path)).toEqual(['file'])
  })
})
