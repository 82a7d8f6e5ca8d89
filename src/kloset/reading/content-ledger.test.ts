import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { concatBytes, toHex, utf8 } from '../../util/bytes.ts'
import { loadBlake3 } from '../crypto/blake3.ts'
import { createMac, type Mac } from '../crypto/mac.ts'
import { VERSION_1_1_0 } from '../format-version.ts'
import { NO_MAC } from '../mac-hex.ts'
import type { ObjectRecord } from '../records/object.ts'
import { ResourceType } from '../resource-type.ts'
import { decodeState, encodeState } from '../state/state-codec.ts'
import { StateIndex } from '../state/state-index.ts'
import { ContentLedger } from './content-ledger.ts'

const CHUNKS = Array.from({ length: 8 }, (_, n) => utf8(`chunk number ${n}`))
const PACKFILE = 'ee'.repeat(32)

let mac: Mac
let index: StateIndex
beforeAll(async () => {
  await loadBlake3()
  mac = createMac('BLAKE3', createHash('sha256').update('key').digest())
  const locations = CHUNKS.map((chunk, n) => ({
    ...{ type: ResourceType.CHUNK, mac: toHex(mac.of(chunk)), packfile: PACKFILE },
    ...{ offset: n * 100, length: 100 },
  }))
  const packfiles = [{ packfile: PACKFILE }]
  const draft = { parent: NO_MAC, timestamp: 1n, locations, packfiles }
  index = new StateIndex()
  index.ingest(NO_MAC, decodeState(encodeState(draft, NO_MAC), VERSION_1_1_0))
})

/** A content of these chunks; `whole` is what its MAC is computed from. */
function contentOf(chunks: readonly number[], whole = chunks): ObjectRecord {
  return {
    ...{ version: 65_536, contentType: '', entropy: 0, flags: 0 },
    contentMac: toHex(mac.of(concatBytes(whole.map((n) => CHUNKS[n]!)))),
    chunks: chunks.map((n) => ({
      ...{ version: 65_536, contentMac: toHex(mac.of(CHUNKS[n]!)), entropy: 0, flags: 0 },
      length: CHUNKS[n]!.length,
    })),
  }
}

function ledgerOf(contents: readonly ObjectRecord[]): ContentLedger {
  const ledger = new ContentLedger({ index, mac })
  for (const [n, content] of contents.entries()) ledger.register(String(n), content)
  return ledger
}

function feed(ledger: ContentLedger, chunks: readonly number[]): void {
  for (const n of chunks) ledger.feed(mac.of(CHUNKS[n]!), CHUNKS[n]!)
}

const ALL = [...CHUNKS.keys()]
const lists = fc.array(fc.nat(7), { minLength: 1, maxLength: 12 })

describe('contents whose chunks pass by', () => {
  it('are sound when each chunk came in its turn, also one that comes several times', () => {
    fc.assert(
      fc.property(lists, lists, (one, other) => {
        const ledger = ledgerOf([contentOf(one), contentOf(other)])

        feed(ledger, [...one, ...other])

        expect([ledger.isSound('0'), ledger.isSound('1'), ledger.isComplete]).toEqual([
          ...[true, true, true],
        ])
      }),
    )
  })

  it('are never called sound while a chunk is missing', () => {
    fc.assert(
      fc.property(lists, fc.nat(7), (chunks, missing) => {
        fc.pre(chunks.includes(missing))
        const ledger = ledgerOf([contentOf(chunks)])

        for (let times = 0; times < 3; times++) {
          feed(
            ledger,
            ALL.filter((n) => n !== missing),
          )
        }

        expect([ledger.isSound('0'), ledger.isComplete]).toEqual([false, false])
      }),
    )
  })

  it('are never called sound when their chunks do not add up to them', () => {
    fc.assert(
      fc.property(lists, lists, (chunks, whole) => {
        fc.pre(chunks.join() !== whole.join())
        const ledger = ledgerOf([contentOf(chunks, whole)])

        for (let times = 0; times < 12; times++) feed(ledger, ALL)

        expect(ledger.isSound('0')).toBe(false)
      }),
    )
  })

  it('are left to be read by themselves when their chunks come in another order', () => {
    const ledger = ledgerOf([contentOf([5, 2]), contentOf([3])])

    feed(ledger, [2, 3, 5])

    expect([ledger.isSound('0'), ledger.isSound('1'), ledger.isComplete]).toEqual([
      ...[false, true, false],
    ])
  })

  it('of another length than recorded are not sound', () => {
    const content = contentOf([1, 2])
    content.chunks[1]!.length += 1
    const ledger = ledgerOf([content])

    feed(ledger, [1, 2])

    expect(ledger.isSound('0')).toBe(false)
  })
})
