import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { TarWriter } from '../../../test/support/archives/tar-writer.ts'
import { gunzipChunks } from './gunzip-chunks.ts'
import { type TarMember, TarReader } from './tar-reader.ts'

const A = Buffer.from('content of a')
const LONG = `Takeout/Google Fotos/${'ein langes Album '.repeat(12)}/Ærø 🌊.jpg`

describe('a tar is read from front to back', () => {
  it('gives names and contents, short, long (pax) and long (GNU)', async () => {
    const tar = await new TarWriter()
      .add('a', A)
      .add(LONG, Buffer.from('pax'))
      .addWithGnuLongName(`${LONG}.json`, Buffer.from('gnu'))
      .add('./b', Buffer.alloc(0))
      .finish()

    const { contents, failure } = await readAll(tar)

    expect(failure).toBeUndefined()
    expect(contents).toEqual({ a: `${A}`, [LONG]: 'pax', [`${LONG}.json`]: 'gnu', b: '' })
  })

  it('gives the same whatever the pieces it comes in', async () => {
    const tar = await new TarWriter()
      .add('a', A)
      .add(LONG, randomBytes(5000))
      .add('c', A)
      .finishTar()

    const whole = await readAll(tar, tar.length)

    for (const piece of [1, 7, 511, 512, 513, 4096]) {
      expect(await readAll(tar, piece)).toEqual(whole)
    }
  })

  it('leaves out what is not wanted', async () => {
    const tar = await new TarWriter().add('a', randomBytes(3000)).add('b', A).finishTar()
    const reader = new TarReader(inPieces(tar, 1000))

    await reader.next()
    const second = await reader.next()

    expect(second).toMatchObject({ name: 'b', ordinal: 1, size: A.length })
  })

  it('understands sizes beyond 8 GiB', async () => {
    const tar = Buffer.from(await new TarWriter().add('a', A).finishTar())
    tar.fill(0, 124, 136)
    tar.writeUInt8(0x80, 124)
    tar.writeUInt32BE(3, 128) // 3 × 2^32
    withChecksum(tar)

    const member = await new TarReader(inPieces(tar, 512)).next()

    expect(member!.size).toBe(3 * 2 ** 32)
  })
})

describe('what is no regular file is refused, and the rest is read', () => {
  test.for([
    { type: 'symlink' as const, target: '/etc', reason: /symbolic link/ },
    { type: 'link' as const, target: 'a', reason: /hard link/ },
    { type: 'fifo' as const, reason: /pipe/ },
    { type: 'character-device' as const, reason: /device/ },
  ])('$type', async ({ type, target, reason }) => {
    const tar = await new TarWriter()
      .addOther('folder', { type: 'directory' })
      .addOther('odd', { type, ...(target ? { target } : {}) })
      .add('odd/passwd', A)
      .finish()

    const { members, contents } = await readAll(tar)

    expect(members.map(({ name }) => name)).toEqual(['odd', 'odd/passwd'])
    expect(members[0]!.refused).toMatch(reason)
    expect(contents).toEqual({ 'odd/passwd': `${A}` })
  })

  it('a climbing name', async () => {
    const tar = await new TarWriter().add('../../x', A).add('b', A).finish()

    const { members, contents } = await readAll(tar)

    expect(members[0]!.refused).toMatch(/climbs/)
    expect(contents).toEqual({ b: `${A}` })
  })
})

describe('a damaged archive', () => {
  it('gives all that lies before the cut, the same each time, and says so', async () => {
    const writer = new TarWriter()
    for (let n = 0; n < 40; n++) writer.add(`${n}`, randomBytes(50_000))
    const cut = (await writer.finish()).subarray(0, 1_300_000)

    const first = await readAll(cut)
    const second = await readAll(cut)

    expect(first.failure).toMatchObject({ message: expect.stringMatching(/is cut off/) })
    expect(Object.keys(first.contents).length).toBeGreaterThanOrEqual(25)
    expect(second).toEqual(first)
  })

  it('is noticed by the checksum of gzip when no file looks odd', async () => {
    const tar = Buffer.from(await new TarWriter().add('a', A).finishTar())
    const gzip = Buffer.from(gzipSync(tar))
    gzip[gzip.length - 8]! ^= 1

    const { contents, failure } = await readAll(gzip)

    expect(contents).toEqual({ a: `${A}` })
    expect(failure).toMatchObject({
      message: 'is damaged: its checksum is wrong, so any of its files may hold wrong bytes',
    })
  })

  it('is noticed when it merely lacks its end mark', async () => {
    const tar = await new TarWriter().add('a', A).finishTar()

    const { contents, failure } = await readAll(tar.subarray(0, 1024))

    expect(contents).toEqual({ a: `${A}` })
    expect(failure).toMatchObject({ message: 'is cut off: its end is missing' })
  })

  it('is noticed by the checksum of a header', async () => {
    const tar = Buffer.from(await new TarWriter().add('a', A).add('b', A).finishTar())
    tar[1024]! ^= 1

    const { contents, failure } = await readAll(tar)

    expect(contents).toEqual({ a: `${A}` })
    expect(failure).toMatchObject({
      code: 'DAMAGED_ARCHIVE',
      message: expect.stringMatching(/no valid header/),
    })
  })

  it('does not make it reserve memory for a name of a gigabyte', async () => {
    const tar = Buffer.from(await new TarWriter().addWithGnuLongName('x', A).finishTar())
    tar.write('10000000000\0', 124, 'latin1')
    withChecksum(tar)

    const { failure } = await readAll(tar)

    expect(failure).toMatchObject({ message: expect.stringMatching(/too long/) })
  })
})

interface Everything {
  members: TarMember[]
  /** Hexadecimal where it is not text. */
  contents: Record<string, string>
  failure: unknown
}

async function readAll(bytes: Uint8Array, pieceBytes = 4096): Promise<Everything> {
  const pieces = inPieces(bytes, pieceBytes)
  const reader = new TarReader(bytes[0] === 0x1f ? gunzipChunks(pieces) : pieces)
  const all: Everything = { members: [], contents: {}, failure: undefined }
  try {
    for (let member = await reader.next(); member; member = await reader.next()) {
      all.members.push(member)
      if (!member.refused) all.contents[member.name] = await content(reader)
    }
  } catch (failure) {
    all.failure = failure
  }
  return all
}

async function content(reader: TarReader): Promise<string> {
  const pieces: Uint8Array[] = []
  const into = new Uint8Array(1000)
  for (let length = await reader.read(into); length > 0; length = await reader.read(into)) {
    pieces.push(into.slice(0, length))
  }
  const whole = Buffer.concat(pieces)
  return whole.length > 1000 ? whole.toString('hex') : whole.toString()
}

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** Makes the checksum of the first header right again. */
function withChecksum(tar: Buffer): void {
  tar.fill(' ', 148, 156)
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}
