import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readBack, surveyOf } from '../../../test/support/archives/read-survey.ts'
import { TarWriter } from '../../../test/support/archives/tar-writer.ts'
import { ZipWriter } from '../../../test/support/archives/zip-writer.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { discoverParts } from './discover.ts'
import { surveyParts } from './survey-parts.ts'

const MIB = 2 ** 20
const EXPORT = 'takeout-20240102T030405Z'
const PHOTOS = 'Takeout/Google Photos/Photos from 2021'
const PHOTO = Buffer.from('bytes of a photo')
const SIDECAR = Buffer.from('{"title":"a.jpg"}')

function aZip(): ZipWriter {
  return new ZipWriter()
    .add(`${PHOTOS}/a.jpg`, PHOTO)
    .add(`${PHOTOS}/a.jpg.json`, SIDECAR, { method: 'deflated' })
}

describe('one export from parts of every form', () => {
  it('is one list of entries with their sidecars, in any order', async () => {
    using folder = temporaryFolder()
    const zip = join(folder.path, `takeout-${EXPORT}-3-001.zip`)
    const tgz = join(folder.path, `takeout-${EXPORT}-3-002.tgz`)
    writeFileSync(zip, aZip().finish())
    writeFileSync(tgz, await new TarWriter().add(`${PHOTOS}/b.jpg.json`, SIDECAR).finish())
    mkdirSync(join(folder.path, 'Takeout', 'Google Photos'), { recursive: true })
    writeFileSync(join(folder.path, 'Takeout', 'Google Photos', 'c.jpg'), PHOTO)

    const { surveyed, contents } = await readBack(folder.path)
    const named = await readBack(tgz, join(folder.path, 'Takeout'), zip)

    expect(surveyed.parts).toMatchObject([
      { name: 'Takeout', exportId: EXPORT },
      { name: `takeout-${EXPORT}-3-001.zip`, exportId: EXPORT, group: 3, number: 1 },
      { name: `takeout-${EXPORT}-3-002.tgz`, exportId: EXPORT, group: 3, number: 2 },
    ])
    expect(contents).toEqual({
      [`${PHOTOS}/a.jpg`]: `${PHOTO}`,
      [`${PHOTOS}/a.jpg.json`]: `${SIDECAR}`,
      [`${PHOTOS}/b.jpg.json`]: `${SIDECAR}`,
      'Takeout/Google Photos/c.jpg': `${PHOTO}`,
    })
    const json = surveyed.entries.filter((entry) => entry.json)
    expect(json.map((entry) => Buffer.from(entry.json!))).toEqual([SIDECAR, SIDECAR])
    expect(named.surveyed).toEqual(surveyed)
  })

  it('counts what was read: directories and sidecars, not photos', async () => {
    using folder = temporaryFolder()
    const photo = Buffer.alloc(5_000_000, 7)
    const path = join(folder.path, 'a.zip')
    writeFileSync(path, new ZipWriter().add('Takeout/a.jpg', photo).add('b.json', SIDECAR).finish())

    const { survey } = await surveyOf(path)

    expect(survey.bytesRead).toBeGreaterThan(SIDECAR.length)
    expect(survey.bytesRead).toBeLessThan(200_000)
  })

  it('keeps a sidecar of 10 MB, without interpreting it', async () => {
    using folder = temporaryFolder()
    const huge = Buffer.alloc(10_000_000, ' ')
    const path = join(folder.path, 'a.zip')
    writeFileSync(path, aZip().add('Takeout/x.json', huge, { method: 'deflated' }).finish())

    const { parts, survey } = await surveyOf(path)
    const entry = parts.surveyed.entries.find(({ path }) => path === 'Takeout/x.json')!

    expect(entry).toMatchObject({ bytes: huge.length })
    expect(entry.json).toBeUndefined()
    expect(Buffer.from(await survey.smallFile(entry.index)).equals(huge)).toBe(true)
  })
})

describe('which export a part belongs to', () => {
  it('is the only other one, for parts that were renamed', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, `takeout-${EXPORT}-001.zip`), aZip().finish())
    writeFileSync(
      join(folder.path, 'part two.zip'),
      new ZipWriter().add('Takeout/b', PHOTO).finish(),
    )

    expect(await exportIds(folder.path)).toEqual([EXPORT, EXPORT])
  })

  it('is one for all renamed parts, when nothing says otherwise', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, '1.zip'), aZip().finish())
    writeFileSync(join(folder.path, '2.zip'), new ZipWriter().add('Takeout/b', PHOTO).finish())

    expect(await exportIds(folder.path)).toEqual(['1', '1'])
  })

  it('is another when it holds the same files again, as a later export does', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, '2023.zip'), aZip().finish())
    writeFileSync(join(folder.path, '2024.zip'), aZip().add('Takeout/new.jpg', PHOTO).finish())

    expect(await exportIds(folder.path)).toEqual(['2023', '2024'])
  })

  it('is told by the folder a part was extracted into', async () => {
    using folder = temporaryFolder()
    const extracted = join(folder.path, `takeout-${EXPORT}-001`, 'Takeout', 'Google Photos')
    mkdirSync(extracted, { recursive: true })
    writeFileSync(join(extracted, 'a.jpg'), PHOTO)

    expect(await exportIds(folder.path)).toEqual([EXPORT])
  })
})

describe('a part downloaded twice', () => {
  it('is accounted for entry by entry, so that one download can stand in for the other', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, `takeout-${EXPORT}-001.zip`), aZip().finish())
    writeFileSync(join(folder.path, `takeout-${EXPORT}-001 (1).zip`), aZip().finish())

    const { parts } = await surveyOf(folder.path)

    const { entries } = parts.surveyed
    const pathsOf = (name: string) =>
      entries.filter(({ part }) => part === name).map(({ path }) => path)
    expect(entries).toHaveLength(4)
    expect(pathsOf(`takeout-${EXPORT}-001 (1).zip`)).toEqual(pathsOf(`takeout-${EXPORT}-001.zip`))
  })
})

describe('bad input is named, and everything else is read', () => {
  const good = `takeout-${EXPORT}-001.zip`
  const bad = `takeout-${EXPORT}-002.zip`

  it('a web page saved as .zip', async () => {
    using folder = withParts(aZip().finish(), Buffer.from('<!doctype html><html>Sign in</html>'))

    const { surveyed, contents } = await readBack(folder.path)

    expect(surveyed.parts[1]!.damage).toEqual({
      code: 'NOT_AN_ARCHIVE',
      message: `${bad} is a web page, not an archive: the download link had probably expired. Download this part of the export again.`,
    })
    expect(Object.keys(contents)).toHaveLength(2)
  })

  it('an unfinished download', async () => {
    using folder = withParts(aZip().finish(), PHOTO, `${bad}.crdownload`)

    const { surveyed } = await readBack(folder.path)

    expect(surveyed.parts[1]!.damage!.message).toMatch(/crdownload is an unfinished download/)
  })

  it('a zip that was cut off', async () => {
    using folder = withParts(aZip().finish(), aZip().add('Takeout/last.jpg', PHOTO).finish())
    truncateSync(join(folder.path, bad), 200)

    const { surveyed, contents } = await readBack(folder.path)

    expect(surveyed.parts[0]!.damage).toBeUndefined()
    expect(surveyed.parts[1]!.damage).toMatchObject({
      code: 'DAMAGED_PART',
      message: expect.stringMatching(/^takeout-.*-002\.zip is cut off.* 2 complete files/),
    })
    expect(surveyed.entries).toHaveLength(4)
    expect(contents).toEqual({
      [`${PHOTOS}/a.jpg`]: `${PHOTO}`,
      [`${PHOTOS}/a.jpg.json`]: `${SIDECAR}`,
    })
  })

  it('a tgz that was cut off', async () => {
    using folder = temporaryFolder()
    const writer = new TarWriter().add('Takeout/a.json', SIDECAR)
    const whole = await writer.add('Takeout/b.jpg', noise(500_000)).finish()
    writeFileSync(join(folder.path, 'a.tgz'), whole.subarray(0, 400_000))

    const { surveyed, contents } = await readBack(folder.path)

    expect(surveyed.parts[0]!.damage).toMatchObject({ code: 'DAMAGED_PART' })
    expect(contents).toEqual({ 'Takeout/a.json': `${SIDECAR}` })
    expect(surveyed.entries[1]).toMatchObject({
      path: 'Takeout/b.jpg',
      refused: 'it is cut off',
      isUnreadable: true,
    })
  })

  it('a flipped bit, which concerns exactly one file', async () => {
    const zip = Buffer.from(aZip().add('Takeout/b.jpg', noise(1000)).finish())
    zip[zip.indexOf(PHOTO) + 3]! ^= 4
    using folder = withParts(zip, new ZipWriter().finish())

    const { contents } = await readBack(folder.path)

    const failed = Object.entries(contents).filter(([, content]) => content.startsWith('!'))
    expect(failed).toEqual([
      [
        `${PHOTOS}/a.jpg`,
        `!DAMAGED_ENTRY ${PHOTOS}/a.jpg in ${good} is damaged: its checksum is wrong`,
      ],
    ])
  })

  it('a flipped bit in a sidecar', async () => {
    const zip = Buffer.from(aZip().add('Takeout/b.json', SIDECAR).finish())
    zip[zip.lastIndexOf(SIDECAR) + 3]! ^= 4
    using folder = withParts(zip, new ZipWriter().finish())

    const { surveyed } = await readBack(folder.path)

    const refused = surveyed.entries.filter((entry) => entry.refused)
    expect(refused).toEqual([
      expect.objectContaining({
        path: 'Takeout/b.json',
        refused: 'it is damaged: its checksum is wrong',
        isUnreadable: true,
      }),
    ])
  })

  it('a bomb in a tgz', async () => {
    using folder = temporaryFolder()
    const bomb = Buffer.alloc(80 * 2 ** 20)
    const writer = new TarWriter().add('Takeout/bomb.jpg', bomb).add('Takeout/a.jpg', PHOTO)
    writeFileSync(join(folder.path, 'a.tgz'), await writer.finish())

    const { surveyed, contents } = await readBack(folder.path)

    expect(surveyed.entries[0]!.refused).toMatch(/bomb/)
    expect(surveyed.entries[0]!.isUnreadable).toBeUndefined()
    expect(contents).toEqual({ 'Takeout/a.jpg': `${PHOTO}` })
  })

  it.skipIf(process.getuid?.() === 0)('a part that may not be read', async () => {
    using folder = withParts(aZip().finish(), aZip().finish())
    chmodSync(join(folder.path, bad), 0)

    const { surveyed } = await readBack(folder.path)

    expect(surveyed.parts[1]!.damage!.message).toMatch(/could not be read \(EACCES/)
  })

  it('a link out of an extracted export', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'Takeout'))
    writeFileSync(join(folder.path, 'Takeout', 'a.jpg'), PHOTO)
    symlinkSync('/etc/hostname', join(folder.path, 'Takeout', 'b.jpg'))

    const { surveyed, contents } = await readBack(folder.path)

    expect(surveyed.entries[1]!.refused).toBe('it is a symbolic link')
    expect(contents).toEqual({ 'Takeout/a.jpg': `${PHOTO}` })
  })

  it('a long video in a tgz, which can be interrupted', async () => {
    using folder = temporaryFolder()
    const whole = await new TarWriter().add('Takeout/a.mp4', randomBytes(8 * MIB)).finish()
    writeFileSync(join(folder.path, 'a.tgz'), whole)
    const cancel = new AbortController()
    const tally = { bytes: 0 }
    const progress = {
      stage: () => {},
      advance: () => tally.bytes > MIB && cancel.abort(),
    }

    const found = await discoverParts([folder.path])
    const surveying = surveyParts(found, tally, { progress, signal: cancel.signal })

    await expect(surveying).rejects.toThrow('aborted')
    expect(tally.bytes).toBeLessThan(2 * MIB)
  })

  it('nothing but archives of other things', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'fonts.zip'), new ZipWriter().add('f.ttf', PHOTO).finish())

    await expect(surveyOf(folder.path)).rejects.toMatchObject({ code: 'NOTHING_TO_IMPORT' })
  })

  function withParts(first: Uint8Array, second: Uint8Array, secondName = bad) {
    const folder = temporaryFolder()
    writeFileSync(join(folder.path, good), first)
    writeFileSync(join(folder.path, secondName), second)
    return folder
  }
})

async function exportIds(path: string): Promise<string[]> {
  const { parts } = await surveyOf(path)
  return parts.surveyed.parts.map(({ exportId }) => exportId)
}

/** Bytes that do not compress, the same each time. */
function noise(length: number): Buffer {
  let state = 1
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return state >>> 24
    }),
  )
}
