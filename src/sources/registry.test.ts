import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { options } from '../../test/support/archives/read-survey.ts'
import { ZipWriter } from '../../test/support/archives/zip-writer.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { openSource } from './registry.ts'

it('takes takeout:PATH and plain paths together for one Takeout', async () => {
  using folder = temporaryFolder()
  const zip = join(folder.path, 'a.zip')
  const photos = join(folder.path, 'Takeout', 'Google Photos', 'Photos from 2021')
  const json = '{"title":"a.jpg","photoTakenTime":{"timestamp":"1625130000"}}'
  mkdirSync(photos, { recursive: true })
  writeFileSync(join(photos, 'a.jpg.json'), json)
  const path = 'Takeout/Google Photos/Photos from 2021/a.jpg'
  writeFileSync(zip, new ZipWriter().add(path, Buffer.from('photo')).finish())

  const source = await openSource([`takeout:${zip}`, join(folder.path, 'Takeout')])
  await using survey = await source.survey(options)
  const { entries, summary } = survey.understand(new Map())

  expect(source.kind).toBe('takeout')
  expect(summary).toMatchObject({ entries: 2, media: 1, sidecars: 1, items: 1 })
  expect(entries.find((entry) => entry.path === path)).toMatchObject({
    part: 'a.zip',
    sidecar: `${path}.json`,
  })
})

it('takes a name with a colon that is no kind of source for a path, and says at once it is not there', async () => {
  await expect(openSource(['nowhere:else'])).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' })
})
