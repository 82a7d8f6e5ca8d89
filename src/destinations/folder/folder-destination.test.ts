import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { decodeName } from '../../util/byte-names.ts'
import { OccupiedError, UnsafePathError } from '../destination.ts'
import { FolderDestination } from './folder-destination.ts'

const modified = new Date('2021-07-01T10:00:00Z')

function aFile(path: string, content = 'PHOTO') {
  const bytes = Buffer.from(content)
  return {
    path,
    size: bytes.length,
    modified,
    bytes: (async function* () {
      yield bytes
    })(),
  }
}

describe('restoring into a folder', () => {
  it('writes bytes and time, and leaves nothing else behind', async () => {
    using folder = temporaryFolder()
    const destination = new FolderDestination(join(folder.path, 'out'))

    await destination.writeFile(aFile('/photos/2021/a.jpg'))

    const written = join(folder.path, 'out/photos/2021/a.jpg')
    expect(readFileSync(written, 'utf8')).toBe('PHOTO')
    expect(statSync(written).mtime).toEqual(modified)
    expect(readdirSync(join(folder.path, 'out/photos/2021'))).toEqual(['a.jpg'])
  })

  it('writes several files at once into folders that are not there yet', async () => {
    using folder = temporaryFolder()
    const destination = new FolderDestination(join(folder.path, 'new/out'))
    const paths = Array.from({ length: 20 }, (_, n) => `/photos/${n % 3}/${n}.jpg`)

    const written = await Promise.all(paths.map((path) => destination.writeFile(aFile(path))))

    expect(written).toEqual(paths.map(() => 'written'))
  })

  it('leaves a file alone that is there already, byte for byte', async () => {
    using folder = temporaryFolder()
    const destination = new FolderDestination(folder.path)
    await destination.writeFile(aFile('a.jpg'))

    expect(await destination.writeFile(aFile('a.jpg'))).toBe('already-there')
  })

  it('never overwrites a different file, of the same size or not', async () => {
    using folder = temporaryFolder()
    const destination = new FolderDestination(folder.path)
    writeFileSync(join(folder.path, 'a.jpg'), 'OTHER')

    await expect(destination.writeFile(aFile('a.jpg'))).rejects.toThrow(OccupiedError)

    expect(readFileSync(join(folder.path, 'a.jpg'), 'utf8')).toBe('OTHER')
  })

  it.skipIf(process.platform !== 'linux')(
    'writes names that are not UTF-8 as the bytes they were',
    async () => {
      using folder = temporaryFolder()
      const destination = new FolderDestination(folder.path)
      const name = decodeName(Uint8Array.of(0x61, 0xff))

      await destination.writeFile(aFile(`/${name}/${name}`))
      await destination.writeLink('/link', name, modified)

      const names = readdirSync(folder.path, { encoding: 'buffer' })
      expect(names).toContainEqual(Buffer.from([0x61, 0xff]))
      expect(readlinkSync(join(folder.path, 'link'), 'buffer')).toEqual(Buffer.from([0x61, 0xff]))
      expect(await destination.writeLink('/link', name, modified)).toBe('already-there')
    },
  )

  it('makes relative links', async () => {
    using folder = temporaryFolder()
    const destination = new FolderDestination(folder.path)

    await destination.writeLink('/albums/Trip/a.jpg', '../../photos/a.jpg', modified)

    expect(readlinkSync(join(folder.path, 'albums/Trip/a.jpg'))).toBe('../../photos/a.jpg')
  })

  it('does not follow a link that stands where a folder should be', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'elsewhere'))
    mkdirSync(join(folder.path, 'out'))
    symlinkSync('../elsewhere', join(folder.path, 'out/photos'))
    const destination = new FolderDestination(join(folder.path, 'out'))

    await expect(destination.writeFile(aFile('/photos/a.jpg'))).rejects.toThrow(UnsafePathError)

    expect(readdirSync(join(folder.path, 'elsewhere'))).toEqual([])
  })

  test.for(['../a.jpg', 'x/../../a.jpg', '.', '', 'a\0.jpg'])(
    'refuses the name %j',
    async (path) => {
      using folder = temporaryFolder()
      const destination = new FolderDestination(join(folder.path, 'out'))

      await expect(destination.writeFile(aFile(path))).rejects.toThrow(UnsafePathError)

      expect(existsSync(join(folder.path, 'a.jpg'))).toBe(false)
    },
  )

  it('leaves nothing when the bytes stop half-way', async () => {
    using folder = temporaryFolder()
    const destination = new FolderDestination(folder.path)
    const bytes = (async function* () {
      yield Buffer.from('PHO')
      throw new Error('damaged')
    })()

    await expect(destination.writeFile({ ...aFile('a.jpg'), bytes })).rejects.toThrow('damaged')

    expect(readdirSync(folder.path)).toEqual([])
  })
})
