import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { overviewPage } from '../../test/support/overview-page.ts'
import {
  partName,
  photoEntries,
  type SmallEntry,
  tarOf,
  zipOf,
} from '../../test/support/small-export.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { openSource } from '../sources/registry.ts'
import { quietly } from '../util/progress.ts'
import { inspectSource } from './inspect-source.ts'

const files = ['a.jpg', 'a.jpg.json', 'b.jpg', 'b.jpg.json']
const page: SmallEntry = {
  path: 'Takeout/archive_browser.html',
  bytes: overviewPage({ 'Google Photos': files.map((name) => `Photos from 2021/${name}`) }),
}

const WRITERS: Record<string, (folder: string, entries: SmallEntry[]) => unknown> = {
  zip: (folder, entries) => writeFileSync(join(folder, partName(1)), zipOf(entries)),
  tgz: async (folder, entries) =>
    writeFileSync(join(folder, partName(1, 'tgz')), await tarOf(entries).finish()),
  folder: (folder, entries) => {
    for (const { path, bytes } of entries) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), bytes)
    }
  },
}

async function inspected(form: string, ...entries: SmallEntry[]) {
  using folder = temporaryFolder()
  await WRITERS[form]!(folder.path, entries)
  const signal = new AbortController().signal
  const source = await openSource([folder.path])
  return (await inspectSource(source, { progress: quietly, signal })).inventory
}

describe.each(Object.keys(WRITERS))('an export as %s', (form) => {
  it('is complete when its overview page lists what is in it', async () => {
    const { summary, problems } = await inspected(form, page, ...photoEntries('a.jpg', 'b.jpg'))

    expect(problems).toEqual([])
    expect(summary).toMatchObject({ entries: 5, other: 1, verdict: { answer: 'complete' } })
  })

  it('is not complete when its overview page lists more, though nothing else shows it', async () => {
    const { summary, problems } = await inspected(form, page, ...photoEntries('a.jpg'))

    expect(problems.map(({ code }) => code)).toEqual(['MISSING_FILES'])
    expect(summary.verdict!.answer).toBe('incomplete')
  })
})

describe('an archive that is still being downloaded', () => {
  it('is named as damaged, though it opens', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, partName(1))
    writeFileSync(path, zipOf(photoEntries('a.jpg')))
    const source = await openSource([folder.path])
    let grown = false
    const progress = {
      ...quietly,
      advance: ({ bytes = 0 }: { bytes?: number }) => {
        if (bytes > 0 && !grown) appendFileSync(path, 'more')
        grown ||= bytes > 0
      },
    }

    const { problems } = (
      await inspectSource(source, { progress, signal: new AbortController().signal })
    ).inventory

    expect(problems).toMatchObject([{ code: 'DAMAGED_PART', path: partName(1) }])
    expect(problems[0]!.message).toMatch(/changed from \d+ to \d+ bytes while it was read/)
  })
})
