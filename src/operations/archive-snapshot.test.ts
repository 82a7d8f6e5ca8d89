import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import {
  FIXTURE_PASSPHRASE,
  fixtureStore,
  openFixture,
} from '../../test/fixtures/kloset/open-fixture.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import { openRepository, type Repository } from '../kloset/repository.ts'
import { ResourceType } from '../kloset/resource-type.ts'
import { decodeName } from '../util/byte-names.ts'
import { concatBytes } from '../util/bytes.ts'
import { quietly } from '../util/progress.ts'
import { type ArchiveFormat, type ArchiveReport, archiveSnapshot } from './archive-snapshot.ts'

/** unzip takes nothing before 1980. */
const FIRST_ZIP_SECOND = 315_532_800

const hasUnzip = existsSync('/usr/bin/unzip')

describe('a snapshot as tar', () => {
  it('holds every path with its bytes, modes, times, owners and links', async () => {
    const repository = await openFixture('fs-plain')

    const { bytes, report } = await archived(repository, 'tar')

    const members = await tarMembers(bytes)
    expect(report.status).toBe('complete')
    for await (const { path, kind, record, symlinkTarget, objectMac } of await walk(repository)) {
      if (path === '/') continue
      const { header, content } = members.get(path.slice(1))!
      const { uid, gid, modTime, username } = record.fileInfo
      expect(header.type, path).toBe(
        { file: 'file', directory: 'directory', symlink: 'symlink', other: 'fifo' }[kind],
      )
      expect([header.uid, header.gid, header.uname]).toEqual([Number(uid), Number(gid), username])
      expect(secondsOf(header), path).toBe(Number(modTime.seconds))
      if (kind === 'symlink') expect(header.linkname).toBe(symlinkTarget)
      if (objectMac !== undefined)
        expect(content.equals(await fileBytes(repository, path))).toBe(true)
      members.delete(path.slice(1))
    }
    expect([...members.keys()]).toEqual([])
  })

  it('keeps setuid and sticky bits', async () => {
    const { bytes } = await archived(await openFixture('fs-plain'), 'tar')

    const modes = [...(await tarMembers(bytes)).values()].map(({ header }) => header.mode!)

    expect(modes.some((mode) => (mode & 0o4000) !== 0)).toBe(true)
    expect(modes.some((mode) => (mode & 0o1000) !== 0)).toBe(true)
  })

  it('is, compressed, the same', async () => {
    const repository = await openFixture('fs-plain')

    const plain = await archived(repository, 'tar')
    const compressed = await archived(repository, 'tar.gz')

    expect(gunzipSync(compressed.bytes).equals(plain.bytes)).toBe(true)
  })

  it('is read by tar, names that are not UTF-8 included', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.tar')
    writeFileSync(file, (await archived(await openFixture('fs-plain'), 'tar')).bytes)

    const listed = execFileSync('tar', ['tvf', file], { encoding: 'latin1' })

    expect(listed.split('\n').length).toBeGreaterThan(140)
  })
})

describe.skipIf(!hasUnzip)('a snapshot as zip', () => {
  it('is unpacked by unzip to the same files', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.zip')
    const repository = await openFixture('plain.ptar')
    const { bytes } = await archived(repository, 'zip')
    writeFileSync(file, bytes)

    execFileSync('unzip', ['-t', '-q', file])
    execFileSync('unzip', ['-q', file, '-d', join(folder.path, 'out')])

    let compared = 0
    for await (const { path, kind, modified, symlinkTarget } of await walk(repository)) {
      if (kind === 'other' || /[^\x20-\x7e]/.test(path)) continue
      const unpacked = join(folder.path, 'out', path)
      if (kind === 'file') {
        expect(readFileSync(unpacked).equals(await fileBytes(repository, path)), path).toBe(true)
        const seconds = modified.getTime() / 1000
        const isTold = seconds >= FIRST_ZIP_SECOND && seconds < 2 ** 31
        if (isTold) expect(lstatSync(unpacked).mtime.getTime() / 1000).toBe(Math.floor(seconds))
      }
      if (kind === 'symlink') expect(lstatSync(unpacked).isSymbolicLink()).toBe(true)
      if (symlinkTarget !== undefined) expect(symlinkTarget.length).toBeGreaterThan(0)
      compared += 1
    }
    expect(compared).toBeGreaterThan(100)
  })

  it('names what cannot be in it', async () => {
    const { report } = await archived(await openFixture('plain.ptar'), 'zip')

    expect(report.status).toBe('incomplete')
    expect(report.problems.map(({ code }) => code)).toEqual(['SPECIAL_FILE'])
  })
})

describe('an archive of a part of a snapshot', () => {
  it.each([
    { rebase: false, names: (path: string) => path.slice(1) },
    { rebase: true, names: (path: string) => path.slice(1).split('/').slice(1).join('/') },
  ])(
    'has the paths of the snapshot, or with rebase those below it: $rebase',
    async ({ rebase, names }) => {
      const repository = await openFixture('fs-plain')
      const [top] = (await paths(repository)).filter((path) => path !== '/')

      const { bytes } = await archived(repository, 'tar', top!, rebase)

      const wanted = (await paths(repository))
        .filter((path) => path.startsWith(`${top}/`))
        .map(names)
      const found = [...(await tarMembers(bytes)).keys()].filter((name) => name !== top!.slice(1))
      expect(found.sort()).toEqual(wanted.sort())
    },
  )

  it('may be one file', async () => {
    const repository = await openFixture('fs-plain')
    const path = (await damageable(repository)).path

    const { bytes } = await archived(repository, 'tar', path, true)

    expect([...(await tarMembers(bytes)).keys()]).toEqual([path.slice(path.lastIndexOf('/') + 1)])
  })
})

describe('an archive of damaged bytes', () => {
  it.each(['tar', 'tar.gz', 'zip'] as const)(
    'ends with an error and is no complete %s',
    async (format) => {
      using folder = temporaryFolder()
      const file = join(folder.path, `a.${format}`)
      const { bytes } = await archiveSnapshot(await damaged(), LATEST, options(format))
      const parts: Uint8Array[] = []

      const reading = (async () => {
        for await (const part of bytes) parts.push(part)
      })()

      await expect(reading).rejects.toMatchObject({ code: 'DAMAGED_BLOB' })
      writeFileSync(file, concatBytes(parts))
      expect(parts.length).toBeGreaterThan(0)
      expect(() => {
        if (format === 'zip') execFileSync('unzip', ['-t', '-q', file], { stdio: 'ignore' })
        else execFileSync('tar', ['tf', file], { stdio: 'ignore' })
      }).toThrow()
    },
  )
})

const LATEST = { snapshot: 'latest', path: '/' }

function options(format: ArchiveFormat, rebase = false) {
  return { format, rebase, progress: quietly, signal: new AbortController().signal }
}

async function archived(
  repository: Repository,
  format: ArchiveFormat,
  path = '/',
  rebase = false,
): Promise<{ bytes: Buffer; report: ArchiveReport }> {
  const reference = { snapshot: 'latest', path }
  const { bytes, report } = await archiveSnapshot(repository, reference, options(format, rebase))
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return { bytes: Buffer.concat(parts), report }
}

async function tarMembers(
  bytes: Buffer,
): Promise<Map<string, { header: Header; content: Buffer }>> {
  const members = new Map<string, { header: Header; content: Buffer }>()
  // As latin1, so that names that are not UTF-8 stay what they are.
  const reader = extract({ filenameEncoding: 'latin1' } as object)
  reader.end(bytes)
  for await (const entry of reader) {
    const { header } = entry
    const name = header.name.replace(/\/$/, '')
    members.set(asName(name), { header, content: await buffer(entry) })
  }
  return members
}

/** tar-stream passes pax times on, but does not use them. */
function secondsOf({ mtime, pax }: Header): number {
  const told = (pax as Record<string, string> | null | undefined)?.mtime
  return Math.floor(told === undefined ? mtime!.getTime() / 1000 : Number(told))
}

function asName(latin1: string): string {
  return decodeName(Buffer.from(latin1, 'latin1'))
}

async function walk(repository: Repository) {
  const reader = await openSnapshot(repository, repository.index.snapshots()[0]!)
  return reader.walk('/')
}

async function paths(repository: Repository): Promise<string[]> {
  const found: string[] = []
  for await (const { path } of await walk(repository)) found.push(path)
  return found
}

async function fileBytes(repository: Repository, path: string): Promise<Buffer> {
  const reader = await openSnapshot(repository, repository.index.snapshots()[0]!)
  const parts: Uint8Array[] = []
  for await (const part of reader.content((await reader.entry(path))!)) parts.push(part)
  return Buffer.concat(parts)
}

/** A file of several chunks. */
async function damageable(repository: Repository): Promise<{ path: string; objectMac: string }> {
  for await (const { kind, path, objectMac, size } of await walk(repository)) {
    if (kind === 'file' && objectMac !== undefined && size > 20_000) return { path, objectMac }
  }
  throw new Error('no such file')
}

/** Its last chunk has one bit flipped. */
async function damaged(): Promise<Repository> {
  const sound = await openFixture('fs-plain')
  const store = await fixtureStore('fs-plain')
  const { objectMac } = await damageable(sound)
  const reader = await openSnapshot(sound, sound.index.snapshots()[0]!)
  const { chunks } = await reader.object(objectMac)
  const place = sound.index.locate(ResourceType.CHUNK, chunks.at(-1)!.contentMac)!
  const bytes = await store.get('packfile', place.packfile)
  bytes[16 + place.offset + place.length - 6]! ^= 1
  await store.put('packfile', place.packfile, [bytes])
  return openRepository(store, { passphrase: async () => FIXTURE_PASSPHRASE })
}
