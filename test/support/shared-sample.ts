/**
 * Sample libraries that several test files only read: each kind is made once a run.
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Formats } from '../../scripts/sample-library/deliver.ts'
import { generateSampleLibrary, type SampleLibrary } from '../../scripts/sample-library/generate.ts'
import { codeOf } from '../../src/util/coded-error.ts'

/** Do not write into its folders: others read them too. */
export async function sharedSample(formats: Formats = 'zip'): Promise<SampleLibrary> {
  const shared = process.env.TINTYPE_TEST_SAMPLES
  if (shared === undefined) throw new Error('run tests through vitest, which sets up the samples')
  const home = join(shared, formats)
  if (!existsSync(home)) await make(shared, home, formats)
  return JSON.parse(readFileSync(join(home, 'sample.json'), 'utf8')) as SampleLibrary
}

/** Made aside and moved into place, so that nobody sees half a library; the first one wins. */
async function make(shared: string, home: string, formats: Formats): Promise<void> {
  const draft = mkdtempSync(join(shared, 'draft-'))
  const sample = await generateSampleLibrary(draft, { formats })
  writeFileSync(join(draft, 'sample.json'), JSON.stringify(sample).replaceAll(draft, home))
  try {
    renameSync(draft, home)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '')) throw error
  }
}
