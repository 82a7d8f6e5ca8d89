/**
 * What every source promises, as a suite: each implementation hands in a way to make itself.
 * @module
 */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fileTree } from '../../test/support/file-tree.ts'
import { quietly } from '../util/progress.ts'
import type { Inventory, Source, Survey } from './source.ts'

/** A source that holds what the suite can know nothing of, and the folder its files lie in. */
export interface SourceUnderTest extends Disposable {
  source: Source
  folder: string
  /** SHA-256 of every photo and video in it. */
  media: readonly string[]
}

const options = { progress: quietly, signal: new AbortController().signal }

interface ReadContent {
  id: number
  size: number
  read(into: Uint8Array): number | Promise<number>
  finish(): { facts: { sha256: string } }
}

/** The facts of all media, as a backup learns them; contents are compared on the way. */
async function readAll(survey: Survey, { entries }: Inventory) {
  const wanted = entries.filter((entry) => entry.class === 'media')
  const { openContents } = (await import(survey.contentModule)) as {
    openContents(recipe: unknown): AsyncIterable<ReadContent>
  }
  const facts = new Map<number, { sha256: string }>()
  for (const batch of survey.batches(wanted.map(({ index }) => index))) {
    for await (const content of openContents(structuredClone(batch.recipe))) {
      const hash = createHash('sha256')
      const into = new Uint8Array(1000)
      let bytes = 0
      for (let length = -1; length !== 0; bytes += length) {
        length = await content.read(into)
        hash.update(into.subarray(0, length))
      }
      const found = content.finish().facts
      expect([bytes, found.sha256]).toEqual([content.size, hash.digest('hex')])
      facts.set(content.id, found)
    }
  }
  expect([...facts.keys()].sort()).toEqual(wanted.map(({ index }) => index).sort())
  return facts
}

export function itKeepsTheContractOfSources(make: () => Promise<SourceUnderTest>): void {
  describe('a source', () => {
    it('accounts for every entry once, and the classes add up', async () => {
      using made = await make()
      await using survey = await made.source.survey(options)

      const { entries, items, filesOfItem, summary } = survey.understand(new Map())

      const { media, sidecars, albumFiles, other, litter, rejected } = summary
      expect(media + sidecars + albumFiles + other + litter + rejected).toBe(summary.entries)
      expect(entries).toHaveLength(summary.entries)
      expect(new Set(entries.map(({ index }) => index)).size).toBe(entries.length)
      const ids = new Set(items.map(({ id }) => id))
      for (const entry of entries.filter(({ class: kind }) => kind === 'media')) {
        expect(ids.has(entry.item!)).toBe(true)
      }
      for (const { id, files } of items) expect(filesOfItem.get(id)).toHaveLength(files.length)
    })

    it('hands out the bytes of every photo, exactly, on any thread', async () => {
      using made = await make()
      await using survey = await made.source.survey(options)

      const facts = await readAll(survey, survey.understand(new Map()))

      expect([...new Set([...facts.values()].map(({ sha256 }) => sha256))].sort()).toEqual(
        [...new Set(made.media)].sort(),
      )
    })

    it('understands the same twice, and each photo is one item when its bytes are known', async () => {
      using made = await make()
      await using survey = await made.source.survey(options)
      const facts = await readAll(survey, survey.understand(new Map()))

      const inventory = survey.understand(facts)

      expect(survey.understand(facts)).toEqual(inventory)
      const held = inventory.items.flatMap(({ files }) => files.map(({ sha256 }) => sha256))
      expect(held.sort()).toEqual([...new Set(made.media)].sort())
      const albums = inventory.items.flatMap((item) => item.albums.map((id) => `${id} ${item.id}`))
      const members = inventory.albums.flatMap((album) =>
        album.items.map((id) => `${album.id} ${id}`),
      )
      expect(albums.sort()).toEqual(members.sort())
    })

    it('gives small files as they are, and changes nothing', async () => {
      using made = await make()
      const before = fileTree(made.folder)
      await using survey = await made.source.survey(options)
      const { entries } = survey.understand(new Map())

      for (const entry of entries.filter((e) => e.class === 'sidecar' || e.class === 'album')) {
        expect(await survey.smallFile(entry.index)).toHaveLength(entry.bytes)
      }
      await survey.readHeads(
        entries.flatMap((e) => (e.class === 'media' ? e.index : [])),
        options,
      )

      expect(fileTree(made.folder)).toEqual(before)
    })

    it('stops when it is told to', async () => {
      using made = await make()
      const signal = AbortSignal.abort()

      await expect(made.source.survey({ ...options, signal })).rejects.toThrow()
    })
  })
}
