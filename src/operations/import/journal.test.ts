import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { createRepository, openRepository } from '../../kloset/repository.ts'
import type { StoredContent } from '../../kloset/workers/content.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { Journal } from './journal.ts'

describe('the journal of an import', () => {
  it('tells the next run what this one stored, of the keys it asks for', async () => {
    using cache = temporaryFolder()
    const repository = await aRepository('secret')
    const journal = new Journal(cache.path, repository)
    for (let n = 0; n < 100; n++) await journal.note(`key ${n}`, aContent(n))
    await journal.flush()

    const found = await new Journal(cache.path, repository).read(new Set(['key 1', 'key 99', 'x']))

    expect(found).toEqual(
      new Map([
        ['key 1', aContent(1)],
        ['key 99', aContent(99)],
      ]),
    )
  })

  it.each([
    { passphrase: 'secret', shows: false },
    { passphrase: undefined, shows: true },
  ])('shows names only where the repository does: passphrase $passphrase', async (row) => {
    using cache = temporaryFolder()
    const journal = new Journal(cache.path, await aRepository(row.passphrase))

    await journal.note('12 ab holiday.jpg', aContent(1))
    await journal.flush()

    const decoded = Buffer.from(journalText(cache.path), 'base64').toString('latin1')
    expect(decoded.includes('holiday')).toBe(row.shows)
    expect(decoded.includes('Google Pixel')).toBe(row.shows)
    expect(journalText(cache.path)).not.toContain('holiday')
  })

  it('is read as far as it is whole when a run died while writing it', async () => {
    using cache = temporaryFolder()
    const repository = await aRepository('secret')
    const journal = new Journal(cache.path, repository)
    for (const key of ['first', 'second', 'third']) {
      await journal.note(key, aContent(1))
      await journal.flush()
    }
    const [first, second, third] = journalText(cache.path).split('\n') as [string, string, string]
    const bitFlipped = `${second.slice(0, 80)}${second[80] === 'A' ? 'B' : 'A'}${second.slice(81)}`
    writeFileSync(journalFile(cache.path), [first, bitFlipped, third.slice(0, -40)].join('\n'))

    const found = await journal.read(new Set(['first', 'second', 'third']))

    expect([...found.keys()]).toEqual(['first'])
  })

  it('believes no line that another repository wrote, encrypted or not', async () => {
    using cache = temporaryFolder()
    for (const passphrase of ['secret', undefined]) {
      const [ours, other] = [await aRepository(passphrase), await aRepository(passphrase)]
      const journal = new Journal(cache.path, { ...pick(other), id: ours.id })
      await journal.note('key', aContent(1))
      await journal.flush()

      const found = await new Journal(cache.path, ours).read(new Set(['key']))

      expect(found.size).toBe(0)
    }
  })

  it('is gone once it is forgotten, and never there without a cache folder', async () => {
    using cache = temporaryFolder()
    const repository = await aRepository('secret')
    const journal = new Journal(cache.path, repository)
    await journal.note('key', aContent(1))
    await journal.flush()

    await journal.forget()

    expect(readdirSync(join(cache.path, 'journals'))).toEqual([])
    const without = new Journal(undefined, repository)
    await without.note('key', aContent(1))
    await without.flush()
    expect((await without.read(new Set(['key']))).size).toBe(0)
  })
})

async function aRepository(passphrase: string | undefined) {
  const store = new MemoryStore()
  const encryption = passphrase === undefined ? {} : { passphrase, kdfMemoryMiB: 8 }
  await createRepository(store, { ...encryption, now: () => new Date('2026-11-21T10:00:00Z') })
  return openRepository(store, { passphrase: async () => passphrase ?? '' })
}

function pick({ encoding, mac }: Awaited<ReturnType<typeof aRepository>>) {
  return { encoding, mac }
}

function aContent(n: number): StoredContent {
  return {
    objectMac: String(n).padStart(64, '0'),
    size: n,
    chunks: 1,
    entropy: 7.9,
    contentType: 'image/jpeg',
    facts: { camera: 'Google Pixel', sha256: String(n).padStart(64, 'f') },
  }
}

function journalFile(cache: string): string {
  const [name] = readdirSync(join(cache, 'journals'))
  return join(cache, 'journals', name!)
}

function journalText(cache: string): string {
  return readFileSync(journalFile(cache), 'utf8')
}
