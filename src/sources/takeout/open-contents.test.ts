import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { options, readBack, surveyOf } from '../../../test/support/archives/read-survey.ts'
import { TarWriter } from '../../../test/support/archives/tar-writer.ts'
import { ZipWriter } from '../../../test/support/archives/zip-writer.ts'
import { sha256 } from '../../../test/support/file-tree.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { openContents } from './open-contents.ts'

/** A GIF of one pixel: the smallest thing with a type. */
const GIF = Buffer.from(
  '47494638396101000100800000000000ffffff2c00000000010001000002024401003b',
  'hex',
)

interface File {
  content: Uint8Array
  method: 'stored' | 'deflated'
  dataDescriptor: boolean
  utf8Flag: boolean
  part: number
}

const anyFile: fc.Arbitrary<File> = fc.record({
  content: fc.uint8Array({ maxLength: 30_000, size: 'max' }),
  method: fc.constantFrom('stored', 'deflated'),
  dataDescriptor: fc.boolean(),
  utf8Flag: fc.boolean(),
  part: fc.nat({ max: 2 }),
})
const anyName = fc.stringMatching(
  /^Takeout\/[a-zA-ZäßÆ日🌊 ()_.-]{1,30}\/[a-zä🌊(),]{1,30}\.(jpg|json|mp4)$/u,
)
const anyFiles = fc
  .dictionary(anyName, anyFile, { maxKeys: 12, minKeys: 1 })
  .filter((files) =>
    Object.keys(files).every((name) => !name.includes('/./') && !name.includes('/../')),
  )

describe('whatever lies in the parts is read back as it is', () => {
  it('from zips, whatever their flags and however the files are shared out', async () => {
    await fc.assert(
      fc.asyncProperty(anyFiles, fc.boolean(), async (files, zip64) => {
        using folder = temporaryFolder()
        writeZips(folder.path, files, zip64)

        const { contents } = await readBack(folder.path)

        expect(contents).toEqual(texts(files))
      }),
      { numRuns: 40 },
    )
  })

  it('from a tgz', async () => {
    await fc.assert(
      fc.asyncProperty(anyFiles, async (files) => {
        using folder = temporaryFolder()
        const writer = new TarWriter()
        for (const [name, { content }] of Object.entries(files)) writer.add(name, content)
        writeFileSync(join(folder.path, 'a.tgz'), await writer.finish())

        const { contents } = await readBack(folder.path)

        expect(contents).toEqual(texts(files))
      }),
      { numRuns: 20 },
    )
  })

  it('from a deflated file that is too large to inflate at once', async () => {
    using folder = temporaryFolder()
    const film = randomBytes(16 * 2 ** 20 + 7)
    const path = join(folder.path, 'a.zip')
    writeFileSync(path, new ZipWriter().add('film.mp4', film, { method: 'deflated' }).finish())

    const [finished] = await finishAll(path)

    expect(finished).toMatchObject({ facts: { sha256: sha256(film) } })
  })
})

describe('a content tells what it is at its end', () => {
  it('gives its type, its facts and its SHA-256', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'a.zip')
    writeFileSync(path, new ZipWriter().add('a.gif', GIF).add('b.xyz', Buffer.from('?')).finish())

    const finished = await finishAll(path)

    expect(finished).toMatchObject([
      { contentType: 'image/gif', facts: { mediaType: 'image/gif', sha256: sha256(GIF) } },
      { contentType: 'application/octet-stream' },
    ])
  })

  it('gives the same facts that looking at its head gave', async () => {
    using folder = temporaryFolder()
    const deflated = new ZipWriter().add('a.gif', GIF, { method: 'deflated' }).finish()
    writeFileSync(join(folder.path, '1.zip'), new ZipWriter().add('Takeout/a.gif', GIF).finish())
    writeFileSync(join(folder.path, '2.zip'), deflated)
    writeFileSync(join(folder.path, '3.tgz'), await new TarWriter().add('c.gif', GIF).finish())
    mkdirSync(join(folder.path, 'Takeout'))
    writeFileSync(join(folder.path, 'Takeout', 'd.gif'), GIF)
    const paths = ['1.zip', '2.zip', 'Takeout'].map((name) => join(folder.path, name))

    for (const path of paths) {
      const { survey } = await surveyOf(path)
      const heads = await survey.readHeads([0], options)
      const [finished] = await finishAll(path)

      expect(finished!.facts).toMatchObject({ ...heads.get(0), mediaType: 'image/gif' })
    }
  })
})

describe('a source that changes meanwhile', () => {
  it('fails what it held, and nothing else', async () => {
    using folder = temporaryFolder()
    for (const name of ['a', 'b', 'c']) {
      const zip = new ZipWriter().add(`Takeout/${name}.jpg`, Buffer.from(name))
      writeFileSync(join(folder.path, `${name}.zip`), zip.finish())
    }
    const { survey } = await surveyOf(folder.path)
    const batches = survey.batches([0, 1, 2])

    rmSync(join(folder.path, 'a.zip'))
    truncateSync(join(folder.path, 'b.zip'), 20)

    const outcomes: string[] = []
    for (const batch of batches) {
      for await (const content of openContents(batch.recipe)) {
        outcomes.push(await outcome(() => content.read(new Uint8Array(10))))
      }
    }
    expect(outcomes).toEqual([
      expect.stringMatching(/DAMAGED_ENTRY: Takeout\/a.jpg in a.zip could not be read \(ENOENT/),
      'DAMAGED_ENTRY: Takeout/b.jpg in b.zip is in an archive that changed meanwhile',
      'ok',
    ])
  })

  it('fails a file of a folder that grew', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'Takeout'))
    const file = join(folder.path, 'Takeout', 'a.jpg')
    writeFileSync(file, 'short')
    const { survey } = await surveyOf(folder.path)
    const [batch] = survey.batches([0])

    writeFileSync(file, 'longer than before')

    for await (const content of openContents(batch!.recipe)) {
      const read = () => content.read(new Uint8Array(100))
      expect(await outcome(read)).toMatch(/^DAMAGED_ENTRY: Takeout\/a.jpg in Takeout is damaged/)
    }
  })
})

describe('batches', () => {
  it('cut a large archive into slices that follow its order', async () => {
    using folder = temporaryFolder()
    const writer = new ZipWriter()
    for (let n = 0; n < 450; n++) writer.add(`Takeout/${n}.jpg`, Buffer.from(`${n}`))
    writeFileSync(join(folder.path, 'a.zip'), writer.finish())
    const { survey } = await surveyOf(folder.path)
    const backwards = Array.from({ length: 450 }, (_, at) => 449 - at)

    const batches = survey.batches(backwards)

    expect(batches.map(({ ids }) => ids.length)).toEqual([200, 200, 50])
    expect(batches.flatMap(({ ids }) => ids)).toEqual(backwards.reverse())
  })
})

async function outcome(read: () => number | Promise<number>): Promise<string> {
  try {
    await read()
    return 'ok'
  } catch (problem) {
    const { code, message } = problem as { code: string; message: string }
    return `${code}: ${message}`
  }
}

async function finishAll(path: string) {
  const { survey, parts } = await surveyOf(path)
  const finished = []
  for (const batch of survey.batches(parts.surveyed.entries.map(({ index }) => index))) {
    for await (const content of openContents(batch.recipe)) {
      const into = new Uint8Array(2 ** 20)
      while ((await content.read(into)) > 0);
      finished.push(content.finish())
    }
  }
  return finished
}

function writeZips(folder: string, files: Record<string, File>, zip64: boolean): void {
  const writers = [new ZipWriter(), new ZipWriter(), new ZipWriter()]
  for (const [name, { content, part, ...flags }] of Object.entries(files)) {
    writers[part]!.add(name, content, flags)
  }
  writers.forEach((writer, at) => {
    writeFileSync(join(folder, `takeout-20240102T030405Z-00${at}.zip`), writer.finish({ zip64 }))
  })
}

function texts(files: Record<string, File>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, { content }]) => [
      name,
      Buffer.from(content).toString('latin1'),
    ]),
  )
}
