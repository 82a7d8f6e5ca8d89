import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../util/bytes.ts'
import { VERSION_1_1_0 } from '../format-version.ts'
import { macFromHex, NO_MAC } from '../mac-hex.ts'
import { ResourceType } from '../resource-type.ts'
import { decodeState, encodeState, type StateDraft, StateEntryType } from './state-codec.ts'
import { StateIndex } from './state-index.ts'

const { CHUNK, PACKFILE, SNAPSHOT } = ResourceType

/** A MAC that is easy to tell from others. */
function mac(name: number): string {
  return name.toString(16).padStart(2, '0').repeat(32)
}

type Entry =
  | { at: number; located: number; in: number; type?: number }
  | { at: number; published: number }
  | { at: number; coloured: number; type: number }
  | { at: number; uncoloured: number; type: number }
  | { at: number; unpublished: number }
  | { at: number; unlocated: number; in: number }
  | { at: number; held: number }
  | { at: number; released: number }
  | { at: number; merged: number }

/** A state that says one thing at a time. */
function stateOf(entry: Entry) {
  const draft: StateDraft = {
    parent: NO_MAC,
    timestamp: BigInt(entry.at),
    locations:
      'located' in entry
        ? [
            {
              type: entry.type ?? CHUNK,
              mac: mac(entry.located),
              packfile: mac(entry.in),
              offset: 5,
              length: 9,
            },
          ]
        : [],
    packfiles: 'published' in entry ? [{ packfile: mac(entry.published) }] : [],
    coloured:
      'coloured' in entry
        ? [{ type: entry.type, mac: mac(entry.coloured), when: BigInt(entry.at) }]
        : [],
    deleted: deletionOf(entry),
    holds: 'held' in entry ? [{ id: mac(entry.held), when: 1n, body: utf8('{}') }] : [],
    released: 'released' in entry ? [{ hold: mac(entry.released), when: 2n }] : [],
    merged: 'merged' in entry ? [mac(entry.merged)] : [],
  }
  return decodeState(encodeState(draft, NO_MAC), VERSION_1_1_0)
}

function deletionOf(entry: Entry): NonNullable<StateDraft['deleted']> {
  const nothing = { blobType: 0, mac: NO_MAC, packfile: NO_MAC }
  if ('uncoloured' in entry) {
    const { type, uncoloured } = entry
    return [
      { ...nothing, entryType: StateEntryType.COLOURED, blobType: type, mac: mac(uncoloured) },
    ]
  }
  if ('unpublished' in entry) {
    return [{ ...nothing, entryType: StateEntryType.PACKFILE, packfile: mac(entry.unpublished) }]
  }
  if ('unlocated' in entry) {
    const location = { blobType: CHUNK, mac: mac(entry.unlocated), packfile: mac(entry.in) }
    return [{ ...location, entryType: StateEntryType.LOCATION }]
  }
  return []
}

function indexOf(entries: readonly Entry[]): StateIndex {
  const index = new StateIndex()
  entries.forEach((entry, ordinal) => {
    index.ingest(mac(100 + ordinal), stateOf(entry))
  })
  return index
}

/** Checks the same expectation for the states in every order. */
function inAnyOrder(entries: Entry[], expectation: (index: StateIndex) => void): void {
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
      expectation(indexOf(shuffled))
    }),
    { numRuns: 30 },
  )
}

describe('a blob', () => {
  it('is found once its packfile is published, whichever state says so', () => {
    inAnyOrder(
      [
        { at: 1, located: 1, in: 50 },
        { at: 2, published: 50 },
      ],
      (index) => {
        expect(index.locate(CHUNK, mac(1))).toMatchObject({
          packfile: mac(50),
          offset: 5,
          length: 9,
        })
      },
    )
  })

  it('is not found in a packfile that nobody published', () => {
    expect(indexOf([{ at: 1, located: 1, in: 50 }]).has(CHUNK, mac(1))).toBe(false)
  })

  it('is another one under another type', () => {
    const index = indexOf([
      { at: 1, located: 1, in: 50 },
      { at: 2, published: 50 },
    ])

    expect(index.has(ResourceType.OBJECT, mac(1))).toBe(false)
  })

  it('does not count while its packfile is about to be swept, but may still be read', () => {
    inAnyOrder(
      [
        { at: 1, located: 1, in: 50 },
        { at: 2, published: 50 },
        { at: 3, coloured: 50, type: PACKFILE },
      ],
      (index) => {
        expect(index.has(CHUNK, mac(1))).toBe(false)
        expect([...index.packfiles()]).toEqual([])
        expect([...index.macs(CHUNK)]).toEqual([])
        expect(index.locations(CHUNK, mac(1))).toHaveLength(1)
      },
    )
  })

  it('counts again when the sweeping was called off afterwards', () => {
    inAnyOrder(
      [
        { at: 1, located: 1, in: 50 },
        { at: 2, published: 50 },
        { at: 3, coloured: 50, type: PACKFILE },
        { at: 4, uncoloured: 50, type: PACKFILE },
      ],
      (index) => expect(index.has(CHUNK, mac(1))).toBe(true),
    )
  })

  it('does not count when sweeping was decided again after that', () => {
    inAnyOrder(
      [
        { at: 1, located: 1, in: 50 },
        { at: 2, published: 50 },
        { at: 3, coloured: 50, type: PACKFILE },
        { at: 4, uncoloured: 50, type: PACKFILE },
        { at: 5, coloured: 50, type: PACKFILE },
      ],
      (index) => expect(index.has(CHUNK, mac(1))).toBe(false),
    )
  })

  it('is gone for good with its packfile', () => {
    inAnyOrder(
      [
        { at: 1, located: 1, in: 50 },
        { at: 2, published: 50 },
        { at: 3, unpublished: 50 },
        { at: 4, uncoloured: 50, type: PACKFILE },
      ],
      (index) => {
        expect(index.has(CHUNK, mac(1))).toBe(false)
        expect(index.locations(CHUNK, mac(1))).toEqual([])
      },
    )
  })

  it('is gone for good when its location was taken back, but only there', () => {
    inAnyOrder(
      [
        { at: 1, located: 1, in: 50 },
        { at: 2, located: 1, in: 51 },
        { at: 3, published: 50 },
        { at: 4, published: 51 },
        { at: 5, unlocated: 1, in: 50 },
      ],
      (index) => {
        expect(index.locations(CHUNK, mac(1)).map(({ packfile }) => packfile)).toEqual([mac(51)])
      },
    )
  })

  it('is looked for in a safe packfile first', () => {
    inAnyOrder(
      [
        { at: 1, located: 1, in: 50 },
        { at: 2, located: 1, in: 51 },
        { at: 3, published: 50 },
        { at: 4, published: 51 },
        { at: 5, coloured: 50, type: PACKFILE },
      ],
      (index) => {
        expect(index.locations(CHUNK, mac(1)).map(({ packfile }) => packfile)).toEqual([
          mac(51),
          mac(50),
        ])
        expect(index.locate(CHUNK, mac(1))?.packfile).toBe(mac(51))
      },
    )
  })
})

describe('a snapshot', () => {
  const published: Entry[] = [
    { at: 1, located: 1, in: 50, type: SNAPSHOT },
    { at: 2, published: 50 },
  ]

  it('is listed once, however often its header was stored', () => {
    inAnyOrder(
      [...published, { at: 3, located: 1, in: 51, type: SNAPSHOT }, { at: 4, published: 51 }],
      (index) => expect(index.snapshots()).toEqual([mac(1)]),
    )
  })

  it('is gone when it was deleted', () => {
    inAnyOrder([...published, { at: 3, coloured: 1, type: SNAPSHOT }], (index) => {
      expect(index.snapshots()).toEqual([])
      expect(index.hasSnapshot(mac(1))).toBe(false)
    })
  })

  it('comes back when its deletion was taken back', () => {
    inAnyOrder(
      [
        ...published,
        { at: 3, coloured: 1, type: SNAPSHOT },
        { at: 4, uncoloured: 1, type: SNAPSHOT },
      ],
      (index) => {
        expect(index.snapshots()).toEqual([mac(1)])
        expect(index.hasSnapshot(mac(1))).toBe(true)
      },
    )
  })
})

describe('a snapshot that was deleted', () => {
  const deleted: Entry[] = [
    { at: 1, located: 1, in: 50, type: SNAPSHOT },
    { at: 2, published: 50 },
    { at: 3, coloured: 1, type: SNAPSHOT },
  ]

  it('is remembered as removed, with its time, while its header can be read', () => {
    inAnyOrder(deleted, (index) => {
      expect(index.removedSnapshots()).toEqual([{ id: mac(1), when: 3n }])
      expect(index.snapshotLocations(mac(1)).map(({ packfile }) => packfile)).toEqual([mac(50)])
    })
  })

  it('is forgotten with its packfile', () => {
    inAnyOrder([...deleted, { at: 4, unpublished: 50 }], (index) => {
      expect(index.removedSnapshots()).toEqual([])
      expect(index.snapshotLocations(mac(1))).toEqual([])
    })
  })
})

describe('a hold', () => {
  const held = { at: 1, held: 7 }

  it('stands until it is released', () => {
    expect(indexOf([held]).holds()).toEqual([{ id: mac(7), when: 1n, body: utf8('{}') }])
  })

  it('is released for good', () => {
    inAnyOrder([held, { at: 2, released: 7 }], (index) => expect(index.holds()).toEqual([]))
  })
})

describe('packfiles', () => {
  const entries: Entry[] = [
    { at: 1, located: 1, in: 50 },
    { at: 2, located: 2, in: 51 },
    { at: 3, published: 50 },
    { at: 4, published: 51 },
    { at: 5, coloured: 51, type: PACKFILE },
    { at: 6, published: 52 },
    { at: 7, unpublished: 52 },
  ]

  it('stay published while they are about to be swept', () => {
    inAnyOrder(entries, (index) => {
      expect([...index.publishedPackfiles()].sort()).toEqual([mac(50), mac(51)])
      expect(index.colouredPackfiles()).toEqual(new Map([[mac(51), 5n]]))
    })
  })

  it('tell what lies in them', () => {
    inAnyOrder(
      [...entries, { at: 8, located: 3, in: 51 }, { at: 9, unlocated: 3, in: 51 }],
      (index) => {
        const blobs = [...index.blobsIn(new Set([mac(51), mac(52)]))]

        expect(blobs).toMatchObject([
          { type: CHUNK, mac: macFromHex(mac(2)), offset: 5, length: 9 },
        ])
      },
    )
  })
})

describe('the index', () => {
  it('knows which states others took the place of', () => {
    expect([...indexOf([{ at: 1, merged: 9 }]).mergedStates()]).toEqual([mac(9)])
  })

  it('knows the newest state by its own time', () => {
    const index = indexOf([
      { at: 5, published: 50 },
      { at: 9, published: 51 },
      { at: 7, published: 52 },
    ])

    expect(index.latestState).toBe(mac(101))
    expect(new StateIndex().latestState).toBe(NO_MAC)
  })

  it('takes in a state once', () => {
    const index = new StateIndex()
    const state = stateOf({ at: 1, located: 1, in: 50 })

    index.ingest(mac(100), state)
    index.ingest(mac(100), state)

    expect(index.blobs).toBe(1)
  })

  it('knows how many bytes of data a packfile needs at least', () => {
    const index = indexOf([
      { at: 1, located: 1, in: 50 },
      { at: 2, published: 50 },
      { at: 3, published: 51 },
    ])

    expect(index.packfileExtents()).toEqual(
      new Map([
        [mac(50), 14],
        [mac(51), 0],
      ]),
    )
  })

  it('finds each of forty thousand blobs, and no other, in 10 MB', () => {
    const packfile = mac(50)
    const name = (n: number) => toHex(hashLike(n))
    const locations = Array.from({ length: 40_000 }, (_, n) => ({
      type: CHUNK,
      mac: name(n),
      packfile,
      offset: n * 10,
      length: 10,
    }))
    const bytes = encodeState(
      { parent: NO_MAC, timestamp: 1n, locations, packfiles: [{ packfile }] },
      NO_MAC,
    )
    const before = process.memoryUsage().arrayBuffers
    const index = new StateIndex()

    index.ingest(mac(100), decodeState(bytes, VERSION_1_1_0))

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6)
    for (let n = 0; n < 40_000; n += 777) {
      expect(index.locate(CHUNK, name(n))?.offset).toBe(n * 10)
      expect(index.has(CHUNK, name(n + 40_000))).toBe(false)
    }
    expect([...index.macs(CHUNK)].length).toBe(40_000)
    expect(macFromHex(name(3))).toEqual([...index.macs(CHUNK)][3])
  })
})

/** 32 well-mixed bytes that depend on `n`. */
function hashLike(n: number): Uint8Array {
  const bytes = new Uint8Array(32)
  let x = (n + 1) * 2_654_435_761
  for (let at = 0; at < 32; at++) {
    x = Math.imul(x ^ (x >>> 15), 2_246_822_519) >>> 0
    bytes[at] = x & 0xff
  }
  return bytes
}
