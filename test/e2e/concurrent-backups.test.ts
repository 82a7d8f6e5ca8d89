import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHEAP_KDF, jsonLines, runTintype } from '../support/run-program.ts'
import { partName, photoEntries, zipOf } from '../support/small-export.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('backups of several processes into one store', () => {
  it('all succeed, and the newest snapshot has the photos of all', async () => {
    using home = temporaryFolder()
    const store = join(home.path, 'store')
    const tintype = (...words: string[]) => runTintype(home.path, ['at', store, ...words])
    await tintype('create', ...CHEAP_KDF)
    const names = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']
    for (const name of names) {
      mkdirSync(join(home.path, name))
      const export_ = zipOf(photoEntries(name, `more-${name}`))
      writeFileSync(join(home.path, name, partName(1)), export_)
    }

    const runs = await Promise.all(names.map((name) => tintype('backup', join(home.path, name))))

    for (const ran of runs) expect(ran, ran.stderr).toMatchObject({ code: 0 })
    const items = jsonLines(await tintype('items', '--json'))
    const titles = items.map(({ title }) => String(title))
    expect(titles.sort()).toEqual([...names, ...names.map((name) => `more-${name}`)].sort())
    expect(await tintype('check', '--full')).toMatchObject({ code: 0 })
    expect(readdirSync(join(store, 'locks'), { recursive: true })).toEqual([])
  }, 240_000)
})
