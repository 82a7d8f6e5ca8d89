import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { MemoryReadAt } from '../../test/support/archives/memory-read-at.ts'
import { TarWriter } from '../../test/support/archives/tar-writer.ts'
import { ZipWriter } from '../../test/support/archives/zip-writer.ts'
import { archiveKind } from './archive-kind.ts'

const content = Buffer.from('content')

test('an archive is told by its content', async () => {
  const zip = new ZipWriter().add('a', content).finish()
  const tar = await new TarWriter().add('a', content).finishTar()

  expect(await archiveKind(new MemoryReadAt(zip))).toBe('zip')
  expect(await archiveKind(new MemoryReadAt(new ZipWriter().finish()))).toBe('zip')
  expect(await archiveKind(new MemoryReadAt(tar))).toBe('tar')
  expect(await archiveKind(new MemoryReadAt(gzipSync(tar)))).toBe('tgz')
})

test('junk before a zip does not hide it', async () => {
  const zip = new ZipWriter().add('a', content).finish()

  const kind = await archiveKind(new MemoryReadAt(Buffer.concat([Buffer.alloc(300, 'x'), zip])))

  expect(kind).toBe('zip')
})

test.for([
  { what: 'an empty file', bytes: Buffer.alloc(0), reason: /is empty/ },
  {
    what: 'the login page that an expired link saves',
    bytes: Buffer.from('\ufeff\n<!DOCTYPE HTML><html lang="en"><title>Sign in</title>'),
    reason: /is a web page/,
  },
  { what: 'space that was reserved only', bytes: Buffer.alloc(4096), reason: /zeros/ },
  { what: 'a photo', bytes: Buffer.from('ffd8ffe000104a464946', 'hex'), reason: /neither a zip/ },
])('$what is named for what it is', async ({ bytes, reason }) => {
  await expect(archiveKind(new MemoryReadAt(bytes))).rejects.toMatchObject({
    code: 'NOT_AN_ARCHIVE',
    message: expect.stringMatching(reason),
  })
})
