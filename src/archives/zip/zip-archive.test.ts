import { deflateRawSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { MemoryReadAt } from '../../../test/support/archives/memory-read-at.ts'
import { ZipWriter } from '../../../test/support/archives/zip-writer.ts'
import { concatBytes } from '../../util/bytes.ts'
import { readSmallMembers } from './read-small-members.ts'
import { listZip } from './zip-archive.ts'
import type { ZipListing } from './zip-member.ts'

const A = Buffer.from('content of a')
const B = Buffer.from('content of b, which repeats, repeats, repeats, repeats')

describe('a zip is listed by its directory', () => {
  test.for([
    { how: 'plain', zip64: false, dataDescriptor: false },
    { how: 'with zip64 records', zip64: true, dataDescriptor: false },
    { how: 'with data descriptors', zip64: false, dataDescriptor: true },
    { how: 'with both', zip64: true, dataDescriptor: true },
  ])('$how', async ({ zip64, dataDescriptor }) => {
    const zip = new ZipWriter()
      .add('x/a.jpg', A, { method: 'stored', dataDescriptor })
      .add('x/b.json', B, { method: 'deflated', dataDescriptor })
      .finish({ zip64 })

    expect(await contents(zip)).toEqual({ 'x/a.jpg': `${A}`, 'x/b.json': `${B}` })
  })

  it('skips folders, keeps two files of one name', async () => {
    const zip = new ZipWriter().add('x/', Buffer.alloc(0)).add('x/a', A).add('x/a', B).finish()

    const { members } = await listZip(new MemoryReadAt(zip))

    expect(members.map(({ name, size }) => [name, size])).toEqual([
      ['x/a', A.length],
      ['x/a', B.length],
    ])
  })

  it('reads 100,000 entries with few reads and in well under a second', async () => {
    const writer = new ZipWriter()
    for (let n = 0; n < 100_000; n++) writer.add(`Takeout/Google Photos/p/IMG_${n}.jpg`, A)
    const source = new MemoryReadAt(writer.finish())

    const before = process.cpuUsage()
    const { members, damage } = await listZip(source)
    const { user } = process.cpuUsage(before)

    expect(members).toHaveLength(100_000)
    expect(damage).toBeUndefined()
    expect(source.reads).toBeLessThan(6)
    expect(user / 1000).toBeLessThan(2000) // ms; 150 on an idle core
  })
})

describe('names are decoded by what is known of them', () => {
  it('takes UTF-8 even where the mark was lost', async () => {
    const zip = new ZipWriter().add('Ærø.jpg', A, { utf8Flag: false }).finish()

    expect(await names(zip)).toEqual(['Ærø.jpg'])
  })

  it('prefers the Unicode name in the extra field to unmarked bytes', async () => {
    const zip = new ZipWriter()
      .add(Buffer.from('_r_.jpg'), A, { unicodeName: 'Ærø.jpg', utf8Flag: false })
      .finish()

    expect(await names(zip)).toEqual(['Ærø.jpg'])
  })

  it('falls back to code page 437', async () => {
    const zip = new ZipWriter().add(Buffer.from([0x92, 0x2e, 0x6a]), A).finish()

    expect(await names(zip)).toEqual(['Æ.j'])
  })
})

describe('bytes around the archive do not mislead', () => {
  it('is not fooled by an empty end record inside the comment', async () => {
    const fakeEnd = new ZipWriter().finish()
    const zip = new ZipWriter().add('a', A).finish({ comment: fakeEnd })

    expect(await contents(zip)).toEqual({ a: `${A}` })
  })

  it('is not fooled by a whole other archive inside the comment', async () => {
    const other = new ZipWriter().add('other', B).finish()
    const zip = new ZipWriter().add('a', A).finish({ comment: other })

    expect(await contents(zip)).toEqual({ a: `${A}` })
  })

  test.for([
    { where: 'before', before: 1000, after: 0 },
    { where: 'behind', before: 0, after: 1000 },
  ])('reads past junk $where it', async ({ before, after }) => {
    const zip = new ZipWriter().add('a', A).add('b', B).finish()
    const source = concatBytes([Buffer.alloc(before, '#'), zip, Buffer.alloc(after)])

    expect(await contents(source)).toEqual({ a: `${A}`, b: `${B}` })
  })
})

describe('one refused file leaves the others', () => {
  test.for([
    { what: 'a climbing name', name: '../../etc/passwd', options: {}, reason: /climbs/ },
    {
      what: 'an unknown method',
      name: 'x',
      options: { forge: { method: 12 } },
      reason: /method 12/,
    },
    { what: 'encryption', name: 'x', options: { forge: { flags: 1 } }, reason: /encrypted/ },
    { what: 'a symbolic link', name: 'x', options: { unixMode: 0o120777 }, reason: /link/ },
    {
      what: 'contradicting sizes',
      name: 'x',
      options: { forge: { size: 9 } },
      reason: /two sizes/,
    },
    {
      what: 'a place outside',
      name: 'x',
      options: { forge: { localOffset: 1e9 } },
      reason: /no files/,
    },
  ])('$what', async ({ name, options, reason }) => {
    const zip = new ZipWriter().add('a', A).add(name, B, options).add('b', B).finish()

    const { members } = await listZip(new MemoryReadAt(zip))

    const refused = members.filter((member) => member.refused)
    expect(refused.map(({ name, refused }) => [name, refused])).toEqual([
      [name, expect.stringMatching(reason)],
    ])
    expect(await contents(zip)).toEqual({ a: `${A}`, b: `${B}` })
  })

  it('refuses a bomb at once', async () => {
    const zeros = deflateRawSync(Buffer.alloc(2 ** 20))
    const zip = new ZipWriter()
      .add('a', A)
      .add('bomb.jpg', zeros, { forge: { method: 8, size: 300 * 2 ** 20 } })
      .finish()

    const { members } = await listZip(new MemoryReadAt(zip))

    expect(members[1]!.refused).toMatch(/zip bomb/)
    expect(members[0]!.refused).toBeUndefined()
  })

  it('refuses 500 members that all use the same bytes, but not the first', async () => {
    const writer = new ZipWriter().add('kernel', B)
    for (let n = 0; n < 500; n++) writer.add(`copy ${n}`, B, { forge: { localOffset: 0 } })
    const zip = writer.finish()

    const { members } = await listZip(new MemoryReadAt(zip))

    const usable = members.filter((member) => !member.refused)
    expect(members).toHaveLength(501)
    expect(usable.map(({ name }) => name)).toEqual(['kernel'])
  })

  it('blames a stretched size on the member whose own header disagrees', async () => {
    const zip = Buffer.from(new ZipWriter().add('a', A).add('b', B).add('c', A).finish())
    const firstHeader = zip.indexOf('PK\x01\x02')
    zip.writeUInt32LE(A.length + 64, firstHeader + 20)
    zip.writeUInt32LE(A.length + 64, firstHeader + 24)

    const { members } = await listZip(new MemoryReadAt(zip))

    expect(members.map(({ name, refused }) => [name, refused !== undefined])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ])
  })
})

describe('a damaged member is found when it is read', () => {
  test.for([
    { what: 'a flipped bit in stored bytes', method: 'stored' as const, at: 3 },
    { what: 'a flipped bit in deflated bytes', method: 'deflated' as const, at: 8 },
  ])('$what', async ({ method, at }) => {
    const zip = Buffer.from(new ZipWriter().add('a', A).add('b', B, { method }).finish())
    const start = zip.indexOf('PK\x03\x04', 4) + 31
    zip[start + at]! ^= 0x10

    expect(await contents(zip)).toEqual({ a: `${A}`, b: expect.stringMatching(/^!is damaged/) })
  })

  it('more bytes than declared', async () => {
    const size = B.length - 1
    const zip = new ZipWriter().add('b', B, { method: 'deflated', forge: { size } }).finish()

    expect(await contents(zip)).toEqual({ b: '!is damaged: it holds more bytes than declared' })
  })

  it('fewer bytes than declared', async () => {
    const size = B.length + 1
    const zip = new ZipWriter().add('b', B, { method: 'deflated', forge: { size } }).finish()

    expect(await contents(zip)).toEqual({
      b: `!is damaged: it holds ${B.length} bytes instead of ${size}`,
    })
  })

  it('another name in front of the bytes', async () => {
    const zip = new ZipWriter().add('b', B, { forge: { localName: 'c' } }).finish()

    expect(await contents(zip)).toEqual({ b: '!has another name in the list of files' })
  })
})

describe('an archive without its end', () => {
  test.for([
    { how: 'sizes in the headers', dataDescriptor: false },
    { how: 'sizes behind the bytes', dataDescriptor: true },
  ])('gives the files that are complete, $how', async ({ dataDescriptor }) => {
    const whole = new ZipWriter()
      .add('folder/', Buffer.alloc(0))
      .add('a', A, { method: 'stored', dataDescriptor })
      .add('b', B, { method: 'deflated', dataDescriptor })
      .add('c', A, { method: 'stored', dataDescriptor })
      .finish()
    const cut = whole.subarray(0, Buffer.from(whole).lastIndexOf(A) + 5)

    const { damage } = await listZip(new MemoryReadAt(cut))

    expect(damage).toMatch(/is cut off.* 2 complete files/)
    expect(await contents(cut)).toEqual({ a: `${A}`, b: `${B}` })
  })

  it('gives what can be had at every length, and always says that it is damaged', async () => {
    const whole = new ZipWriter().add('a', A).add('b', B, { method: 'deflated' }).finish()

    for (let length = 30; length < whole.length; length++) {
      const cut = whole.subarray(0, length)
      const { damage } = await listZip(new MemoryReadAt(cut))
      const found = await contents(cut)

      expect(damage).toBeDefined()
      expect({ a: `${A}`, b: `${B}` }).toMatchObject(found)
    }
  })

  it('finds the files behind a damaged place of the directory', async () => {
    const zip = Buffer.from(new ZipWriter().add('a', A).add('b', B).add('c', A).finish())
    const second = zip.indexOf('PK\x01\x02', zip.indexOf('PK\x01\x02') + 1)
    zip[second]! ^= 1

    const { damage } = await listZip(new MemoryReadAt(zip))

    expect(damage).toMatch(/damaged list/)
    expect(await contents(zip)).toEqual({ a: `${A}`, b: `${B}`, c: `${A}` })
  })
})

test('no flipped bit anywhere passes unnoticed', async () => {
  const expected = { a: `${A}`, b: `${B}` }
  const whole = new ZipWriter().add('a', A).add('b', B, { method: 'deflated' }).finish()

  for (let at = 0; at < whole.length; at++) {
    for (const bit of [0x01, 0x80]) {
      const flipped = Buffer.from(whole)
      flipped[at]! ^= bit
      const listing = await listZip(new MemoryReadAt(flipped))
      const found = await contents(flipped)
      const isReported =
        listing.damage !== undefined ||
        listing.members.some((member) => member.refused) ||
        Object.values(found).some((content) => content.startsWith('!'))

      if (!isReported) expect(found).toEqual(expected)
    }
  }
})

/** Content of every usable member by name; "!" and the complaint where it is damaged. */
async function contents(zip: Uint8Array): Promise<Record<string, string>> {
  const source = new MemoryReadAt(zip)
  const { members } = await listZip(source)
  const usable = members.filter((member) => !member.refused)
  const found: Record<string, string> = {}
  for await (const { member, content } of readSmallMembers(source, usable)) {
    found[member.name] = 'wrong' in content ? `!${content.wrong}` : Buffer.from(content).toString()
  }
  return found
}

async function names(zip: Uint8Array): Promise<string[]> {
  const { members }: ZipListing = await listZip(new MemoryReadAt(zip))
  return members.map(({ name }) => name)
}
