/**
 * Files that real cameras wrote go through the whole program and come back. They are not part of
 * the project; without them this is skipped.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { SampleExport } from '../../scripts/sample-library/generate.ts'
import { wrapFilesAsExport } from '../../scripts/sample-library/wrap-files.ts'
import { fileTree, sha256 } from '../support/file-tree.ts'
import { CHEAP_KDF, jsonLines, runTintype } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const CAMERA_FILES = fileURLToPath(new URL('../../../shared/samples/photos/', import.meta.url))
const MISSING = existsSync(CAMERA_FILES) ? undefined : '../shared/samples/photos is not there'
if (MISSING !== undefined) process.stdout.write(`camera files are skipped: ${MISSING}\n`)

type Line = Record<string, unknown>

describe.skipIf(MISSING !== undefined)('files of real cameras', () => {
  it('are all counted, all stored, and restored bit for bit', async () => {
    using folder = temporaryFolder()
    const { path: home } = folder
    const [store, out] = [join(home, 'store'), join(home, 'out')]
    const files = readdirSync(CAMERA_FILES).map((name) => ({
      name,
      bytes: readFileSync(join(CAMERA_FILES, name)),
    }))
    const made = await wrapFilesAsExport(files, home)

    const inspected = await runTintype(home, ['inspect', '--json', made.folder])
    await runTintype(home, ['at', store, 'create', ...CHEAP_KDF])
    const saved = await runTintype(home, ['at', store, 'backup', '--json', made.folder])
    const restored = await runTintype(home, ['at', store, 'restore', '--json', '--to', out])

    expect(files.length).toBeGreaterThanOrEqual(90)
    expect([inspected.code, saved.code, restored.code], saved.stderr).toEqual([0, 0, 0])
    expectAllCounted(jsonLines(inspected), made)
    expect(jsonLines(saved).at(-1)).toMatchObject({ status: 'complete', failed: 0, refused: 0 })
    const photos = Object.entries(fileTree(out)).filter(([path]) => path.startsWith('photos/'))
    const given = new Set(files.map(({ bytes }) => sha256(bytes)))
    expect(new Set(photos.map(([, hash]) => hash))).toEqual(given)
    expect(photos).toHaveLength(given.size) // two files of the same bytes are one photo
  })
})

/** Every entry has one class, the classes add up to all, and each item is one of the files. */
function expectAllCounted(lines: Line[], { truth }: SampleExport): void {
  const ofType = (type: string) => lines.filter((line) => line.type === type)
  const [summary] = ofType('summary') as Record<string, number>[]
  const { media, sidecars, albumFiles, other, litter, rejected } = summary!
  expect(media! + sidecars! + albumFiles! + other! + litter! + rejected!).toBe(summary!.entries)
  expect(ofType('entry')).toHaveLength(summary!.entries!)
  expect(ofType('item')).toHaveLength(summary!.items!)
  expect(summary).toMatchObject(truth.summary)
  const held = ofType('item').flatMap((item) => item.files as { path: string }[])
  const copies = ofType('entry').filter((entry) => entry.role === 'copy')
  expect(held.length + copies.length).toBe(summary!.media)
}
