/**
 * A store on a remote of the real rclone, from the command line.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileTree } from '../support/file-tree.ts'
import { NO_RCLONE, rcloneEnvironment } from '../support/rclone/rclone-world.ts'
import { CHEAP_KDF, jsonLines, type Ran, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'

if (NO_RCLONE !== undefined) process.stdout.write(`skipped, ${NO_RCLONE}\n`)

const home = mkdtempSync(join(tmpdir(), 'tintype-rclone-'))
const env = NO_RCLONE === undefined ? rcloneEnvironment(home) : {}
afterAll(() => rmSync(home, { recursive: true }))

function tintype(...args: string[]): Promise<Ran> {
  return runTintype(home, args, { env })
}

describe.skipIf(NO_RCLONE !== undefined).each([
  { remote: 'folder:photos', what: 'a folder' },
  { remote: 'locked:photos', what: 'a remote that rclone encrypts' },
])('a store on $what, through rclone', ({ remote }) => {
  const store = `rclone:${remote}`
  let sources: string[]
  beforeAll(async () => {
    sources = (await sharedSample()).exports.map(({ folder }) => folder)
    const created = await tintype('at', store, 'create', ...CHEAP_KDF)
    expect(created, created.stderr).toMatchObject({ code: 0 })
    for (const source of sources) {
      const ran = await tintype('at', store, 'backup', '--threads', '2', source)
      expect([0, 3], ran.stderr).toContain(ran.code)
    }
  })

  it('is proved whole by a check of every byte', async () => {
    const ran = await tintype('at', store, 'check', '--full')

    expect(ran, ran.stderr).toMatchObject({ code: 0 })
  })

  it('gives back what a store in a folder gives back', async () => {
    const folder = join(home, `folder of ${remote}`)
    await tintype('at', folder, 'create', ...CHEAP_KDF)
    for (const source of sources) await tintype('at', folder, 'backup', source)
    const [far, near] = [join(home, `far ${remote}`), join(home, `near ${remote}`)]

    await tintype('at', store, 'restore', '--to', far)
    await tintype('at', folder, 'restore', '--to', near)

    const photos = (tree: Record<string, string>) =>
      Object.entries(tree).filter(([path]) => path.startsWith('photos/'))
    expect(photos(fileTree(far))).toEqual(photos(fileTree(near)))
    expect(photos(fileTree(far)).length).toBeGreaterThan(50)
  })

  it('is shown from copies nearby, once it was read', async () => {
    const [first, again] = [
      await tintype('at', store, 'items'),
      await tintype('at', store, 'items'),
    ]

    expect(again.stdout).toBe(first.stdout)
    expect(again.stdout.split('\n').length).toBeGreaterThan(50)
  })
})

describe.skipIf(NO_RCLONE !== undefined)('a store through rclone', () => {
  it('is the same store in the folder itself', async () => {
    await tintype('at', 'rclone:folder:same', 'create', ...CHEAP_KDF)
    const { exports } = await sharedSample()
    await tintype('at', 'rclone:folder:same', 'backup', exports[0]!.folder)

    const folder = join(home, 'remote/same')
    const ran = await tintype('at', folder, 'check', '--full')

    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    expect(jsonLines(await tintype('at', folder, 'ls', '--json'))).toHaveLength(1)
  })

  it('is missing when the remote is empty, or its store was moved away', async () => {
    expect(await tintype('at', 'rclone:folder:nothing', 'ls')).toMatchObject({ code: 66 })

    await tintype('at', 'rclone:folder:moved', 'create', ...CHEAP_KDF)
    await rename(join(home, 'remote/moved'), join(home, 'remote/away'))

    expect(await tintype('at', 'rclone:folder:moved', 'ls')).toMatchObject({ code: 66 })
  })

  it.for([
    { at: 'gphotos:', code: 64, says: 'Google Photos' },
    { at: 'rclone:clowd:x', code: 78, says: 'no remote "clowd"' },
    { at: 'rclone:nowhere', code: 64, says: 'names no remote' },
  ])('at $at ends with exit code $code', async ({ at, code, says }) => {
    const ran = await tintype('at', at, 'ls')

    expect(ran.code).toBe(code)
    expect(ran.stderr).toContain(says)
  })

  it('ends with 69 where there is no rclone', async () => {
    const ran = await runTintype(home, ['at', 'rclone:x:y', 'ls'], { env: { PATH: home } })

    expect(ran.code).toBe(69)
    expect(ran.stderr).toContain('Install rclone')
  })
})
