/**
 * The index as it was when a repository was last opened, so that only newer states need reading.
 *
 *   size  field
 *      8  `TTINDEX1`
 *      4  0x01020304, in the byte order of the machine
 *      4  length of the facts (u32, machine order)
 *      n  facts: encode(JSON), see {@link Facts}; zeros up to a multiple of 8
 *         rows of the location table, see location-table.ts
 *
 * The facts may hold words of people (why something is held), so they are stored as the repository
 * stores its own. The rows are names that are keyed MACs, and numbers.
 *
 * Whether it is altered, sealed-files.ts tells. Whether it is still true is for its user to judge.
 * @module
 */
import { Buffer } from 'node:buffer'
import { equalBytes, fromUtf8, utf8 } from '../../util/bytes.ts'
import type { Encoding } from '../encoding.ts'
import type { SealedFiles } from '../local/sealed-files.ts'
import type { Colour } from './colours.ts'
import { LocationTable } from './location-table.ts'
import { StateIndex } from './state-index.ts'

const KIND = 'index'
const MAGIC = utf8('TTINDEX1')
const BYTE_ORDER = 0x01020304
const HEADER_BYTES = 16
const ALIGNMENT = 8
const MAX_FACTS_BYTES = 512 * 1024 * 1024

/** Everything but locations. Moments are decimal, since JSON has no 64-bit numbers. */
interface Facts {
  rows: number
  packfiles: { name: string; isPublished: boolean; isDeleted: boolean }[]
  colours: [key: string, coloured: string | null, takenBack: string | null][]
  states: string[]
  holds: { id: string; when: string; body: string }[]
  released: string[]
  merged: string[]
  latest: { id: string; timestamp: string } | null
}

/** Undefined when there is none that can be used. */
export async function readIndexCache(
  files: SealedFiles,
  encoding: Encoding,
): Promise<StateIndex | undefined> {
  const bytes = await files.read(KIND)
  if (bytes === undefined || bytes.length < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const order = new Uint32Array(bytes.buffer, bytes.byteOffset + MAGIC.length, 2)
  if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC) || order[0] !== BYTE_ORDER) {
    return undefined
  }
  const factsEnd = HEADER_BYTES + order[1]!
  if (factsEnd > view.byteLength) return undefined
  try {
    const encoded = bytes.subarray(HEADER_BYTES, factsEnd)
    const facts: Facts = JSON.parse(fromUtf8(encoding.decode(encoded, MAX_FACTS_BYTES)))
    return indexOf(facts, bytes.subarray(aligned(factsEnd)))
  } catch {
    return undefined // written by a version that meant something else by it
  }
}

/** False when it could not be written. */
export function writeIndexCache(
  files: SealedFiles,
  encoding: Encoding,
  index: StateIndex,
): Promise<boolean> {
  const facts = encoding.encode(utf8(JSON.stringify(factsOf(index))), 'compress')
  const header = new Uint8Array(HEADER_BYTES)
  header.set(MAGIC)
  new Uint32Array(header.buffer, MAGIC.length, 2).set([BYTE_ORDER, facts.length])
  const end = HEADER_BYTES + facts.length
  const padding = new Uint8Array(aligned(end) - end)
  return files.write(KIND, partsOf([header, facts, padding], index.contents().locations))
}

function* partsOf(head: readonly Uint8Array[], locations: LocationTable): Generator<Uint8Array> {
  yield* head
  yield* locations.blocks()
}

function factsOf(index: StateIndex): Facts {
  const contents = index.contents()
  const { latest } = contents
  return {
    rows: contents.locations.rows,
    packfiles: contents.packfiles,
    colours: [...contents.colours].map(([key, { coloured, takenBack }]) => [
      key,
      coloured?.toString() ?? null,
      takenBack?.toString() ?? null,
    ]),
    states: [...contents.states],
    holds: [...contents.holds.values()].map(({ id, when, body }) => ({
      id,
      when: when.toString(),
      body: Buffer.from(body).toString('base64'),
    })),
    released: [...contents.released],
    merged: [...contents.merged],
    latest: latest === undefined ? null : { ...latest, timestamp: latest.timestamp.toString() },
  }
}

function indexOf(facts: Facts, rows: Uint8Array): StateIndex | undefined {
  const locations = LocationTable.fromBlocks(rows, facts.rows, facts.packfiles.length)
  if (locations === undefined) return undefined
  const moment = (text: string | null) => (text === null ? undefined : BigInt(text))
  const { latest } = facts
  return new StateIndex({
    locations,
    packfiles: facts.packfiles,
    colours: new Map(
      facts.colours.map(([key, coloured, takenBack]): [string, Colour] => [
        key,
        { coloured: moment(coloured), takenBack: moment(takenBack) },
      ]),
    ),
    states: new Set(facts.states),
    holds: new Map(
      facts.holds.map(({ id, when, body }) => [
        id,
        { id, when: BigInt(when), body: new Uint8Array(Buffer.from(body, 'base64')) },
      ]),
    ),
    released: new Set(facts.released),
    merged: new Set(facts.merged),
    latest: latest === null ? undefined : { id: latest.id, timestamp: BigInt(latest.timestamp) },
  })
}

function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT
}
