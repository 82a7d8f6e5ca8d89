import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { discoverParts } from './discover.ts'

const PART = 'takeout-20240102T030405Z-001.zip'

describe('finding the parts of an export', () => {
  it('finds archives in a folder and two folders below', async () => {
    using folder = aFolder([PART, 'a/x.tgz', 'a/b/y.tar.gz', 'a/b/c/z.zip', 'photo.jpg'])

    expect(await found(folder.path)).toEqual([PART, 'a/x.tgz', 'a/b/y.tar.gz'])
  })

  it('gives the same parts in the same order, however they are named', async () => {
    using folder = aFolder(['a.zip', 'b/b.zip', 'c.zip'])
    const [a, b, c] = ['a.zip', 'b/b.zip', 'c.zip'].map((name) => join(folder.path, name))

    const whole = await discoverParts([folder.path])
    const singly = await discoverParts([c!, join(folder.path, 'b'), a!, b!, c!])

    expect(singly.map(({ path }) => path)).toEqual(whole.map(({ path }) => path))
  })

  it('takes Takeout, Takeout 2 … as parts of one extracted export', async () => {
    using folder = aFolder(['Takeout/Google Photos/p/a.jpg', 'Takeout 2/Google Photos/p/a.json'])

    const parts = await discoverParts([folder.path])

    expect(parts.map(({ form, name, prefix }) => [form, name, prefix])).toEqual([
      ['folder', 'Takeout', 'Takeout/'],
      ['folder', 'Takeout 2', 'Takeout/'],
    ])
  })

  it('takes a Takeout folder that is named itself, or one folder of it', async () => {
    using folder = aFolder(['Takeout/Google Fotos/Fotos von 2021/a.json'])
    const prefixOf = async (path: string) =>
      (await discoverParts([join(folder.path, path)]))[0]!.prefix

    expect(await prefixOf('Takeout')).toBe('Takeout/')
    expect(await prefixOf('Takeout/Google Fotos')).toBe('Takeout/Google Fotos/')
    expect(await prefixOf('Takeout/Google Fotos/Fotos von 2021')).toBe(
      'Takeout/Google Photos/Fotos von 2021/',
    )
  })

  it('takes a folder that is merely called Takeout for what it holds', async () => {
    using folder = aFolder([`Takeout/${PART}`])

    expect(await found(folder.path)).toEqual([`Takeout/${PART}`])
    expect(await found(join(folder.path, 'Takeout'))).toEqual([PART])
  })

  it('follows a link to an archive, but not one to a folder', async () => {
    using elsewhere = aFolder(['real.zip', 'inner/other.zip'])
    using folder = aFolder([])
    symlinkSync(join(elsewhere.path, 'real.zip'), join(folder.path, 'link.zip'))
    symlinkSync(join(elsewhere.path, 'inner'), join(folder.path, 'folder'))

    const parts = await discoverParts([folder.path])

    expect(parts.map(({ name }) => name)).toEqual(['real.zip'])
  })

  it('names an unfinished download, unless it was finished meanwhile', async () => {
    using folder = aFolder([PART, `${PART}.crdownload`, 'b.zip.part'])

    const parts = await discoverParts([folder.path])

    expect(parts.map(({ name, form }) => [name, form])).toEqual([
      ['b.zip.part', 'unfinished'],
      [PART, 'archive'],
    ])
  })

  it('tells parts of one name apart by their folders', async () => {
    using folder = aFolder([`x/${PART}`, `y/${PART}`])

    const parts = await discoverParts([folder.path])

    expect(parts.map(({ name }) => name)).toEqual([`x/${PART}`, `y/${PART}`])
  })
})

describe('finding nothing', () => {
  it('says that a path is wrong', async () => {
    using folder = aFolder([])

    await expect(discoverParts([join(folder.path, 'Tekaout')])).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      message: `there is no file or folder ${join(folder.path, 'Tekaout')}`,
    })
  })

  it('says that a folder is empty of exports', async () => {
    using folder = aFolder(['holiday/a.jpg'])

    await expect(discoverParts([folder.path])).rejects.toMatchObject({ code: 'NOTHING_TO_IMPORT' })
  })
})

/** A folder with these files, each of one byte. */
function aFolder(files: string[]) {
  const folder = temporaryFolder()
  for (const file of files) {
    mkdirSync(dirname(join(folder.path, file)), { recursive: true })
    writeFileSync(join(folder.path, file), 'x')
  }
  return folder
}

async function found(path: string): Promise<string[]> {
  return (await discoverParts([path])).map((part) => relative(path, part.path))
}
