import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives all test files of a run one folder for sample libraries, and removes it at the end. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-samples-'))
  process.env.TINTYPE_TEST_SAMPLES = folder
  return () => rm(folder, { recursive: true, force: true })
}
