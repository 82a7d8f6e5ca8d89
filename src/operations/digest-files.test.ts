import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { aSmallRepository, aSnapshotOf } from '../../test/support/small-snapshots.ts'
import type { Repository } from '../kloset/repository.ts'
import { quietly } from '../util/progress.ts'
import { digestFiles, type FileDigest, type Hashing } from './digest-files.ts'
import { parseSnapshotRef } from './snapshot-ref.ts'

async function digestsOf(repository: Repository, place: string, hashing: Hashing = 'SHA256') {
  const digests: FileDigest[] = []
  const report = await digestFiles(repository, [parseSnapshotRef(place)], {
    progress: quietly,
    signal: new AbortController().signal,
    hashing,
    tell: async (digest) => void digests.push(digest),
  })
  return { report, digests }
}

describe('the digest of files', () => {
  it('is what sha256sum says of the same bytes', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/b.jpg': 'TWO', '/a/x.jpg': 'ONE', '/link': '-> b.jpg' })

    const { digests, report } = await digestsOf(repository, 'latest')

    expect(digests.map(({ path, digest }) => [path, digest])).toEqual([
      ['/a/x.jpg', createHash('sha256').update('ONE').digest('hex')],
      ['/b.jpg', createHash('sha256').update('TWO').digest('hex')],
    ])
    expect(report).toEqual({ status: 'sound', files: 2, bytes: 6, problems: [] })
  })

  it('is, as BLAKE3, what b3sum says: without the key of the store', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/a': 'IETF' })

    const { digests } = await digestsOf(repository, 'latest:/a', 'BLAKE3')

    expect(digests[0]!.digest).toBe(
      '83a2de1ee6f4e6ab686889248f4ec0cf4cc5709446a682ffd1cbb4d6165181e2',
    )
  })

  it('of a link that is named is that of its file, under the path of the file', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/photos/a.jpg': 'ONE', '/albums/a.jpg': '-> ../photos/a.jpg' })

    const { digests } = await digestsOf(repository, 'latest:/albums/a.jpg')

    expect(digests.map(({ path }) => path)).toEqual(['/photos/a.jpg'])
  })

  it('is not told of a file that is damaged, and the others are read', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/a.jpg': 'SOUND', '/b.jpg': 'DAMAGED '.repeat(100) })
    await damagePackWith(repository, 'DAMAGED')

    const { digests, report } = await digestsOf(repository, 'latest')

    expect(digests.map(({ path }) => path)).toEqual(['/a.jpg'])
    expect(report).toMatchObject({
      status: 'damaged',
      files: 1,
      problems: [{ path: '/b.jpg', code: 'DAMAGED_BLOB' }],
    })
  })

  it('is not there for a path that is not there', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/a': 'A' })

    await expect(digestsOf(repository, 'latest:/b')).rejects.toMatchObject({
      code: 'PATH_NOT_FOUND',
    })
  })
})

/** Flips a bit where this text lies in a packfile. */
async function damagePackWith({ store }: Repository, text: string): Promise<void> {
  for await (const name of store.list('packfile')) {
    const bytes = Buffer.from(await store.get('packfile', name))
    const at = bytes.indexOf(text)
    if (at < 0) continue
    bytes[at]! ^= 0x20
    await store.put('packfile', name, [bytes])
  }
}
