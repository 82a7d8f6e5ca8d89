import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  aRepositoryInMemory,
  importPhotos,
  type PhotoSketch,
} from '../../../test/support/small-imports.ts'
import { openSnapshot } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../open-repository.ts'
import { catalogueLines } from './catalogue-lines.ts'
import { coverage } from './coverage.ts'
import { coveredLines } from './covered-lines.ts'
import { addHold, allHolds, endHold } from './holds.ts'

const NOON = new Date('2024-05-01T12:00:00Z')
const now = () => NOON
const because = { reason: 'r', author: 'a' }

/** A library whose captions and albums change to and fro. */
const HISTORY: readonly PhotoSketch[][] = [
  [{ name: 'a.jpg', description: 'one' }],
  [{ name: 'b.jpg', album: 'Trip' }],
  [{ name: 'a.jpg', description: 'two' }],
  [{ name: 'c.jpg', album: 'Trip', people: ['Ann'] }],
  [{ name: 'b.jpg', people: ['Ann', 'Bob'] }],
  [{ name: 'd.jpg' }],
]
const COVERS = [
  { album: 'Trip' },
  { query: 'title:a.jpg' },
  { query: 'person:Ann' },
  { query: 'is:favorite' },
  { query: 'taken:2021' },
  { query: '-title:d*' },
]

let repository: Repository
let ids: string[]

beforeAll(async () => {
  repository = await aRepositoryInMemory()
  ids = []
  for (const photos of HISTORY) ids.push((await importPhotos(repository, photos)).snapshot)
})

describe('whatever is to go and whatever is held', () => {
  it('every covered line still stands in a snapshot that stays, and nothing is kept in vain', async () => {
    const property = fc.asyncProperty(
      fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
      fc.constantFrom(...COVERS),
      async (numbers, covers) => {
        await addHold(repository, { name: 'h', ...because, covers }, now)
        try {
          await checkCoverage(numbers.map((number) => ids[number]!))
        } finally {
          await endHold(repository, 'h', because, now)
        }
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })
})

async function checkCoverage(candidates: readonly string[]): Promise<void> {
  const staying = ids.filter((id) => !candidates.includes(id))
  const needed = await coverage(repository, { candidates, staying, now: NOON })
  const stays = [...staying, ...needed.keys()]
  const there = await linesOf(stays)
  for (const id of candidates) {
    const reader = await openSnapshot(repository, id)
    for (const line of (await coveredLines(reader, allHolds(repository))).keys()) {
      expect(there).toContain(line)
    }
  }
  for (const id of needed.keys()) {
    const reader = await openSnapshot(repository, id)
    const without = await linesOf(staying)
    const covered = [...(await coveredLines(reader, allHolds(repository))).keys()]
    expect(covered.some((line) => !without.has(line))).toBe(true)
  }
}

async function linesOf(snapshots: readonly string[]): Promise<Set<string>> {
  const lines = new Set<string>()
  for (const id of snapshots) {
    const reader = await openSnapshot(repository, id)
    for await (const line of catalogueLines(reader)) lines.add(line)
  }
  return lines
}
