import { parse } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EntryTruth, ItemTruth } from '../../scripts/sample-library/truth.ts'
import { jsonLines, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Line = Record<string, unknown>
const ofType = (lines: Line[], type: string) => lines.filter((line) => line.type === type)
const byKey = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** What truth and program both say of an entry; the truth is silent about reasons and MIME. */
function facts(entry: Line | EntryTruth): string {
  const { path, part, class: kind, role, sidecar, editedOf, clipOf } = entry as Line
  return JSON.stringify({
    ...{ path, part, kind },
    ...(kind === 'media' ? { role, sidecar, editedOf, clipOf } : {}),
  })
}

/** What was uploaded without an extension is shown with the one it was exported with. */
function shownTitle({ title, files }: ItemTruth): string {
  const { ext } = parse(files[0]?.path ?? '')
  return /\.[a-z0-9]{3,4}$/i.test(title) ? title : `${title}${ext}`
}

function withNulls(entry: EntryTruth): Line {
  const { sidecar = null, editedOf = null, clipOf = null, ...rest } = entry
  return { ...rest, sidecar, editedOf, clipOf }
}

describe.each(['zip', 'tgz', 'mixed', 'folder'] as const)('inspect of a %s export', (formats) => {
  it('says of every entry, item and album exactly what the library was made of', async () => {
    using home = temporaryFolder()
    const sample = await sharedSample(formats)
    for (const { folder, truth } of sample.exports) {
      const ran = await runTintype(home.path, ['inspect', '--json', folder])

      const lines = jsonLines(ran)
      const entries = ofType(lines, 'entry')
      const expected = truth.entries.map(withNulls).map(facts).sort(byKey)
      expect(entries.map(facts).sort(byKey)).toEqual(expected)
      expect(ofType(lines, 'summary')[0]).toMatchObject(truth.summary)
      const titles = (list: Line[]) => list.map((line) => line.title).sort()
      expect(titles(ofType(lines, 'item'))).toEqual(truth.items.map(shownTitle).sort())
      expect(titles(ofType(lines, 'album'))).toEqual(truth.albums.map((a) => a.title).sort())
      expect(ran.code).toBe(3) // a sidecar has lost its photo
    }
  })
})

describe('inspect', () => {
  it('gives the same whatever the order of the parts', async () => {
    using home = temporaryFolder()
    const sample = await sharedSample()
    const { parts } = sample.exports[0]

    const forwards = await runTintype(home.path, ['inspect', '--json', ...parts])
    const backwards = await runTintype(home.path, ['inspect', '--json', ...[...parts].reverse()])

    expect(backwards.stdout).toBe(forwards.stdout)
  })

  it('names a part that is missing in the middle', async () => {
    using home = temporaryFolder()
    const sample = await sharedSample()
    const [first, , third] = sample.exports[0].parts

    const ran = await runTintype(home.path, ['inspect', '--json', first!, third!])

    const problems = ofType(jsonLines(ran), 'problem')
    expect(problems.filter((problem) => problem.code === 'MISSING_PART')).toHaveLength(1)
    expect(ran.code).toBe(3)
  })
})
