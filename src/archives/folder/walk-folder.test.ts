import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { type FolderFile, walkFolder } from './walk-folder.ts'

describe('walking an extracted export', () => {
  it('lists files in the order of their names, with their sizes', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'b'))
    writeFileSync(join(folder.path, 'b', 'ä.jpg'), 'four')
    writeFileSync(join(folder.path, 'c.jpg'), '')
    writeFileSync(join(folder.path, 'a.jpg'), 'x')

    const files = await listed(folder.path)

    expect(files.map(({ name, size }) => [name, size])).toEqual([
      ['a.jpg', 1],
      ['b/ä.jpg', 4],
      ['c.jpg', 0],
    ])
  })

  it('names links and pipes, and follows none', async () => {
    using folder = temporaryFolder()
    symlinkSync('/etc', join(folder.path, 'etc'))
    symlinkSync('/etc/passwd', join(folder.path, 'passwd.jpg'))
    execFileSync('mkfifo', [join(folder.path, 'pipe')])

    const files = await listed(folder.path)

    expect(files.map(({ name, refused }) => [name, refused])).toEqual([
      ['etc', 'it is a symbolic link'],
      ['passwd.jpg', 'it is a symbolic link'],
      ['pipe', 'it is a device, pipe or socket'],
    ])
  })

  it('gives a name that is not text as code page 437, and finds the file again', async () => {
    using folder = temporaryFolder()
    const onDisk = Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from([0x92, 0x2e, 0x6a])])
    writeFileSync(onDisk, 'x')

    const [file] = await listed(folder.path)

    expect(file).toMatchObject({ name: 'Æ.j', diskPath: onDisk, size: 1 })
  })

  it('refuses a name that would mean a path elsewhere', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'a\\..\\b.jpg'), 'x')

    const [file] = await listed(folder.path)

    expect(file!.refused).toMatch(/backslash/)
  })
})

async function listed(path: string): Promise<FolderFile[]> {
  const files: FolderFile[] = []
  for await (const file of walkFolder(path)) files.push(file)
  return files
}
