/**
 * The sample library for tests: in a folder of its own that vanishes with the test.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  generateSampleLibrary,
  type SampleLibrary,
  type SampleOptions,
} from '../../scripts/sample-library/generate.ts'

export interface TemporarySample extends SampleLibrary, AsyncDisposable {
  /** Holds everything; removed on disposal. */
  root: string
}

/** Use with `await using`. */
export async function aSampleLibrary(options: SampleOptions = {}): Promise<TemporarySample> {
  const root = await mkdtemp(join(tmpdir(), 'tintype-sample-'))
  const sample = await generateSampleLibrary(root, options)
  return {
    ...sample,
    root,
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true })
    },
  }
}
