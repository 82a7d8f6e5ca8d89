/**
 * Whatever the library and however Takeout cuts it up: entries add up, order and split of the parts
 * never matter, and what came twice adds nothing.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../scripts/sample-library/random.ts'
import type { ExportEntry } from '../../scripts/sample-library/takeout.ts'
import { type ImportReport, importLibrary } from '../../src/operations/import-library.ts'
import { inspectSource } from '../../src/operations/inspect-source.ts'
import { openSource } from '../../src/sources/registry.ts'
import { quietly } from '../../src/util/progress.ts'
import { deliverFile } from '../support/damage/delivered-file.ts'
import { tinyExport, tinyLibrary } from '../support/damage/tiny-library.ts'
import { aRepositoryInMemory } from '../support/small-imports.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const isSlow = process.env.SLOW === '1'
/** Always the same few, so that a run can be trusted; `SLOW=1` looks for others. */
const RUNS = isSlow ? { numRuns: 300 } : { numRuns: 8, seed: 7 }
const TIMEOUT_MS = isSlow ? 1_200_000 : 120_000
const signal = new AbortController().signal
const STAMP = '20240115T101500Z'

const exports = fc
  .record({
    seed: fc.nat(),
    shots: fc.integer({ min: 1, max: 12 }),
    form: fc.constantFrom('old' as const, 'new' as const),
  })
  .map(({ seed, shots, form }) =>
    tinyExport(tinyLibrary(randomFrom(seed), { shots }), {
      stamp: STAMP,
      sidecarForm: form,
      seed: 1,
    }),
  )
/** Into how many parts, with what chance, and whether they are tgz. */
const splits = fc.record({
  parts: fc.integer({ min: 1, max: 8 }),
  seed: fc.nat(),
  isTgz: fc.boolean(),
})
type Split = { parts: number; seed: number; isTgz: boolean }

describe('a generated export', () => {
  it(
    'is accounted for to the last entry, with nothing missing and nothing wrong',
    async () => {
      await fc.assert(
        fc.asyncProperty(exports, splits, async (entries, split) => {
          const { summary } = await inspected(entries, split)
          const count = (kind: string) => entries.filter(({ truth }) => truth.class === kind).length
          const { media, sidecars, albumFiles, other, litter, rejected } = summary

          expect(summary.entries).toBe(entries.length)
          expect([media, sidecars, albumFiles]).toEqual(['media', 'sidecar', 'album'].map(count))
          expect([other, litter, rejected]).toEqual([count('other'), count('litter'), 0])
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'gives the same items and albums, whatever parts it comes in',
    async () => {
      await fc.assert(
        fc.asyncProperty(exports, splits, splits, async (entries, one, other) => {
          const [first, second] = [await inspected(entries, one), await inspected(entries, other)]

          expect(second.items).toEqual(first.items)
          expect(second.albums).toEqual(first.albums)
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'adds nothing when it comes twice, in other parts and in another order',
    async () => {
      await fc.assert(
        fc.asyncProperty(exports, splits, splits, async (entries, one, other) => {
          const repository = await aRepositoryInMemory()

          const first = await imported(repository, entries, one)
          const second = await imported(repository, entries, other)

          expect(second).toMatchObject({ added: 0, changed: 0, vanished: 0, items: first.items })
          expect(second.unchanged).toBe(first.items)
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )
})

async function inspected(entries: readonly ExportEntry[], split: Split) {
  using folder = temporaryFolder()
  await writeParts(folder.path, entries, split)
  const source = await openSource([folder.path])
  return (await inspectSource(source, { progress: quietly, signal })).inventory
}

async function imported(
  repository: Awaited<ReturnType<typeof aRepositoryInMemory>>,
  entries: readonly ExportEntry[],
  split: Split,
): Promise<ImportReport> {
  using folder = temporaryFolder()
  await writeParts(folder.path, entries, split)
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal, client: 'test' },
    ...{ threads: 0, cacheDir: undefined, reread: false },
  })
}

async function writeParts(to: string, entries: readonly ExportEntry[], split: Split) {
  const random = randomFrom(split.seed)
  const shares: ExportEntry[][] = Array.from({ length: split.parts }, () => [])
  for (const entry of entries) {
    const share = shares[random.below(split.parts)]!
    share.splice(random.below(share.length + 1), 0, entry)
  }
  for (const [at, share] of shares.entries()) {
    const number = String(at + 1).padStart(3, '0')
    const name = `takeout-${STAMP}-${number}.${split.isTgz ? 'tgz' : 'zip'}`
    writeFileSync(join(to, name), (await deliverFile(name, share)).bytes)
  }
}
