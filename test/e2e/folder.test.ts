import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fileTree } from '../support/file-tree.ts'
import { jpeg, PhotoFolder, writeSyncDatabase } from '../support/photo-folders.ts'
import { CHEAP_KDF, jsonLines, runTintype } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const CAMERA_FILES = fileURLToPath(new URL('../../../shared/samples/photos/', import.meta.url))
const cameraFiles = existsSync(CAMERA_FILES) ? readdirSync(CAMERA_FILES) : []

/** A tree of gphotos-sync: painted photos, and those of real cameras where they are at hand. */
function syncTree(path: string): PhotoFolder {
  const folder = new PhotoFolder(path)
  const photos = ['a.jpg', 'b.jpg', 'c.jpg']
  photos.forEach((name, at) => {
    folder.file(`photos/2019/05/${name}`, jpeg(at + 1))
    folder.link(`albums/2019/05 Summer/000${at}_${name}`, `photos/2019/05/${name}`)
  })
  for (const name of cameraFiles) {
    folder.file(`photos/2020/01/${name}`, readFileSync(join(CAMERA_FILES, name)))
  }
  const rows = photos.map((name, at) => ({
    ...{ path: 'photos/2019/05', name, description: `of ${name}` },
    created: `2019-05-0${at + 1} 10:00:00`,
  }))
  writeSyncDatabase(join(path, 'gphotos.sqlite'), rows, [{ title: 'Summer', members: [0, 1, 2] }])
  return folder
}

describe('a folder of photos, by the program', () => {
  it('is inspected, saved once, and given back bit for bit with its album', async () => {
    using temporary = temporaryFolder()
    const { path: home } = temporary
    const [store, out] = [join(home, 'store'), join(home, 'out')]
    const folder = syncTree(join(home, 'Pictures'))
    const before = fileTree(folder.path)
    const given = new Set(
      Object.entries(before).flatMap(([name, hash]) => (name.startsWith('photos/') ? hash : [])),
    )

    const inspected = await runTintype(home, ['inspect', folder.path])
    await runTintype(home, ['at', store, 'create', ...CHEAP_KDF])
    const first = await runTintype(home, ['at', store, 'backup', '--json', folder.path])
    const second = await runTintype(home, ['at', store, 'backup', '--json', folder.path])
    const restored = await runTintype(home, ['at', store, 'restore', '--to', out])
    const albums = await runTintype(home, ['at', store, 'albums', '--json'])

    const all = [inspected, first, second, restored]
    expect(
      all.map(({ code }) => code),
      all.map(({ stderr }) => stderr).join(),
    ).toEqual([0, 0, 0, 0])
    expect(inspected.stdout).toContain('Pictures: a folder of photos')
    expect(inspected.stdout).not.toMatch(/archive|Google Photos/i)
    const [saved, again] = [first, second].map((ran) => jsonLines(ran).at(-1)!)
    expect(saved).toMatchObject({ status: 'complete', items: given.size, added: given.size })
    expect(again).toMatchObject({ status: 'complete', added: 0, changed: 0, unchanged: given.size })
    // Again only the database is read, and nothing of a photo.
    expect(again!.bytesRead).toBeLessThan(200_000)
    const photos = Object.entries(fileTree(out)).filter(([name]) => name.startsWith('photos/'))
    expect(new Set(photos.map(([, hash]) => hash))).toEqual(given)
    expect(jsonLines(albums)).toMatchObject([{ title: 'Summer' }])
    expect(fileTree(folder.path)).toEqual(before)
  })

  it('is not the whole library by saying so: what it lacks has not vanished', async () => {
    using temporary = temporaryFolder()
    const { path: home } = temporary
    const folder = new PhotoFolder(join(home, 'Pictures')).file('a.jpg', jpeg(1))

    const refused = await runTintype(home, ['at', 'store', 'backup', '--full', folder.path])

    expect(refused.code).toBe(64)
    expect(refused.stderr).toContain('has not vanished from Google Photos')
  })

  it('that is incomplete says so with exit code 3, and one that is away with 66', async () => {
    using temporary = temporaryFolder()
    const { path: home } = temporary
    const store = join(home, 'store')
    const folder = new PhotoFolder(join(home, 'Pictures')).file('a.jpg', jpeg(1))
    folder.link('b.jpg', '../elsewhere.jpg')
    await runTintype(home, ['at', store, 'create', ...CHEAP_KDF])

    const saved = await runTintype(home, ['at', store, 'backup', folder.path])
    const empty = new PhotoFolder(join(home, 'mount'))
    const away = await runTintype(home, ['at', store, 'backup', '--json', `folder:${empty.path}`])
    const snapshots = await runTintype(home, ['at', store, 'ls', '--json'])

    expect(saved.code, saved.stderr).toBe(3)
    expect(saved.stdout).toContain('b.jpg')
    expect(away.code).toBe(66)
    expect(away.stdout).toContain('SOURCE_EMPTY')
    expect(jsonLines(snapshots)).toHaveLength(1)
  })
})
