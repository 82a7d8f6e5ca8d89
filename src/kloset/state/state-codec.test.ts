import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, toHex } from '../../util/bytes.ts'
import { MalformedStateError } from '../damage.ts'
import { VERSION_1_0_0, VERSION_1_1_0 } from '../format-version.ts'
import { macToHex, NO_MAC } from '../mac-hex.ts'
import { MAX_HOLD_BYTES } from './own-entries.ts'
import { type DecodedState, decodeState, encodeState, type StateDraft } from './state-codec.ts'

const macs = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex)
const moments = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const drafts = fc.record({
  parent: macs,
  timestamp: moments,
  locations: fc.array(
    fc.record({
      type: fc.nat(255),
      mac: macs,
      packfile: macs,
      offset: fc.nat(Number.MAX_SAFE_INTEGER),
      length: fc.nat(0xffff_ffff),
    }),
    { maxLength: 5 },
  ),
  packfiles: fc.array(fc.record({ packfile: macs }), { maxLength: 3 }),
  coloured: fc.array(fc.record({ type: fc.nat(255), mac: macs, when: moments }), { maxLength: 3 }),
  deleted: fc.array(
    fc.record({ entryType: fc.nat(255), blobType: fc.nat(255), mac: macs, packfile: macs }),
    { maxLength: 3 },
  ),
  holds: fc.array(fc.record({ id: macs, when: moments, body: fc.uint8Array({ maxLength: 90 }) }), {
    maxLength: 3,
  }),
  released: fc.array(fc.record({ hold: macs, when: moments }), { maxLength: 3 }),
  merged: fc.array(macs, { maxLength: 3 }),
})
const STATE_ID = 'ab'.repeat(32)

/** Everything a state says, gathered by visiting it. */
function contentOf(state: DecodedState): Required<StateDraft> {
  const locations: StateDraft['locations'][number][] = []
  const packfiles: { packfile: string }[] = []
  const coloured: NonNullable<StateDraft['coloured']>[number][] = []
  const deleted: NonNullable<StateDraft['deleted']>[number][] = []
  const holds: NonNullable<StateDraft['holds']>[number][] = []
  const released: NonNullable<StateDraft['released']>[number][] = []
  const merged: string[] = []
  state.visit({
    location: ({ type, bytes, macAt, packfileAt, offset, length }) => {
      const [mac, packfile] = [macToHex(bytes, macAt), macToHex(bytes, packfileAt)]
      locations.push({ type, mac, packfile, offset, length })
    },
    packfile: (packfile) => packfiles.push({ packfile }),
    coloured: (type, mac, when) => coloured.push({ type, mac, when }),
    deleted: (deletion) => deleted.push(deletion),
    hold: (hold) => holds.push(hold),
    released: (hold, when) => released.push({ hold, when }),
    merged: (id) => merged.push(id),
  })
  const { parent, timestamp } = state
  return {
    ...{ parent, timestamp, locations, packfiles, coloured, deleted },
    ...{ holds, released, merged },
  }
}

describe('a state', () => {
  it('says what it was written to say', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const state = decodeState(encodeState(draft, STATE_ID), VERSION_1_1_0)

        expect(contentOf(state)).toEqual(draft)
        expect(state.version).toBe(VERSION_1_1_0)
      }),
    )
  })

  it('of version 1.0.0 has no parent', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const old = encodeState(draft, STATE_ID).subarray(32)

        const state = decodeState(old, VERSION_1_0_0)

        expect(contentOf(state)).toEqual({ ...draft, parent: NO_MAC })
      }),
    )
  })

  it('is refused when any of its end is missing, or something follows', () => {
    fc.assert(
      fc.property(drafts, fc.nat(), (draft, seed) => {
        const bytes = encodeState(draft, STATE_ID)
        const cut = bytes.subarray(0, seed % bytes.length)

        expect(() => decodeState(cut, VERSION_1_1_0)).toThrow(MalformedStateError)
        expect(() => decodeState(concatBytes([bytes, Uint8Array.of(0)]), VERSION_1_1_0)).toThrow(
          MalformedStateError,
        )
      }),
    )
  })

  it('is read or refused as a whole, whatever its bytes are', () => {
    fc.assert(
      fc.property(drafts, fc.array(fc.tuple(fc.nat(), fc.nat(255))), (draft, changes) => {
        const bytes = encodeState(draft, STATE_ID)
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        let state: DecodedState | undefined

        try {
          state = decodeState(bytes, VERSION_1_1_0)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedStateError)
        }

        if (state !== undefined) contentOf(state)
      }),
    )
  })

  it('may have entries of types nobody knows yet', () => {
    const bytes = encodeState(
      { parent: NO_MAC, timestamp: 7n, locations: [], packfiles: [{ packfile: STATE_ID }] },
      STATE_ID,
    )
    const unknown = Uint8Array.of(77, 3, 0, 0, 0, 1, 1, 1)

    const state = decodeState(
      concatBytes([bytes.subarray(0, 32), unknown, bytes.subarray(32)]),
      VERSION_1_1_0,
    )

    expect(contentOf(state).packfiles).toEqual([{ packfile: STATE_ID }])
  })

  it('may have entries that somebody else numbered as we number ours', () => {
    const bytes = encodeState(
      { parent: NO_MAC, timestamp: 7n, locations: [], packfiles: [{ packfile: STATE_ID }] },
      STATE_ID,
    )
    const foreign = Uint8Array.of(64, 3, 0, 0, 0, 1, 1, 1)

    const state = decodeState(
      concatBytes([bytes.subarray(0, 32), foreign, bytes.subarray(32)]),
      VERSION_1_1_0,
    )

    expect(contentOf(state)).toMatchObject({ holds: [], packfiles: [{ packfile: STATE_ID }] })
  })

  it('cannot be written with a hold that nobody would read', () => {
    const holds = [{ id: STATE_ID, when: 7n, body: new Uint8Array(MAX_HOLD_BYTES + 1) }]
    const draft = { parent: NO_MAC, timestamp: 7n, locations: [], packfiles: [], holds }

    expect(() => encodeState(draft, STATE_ID)).toThrow(RangeError)
  })

  it('is refused when an entry has a length its type cannot have', () => {
    const bytes = encodeState(
      { parent: NO_MAC, timestamp: 7n, locations: [], packfiles: [{ packfile: STATE_ID }] },
      STATE_ID,
    )
    bytes[33] = 71

    expect(() => decodeState(bytes, VERSION_1_1_0)).toThrow(/type 4 has 71 bytes/)
  })
})
