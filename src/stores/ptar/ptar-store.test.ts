import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../util/bytes.ts'
import { collect } from '../store.conformance.ts'
import { NotAStoreError, NotInStoreError, ReadOnlyStoreError, ShortReadError } from '../store.ts'
import { PTAR_PACKFILE, PTAR_STATE, PtarStore } from './ptar-store.ts'

const FIXTURE = fileURLToPath(new URL('../../../test/fixtures/kloset/plain.ptar', import.meta.url))
const NAME = 'ab'.repeat(32)
const scratch = mkdtempSync(join(tmpdir(), 'ptar-store-'))
afterAll(() => rmSync(scratch, { recursive: true }))

describe('a .ptar file', () => {
  it('is a store with one packfile, one state and no locks', async () => {
    await using store = new PtarStore(FIXTURE)

    expect(fromUtf8((await store.getConfig()).subarray(0, 8))).toBe('_KLOSET_')
    expect(await collect(store.list('packfile'))).toEqual([PTAR_PACKFILE])
    expect(await collect(store.list('state'))).toEqual([PTAR_STATE])
    expect(await collect(store.list('lock'))).toEqual([])
  })

  it('gives its packfile by any name, since states call it by another one', async () => {
    await using store = new PtarStore(FIXTURE)

    const whole = await store.get('packfile', NAME)

    expect(whole.length).toBe(await store.size('packfile', NAME))
    expect(await store.get('packfile', NAME, { offset: 5, length: 9 })).toEqual(whole.slice(5, 14))
  })

  it('has no other state and no lock', async () => {
    await using store = new PtarStore(FIXTURE)

    await expect(store.get('state', NAME)).rejects.toThrow(NotInStoreError)
    await expect(store.size('lock', NAME)).rejects.toThrow(NotInStoreError)
  })

  it('does not give what lies behind its packfile', async () => {
    await using store = new PtarStore(FIXTURE)
    const size = await store.size('packfile', NAME)

    const reading = store.get('packfile', NAME, { offset: size - 1, length: 2 })

    await expect(reading).rejects.toThrow(ShortReadError)
  })

  it('cannot be written', async () => {
    await using store = new PtarStore(FIXTURE)

    expect(store.writable).toBe(false)
    await expect(store.create()).rejects.toThrow(ReadOnlyStoreError)
    await expect(store.put()).rejects.toThrow(ReadOnlyStoreError)
    await expect(store.remove()).rejects.toThrow(ReadOnlyStoreError)
  })
})

describe('what is not a .ptar file', () => {
  it.for([
    { what: 'nothing', because: 'there is nothing' },
    { what: 'a folder', because: 'it is not a file' },
    { what: 'an empty file', because: 'it is too short' },
    { what: 'another file', because: 'it is not a .ptar file' },
    { what: 'a .ptar without its end', because: 'it was cut' },
  ])('$what is refused: $because', async ({ what, because }) => {
    const path = join(scratch, `${what}.ptar`)
    const fixture = await readFile(FIXTURE)
    if (what === 'a folder') await mkdir(path)
    if (what === 'an empty file') await writeFile(path, '')
    if (what === 'another file') await writeFile(path, 'x'.repeat(100))
    if (what === 'a .ptar without its end') await writeFile(path, fixture.subarray(0, -1))
    await using store = new PtarStore(path)

    const opening = store.getConfig()

    await expect(opening).rejects.toThrow(NotAStoreError)
    await expect(opening).rejects.toThrow(because)
  })

  it('a .ptar whose trailer leads out of the file is refused', async () => {
    const fixture = await readFile(FIXTURE)
    for (let field = 0; field < 6; field++) {
      const altered = Buffer.from(fixture)
      altered.writeBigInt64LE(2n ** 40n, altered.length - 48 + 8 * field)
      const path = join(scratch, `field-${field}.ptar`)
      await writeFile(path, altered)
      await using store = new PtarStore(path)

      await expect(store.getConfig()).rejects.toThrow(NotAStoreError)
    }
  })
})
