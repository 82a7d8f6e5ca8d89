import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryReadAt } from '../../../test/support/archives/memory-read-at.ts'
import { concatBytes } from '../../util/bytes.ts'
import type { ArchiveMember } from '../archive-member.ts'
import { readSmallMembers } from './read-small-members.ts'
import { writeZip } from './write-zip.ts'
import { listZip } from './zip-archive.ts'

const GIB = 2 ** 30

describe('a zip that was written', () => {
  it('is read back, whatever is in it', async () => {
    const name = fc.stringMatching(/^[\wäß🌊 .-]{1,80}[a-z]$/u)
    const file = fc.record({
      name,
      content: fc.uint8Array({ maxLength: 5000 }),
      isDense: fc.boolean(),
    })
    const files = fc.uniqueArray(file, { selector: (each) => each.name, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(files, async (wanted) => {
        const zip = await written(
          wanted.map((each) => aFile(each.name, each.content, each.isDense)),
        )

        const source = new MemoryReadAt(zip)
        const { members, damage } = await listZip(source)
        const found: [string, string][] = []
        for await (const { member, content } of readSmallMembers(source, members)) {
          if ('wrong' in content) throw new Error(content.wrong)
          found.push([member.name, Buffer.from(content).toString('latin1')])
        }
        expect(damage).toBeUndefined()
        expect(found).toEqual(
          wanted.map((each) => [each.name, Buffer.from(each.content).toString('latin1')]),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('may have more members than 16 bits can count', async () => {
    const files = Array.from({ length: 70_000 }, (_, n) => aFolder(`folder ${n}`))
    const marker = aFile('last', Buffer.from('x'))

    const { members, damage } = await listZip(new MemoryReadAt(await written([...files, marker])))

    expect(damage).toBeUndefined() // the count is right
    expect(members.map((member) => member.name)).toEqual(['last'])
  })

  it.runIf(process.env.SLOW === '1')('may hold a file of more than 4 GiB', async () => {
    const large = {
      ...aFile('large', new Uint8Array()),
      size: 5 * GIB,
      content: () => zeros(5 * GIB),
    }

    const zip = await written([large, aFile('after', Buffer.from('x'))])

    const { members } = await listZip(new MemoryReadAt(zip))
    expect(members.map(({ name, size }) => [name, size])).toEqual([
      ['large', 5 * GIB],
      ['after', 1],
    ])
  })

  it('has no directory when a content ends badly', async () => {
    const broken = { ...aFile('broken', Buffer.from('xy')), content: breaking }
    const parts: Uint8Array[] = []

    const writing = (async () => {
      for await (const part of writeZip(each([aFile('a', Buffer.from('a')), broken])))
        parts.push(part)
    })()

    await expect(writing).rejects.toThrow('damaged')
    const { damage } = await listZip(new MemoryReadAt(concatBytes(parts)))
    expect(damage).toMatch(/cut off/)
  })
})

function aFile(name: string, content: Uint8Array, isDense = false): ArchiveMember {
  return {
    name,
    kind: 'file',
    mode: 0o644,
    modified: { seconds: 1_700_000_000n, nanoseconds: 0 },
    owner: { uid: 0n, gid: 0n, user: '', group: '' },
    size: content.length,
    target: '',
    isDense,
    async *content() {
      yield content
    },
  }
}

function aFolder(name: string): ArchiveMember {
  return { ...aFile(name, new Uint8Array()), kind: 'directory' }
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('x')
  throw new Error('damaged')
}

async function* zeros(bytes: number): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(16 * 1024 * 1024)
  for (let at = 0; at < bytes; at += piece.length) yield piece
}

async function* each(members: readonly ArchiveMember[]): AsyncGenerator<ArchiveMember> {
  yield* members
}

async function written(members: readonly ArchiveMember[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of writeZip(each(members))) parts.push(part)
  return concatBytes(parts)
}
