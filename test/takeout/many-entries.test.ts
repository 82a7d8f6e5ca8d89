/**
 * A report is believed when its numbers are those that everybody can count. `SLOW=1` counts an
 * export of 191,110 entries, of which 95,662 are photos and videos.
 */
import { describe, expect, it } from 'vitest'
import {
  countsOf,
  type Figures,
  generateMany,
  LARGE_LIBRARY,
} from '../../scripts/sample-library/generate-many.ts'
import { inspectSource } from '../../src/operations/inspect-source.ts'
import { openSource } from '../../src/sources/registry.ts'
import type { Entry } from '../../src/sources/source.ts'
import { quietly } from '../../src/util/progress.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const isSlow = process.env.SLOW === '1'
const SMALL_LIBRARY: Figures = { originals: 864, edited: 5, clips: 4, copies: 90, albums: 6 }
const figures = isSlow ? LARGE_LIBRARY : SMALL_LIBRARY

describe('a large library', () => {
  it('is the one with 95,662 photos and videos and 95,448 other entries', () => {
    const { media, others } = countsOf(LARGE_LIBRARY)

    expect({ media, others, entries: media + others }).toEqual({
      ...{ media: 95_662, others: 95_448, entries: 191_110 },
    })
  })

  it('is reported with exactly the numbers it has', async () => {
    using folder = temporaryFolder()
    await generateMany(folder.path, figures, 8)
    const { media, others, sidecars, albumFiles } = countsOf(figures)

    const { inventory } = await inspectSource(await openSource([folder.path]), {
      ...{ progress: quietly, signal: new AbortController().signal },
    })

    const { summary, entries, problems } = inventory
    expect(summary).toMatchObject({
      ...{ entries: media + others, media, sidecars, albumFiles, rejected: 0, litter: 1, other: 3 },
      ...{ items: figures.originals, copies: figures.copies, albums: figures.albums },
      ...{ edited: figures.edited, clips: figures.clips, orphanMedia: 0, orphanSidecars: 0 },
    })
    expect(problems).toEqual([])
    expect(entries).toHaveLength(summary.entries)
    expect(countOf(entries, 'media')).toBe(media)
    expect(summary.bytes).toBe(entries.reduce((sum, { bytes }) => sum + bytes, 0))
  }, 1_200_000)
})

function countOf(entries: readonly Entry[], kind: Entry['class']): number {
  return entries.filter((entry) => entry.class === kind).length
}
