import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { utf8 } from './bytes.ts'
import { NewFile } from './new-file.ts'

describe('a new file', () => {
  it('is there when it is complete, and not before', async () => {
    using temporary = temporaryFolder()
    const folder = temporary.path
    const path = join(folder, 'photos.tar')
    await using file = await NewFile.create(path, { overwrite: false })
    await file.append(utf8('one '))
    await file.append(utf8('two'))
    expect(readdirSync(folder)).not.toContain('photos.tar')

    await file.publish()

    expect(readFileSync(path, 'utf8')).toBe('one two')
    expect(file.sizeBytes).toBe(7)
  })

  it('leaves nothing when it is given up', async () => {
    using temporary = temporaryFolder()
    const folder = temporary.path
    {
      await using file = await NewFile.create(join(folder, 'a'), { overwrite: false })
      await file.append(utf8('half'))
    }

    expect(readdirSync(folder)).toEqual([])
  })

  it('gives back what was written while it grows', async () => {
    using temporary = temporaryFolder()
    await using file = await NewFile.create(join(temporary.path, 'a'), { overwrite: false })
    await file.append(utf8('0123456789'))

    expect(await file.read({ offset: 3, length: 4 })).toEqual(utf8('3456'))
    await expect(file.read({ offset: 8, length: 4 })).rejects.toThrow(RangeError)
  })

  it('does not replace what is there, even when that came meanwhile', async () => {
    using temporary = temporaryFolder()
    const path = join(temporary.path, 'a')
    await using file = await NewFile.create(path, { overwrite: false })
    writeFileSync(path, 'mine')

    await expect(file.publish()).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    await expect(NewFile.create(path, { overwrite: false })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    })
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  it('replaces what is there when that is wanted, and only with the whole', async () => {
    using temporary = temporaryFolder()
    const folder = temporary.path
    const path = join(folder, 'a')
    writeFileSync(path, 'old')
    await using file = await NewFile.create(path, { overwrite: true })
    await file.append(utf8('new'))
    expect(readFileSync(path, 'utf8')).toBe('old')

    await file.publish()

    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['a'])
  })
})
