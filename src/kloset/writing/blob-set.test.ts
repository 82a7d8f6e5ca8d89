import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResourceType } from '../resource-type.ts'
import { BlobSet } from './blob-set.ts'

const { CHUNK, OBJECT } = ResourceType

describe('the set of known blobs', () => {
  it('tells the first who asks for a blob to store it, and nobody after', () => {
    const set = BlobSet.withCapacity(10)

    const answers = [1, 2, 3].map(() => set.claim(CHUNK, macOf(1)))

    expect(answers).toEqual([true, false, false])
    expect(set.size).toBe(1)
  })

  it('keeps blobs of different types apart, whatever their bytes', () => {
    const set = BlobSet.withCapacity(10)
    set.claim(CHUNK, macOf(1))

    expect(set.has(OBJECT, macOf(1))).toBe(false)
    expect(set.claim(OBJECT, macOf(1))).toBe(true)
  })

  it('tells MACs apart that differ in their last byte only', () => {
    const set = BlobSet.withCapacity(10)
    const [a, b] = [new Uint8Array(32), new Uint8Array(32)]
    b[31] = 1
    set.claim(CHUNK, a)

    expect(set.claim(CHUNK, b)).toBe(true)
  })

  it('reads MACs at any place in a larger buffer', () => {
    const set = BlobSet.withCapacity(10)
    const larger = new Uint8Array(40)
    larger.set(macOf(7), 3)
    set.claim(CHUNK, larger.subarray(3, 35))

    expect(set.has(CHUNK, macOf(7))).toBe(true)
  })

  it('has a blob stored again that was forgotten', () => {
    const set = BlobSet.withCapacity(10)
    set.claim(CHUNK, macOf(1))

    set.forget(CHUNK, macOf(1))

    expect([set.claim(CHUNK, macOf(1)), set.claim(CHUNK, macOf(1))]).toEqual([true, false])
  })

  it('answers "new" when it is full, and still knows what it holds', () => {
    const set = BlobSet.withCapacity(1)
    for (let n = 0; n < 10_000; n++) set.claim(CHUNK, macOf(n))

    expect(set.size).toBeLessThan(1000)
    expect([set.claim(CHUNK, macOf(9_999)), set.claim(CHUNK, macOf(9_999))]).toEqual([true, true])
    expect(set.claim(CHUNK, macOf(0))).toBe(false)
  })

  it('agrees with a Map, whatever is claimed and forgotten', () => {
    const action = fc.record({
      act: fc.constantFrom('claim', 'forget', 'has'),
      type: fc.constantFrom(CHUNK, OBJECT),
      blob: fc.integer({ min: 0, max: 30 }),
    })
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const set = BlobSet.withCapacity(300)
        const model = new Set<string>()
        for (const { act, type, blob } of actions) {
          const key = `${type}:${blob}`
          if (act === 'claim') {
            expect(set.claim(type, macOf(blob))).toBe(!model.has(key))
            model.add(key)
          } else if (act === 'forget') {
            set.forget(type, macOf(blob))
            model.delete(key)
          } else expect(set.has(type, macOf(blob))).toBe(model.has(key))
        }
      }),
    )
  })

  it('never gives one claim to two threads', async () => {
    const set = BlobSet.withCapacity(20_000)
    const tally = new SharedArrayBuffer(4 * BLOBS)

    await Promise.all([1, 2, 3].map(() => claimAllInAnotherThread(set.memory, tally)))

    expect([...new Int32Array(tally)].every((claims) => claims === 1)).toBe(true)
    expect(set.size).toBe(BLOBS)
  })
})

const BLOBS = 10_000

function macOf(n: number): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(String(n)).digest())
}

/**
 * Node 20 cannot load TypeScript in a thread, so the claim is written out here in JavaScript, by
 * the layout that the module documents. It proves the protocol, and that this set keeps to it.
 */
const CLAIM_ALL = `
  const { workerData: { memory, tally, macs } } = require('node:worker_threads')
  const words = new Int32Array(memory)
  const slots = Math.floor((words.length - 1) / 9)
  const wins = new Int32Array(tally)
  for (let n = 0; n < macs.length; n += 8) {
    const mac = macs.subarray(n, n + 8)
    for (let slot = (mac[0] >>> 0) % slots; ; slot = (slot + 1) % slots) {
      if (Atomics.compareExchange(words, slot * 9, 0, -1) === 0) {
        words.set(mac, slot * 9 + 1)
        Atomics.store(words, slot * 9, 9)
        Atomics.add(words, words.length - 1, 1)
        Atomics.add(wins, n / 8, 1)
        break
      }
      while (Atomics.load(words, slot * 9) === -1);
      if (mac.every((word, at) => words[slot * 9 + 1 + at] === word)) break
    }
  }
`

async function claimAllInAnotherThread(memory: SharedArrayBuffer, tally: SharedArrayBuffer) {
  const macs = new Int32Array(BLOBS * 8)
  for (let n = 0; n < BLOBS; n++) macs.set(new Int32Array(macOf(n).buffer), n * 8)
  const worker = new Worker(CLAIM_ALL, { eval: true, workerData: { memory, tally, macs } })
  await new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', resolve)
  })
}
