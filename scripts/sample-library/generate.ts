/**
 * Makes the sample library: two successive exports of an evolving library, each with its truth.
 *
 *   TO/first-export/takeout-20240115T101500Z-001.zip …     TO/first-export.truth.json
 *   TO/second-export/takeout-20250615T093000Z-1-001.zip …  TO/second-export.truth.json
 *
 * The same options give the same bytes.
 * @module
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deliver, exportIdOf, type Formats } from './deliver.ts'
import type { ExportPlan, Library } from './model.ts'
import { firstLibrary, laterLibrary } from './story.ts'
import { layOut } from './takeout.ts'
import { tellChanges, tellTruth } from './tell-truth.ts'
import type { ExportTruth } from './truth.ts'

export interface SampleOptions {
  seed?: number
  /** Photos and videos in the first export; what the story needs is always there, about 40. */
  items?: number
  formats?: Formats
  parts?: number
}

export interface SampleExport {
  /** Holds the parts and nothing else. */
  folder: string
  /** Paths of the parts; for an extracted export, of its folder. */
  parts: string[]
  truthFile: string
  truth: ExportTruth
}

export interface SampleLibrary {
  exports: [SampleExport, SampleExport]
}

export async function generateSampleLibrary(
  to: string,
  options: SampleOptions = {},
): Promise<SampleLibrary> {
  const { seed = 1, items = 90 } = options
  const earlier = firstLibrary(seed, items)
  const later = laterLibrary(seed, earlier)
  const first = await writeExport(earlier, firstPlan(seed), join(to, 'first-export'), options)
  const second = await writeExport(later, secondPlan(seed), join(to, 'second-export'), options)
  second.truth.changes = tellChanges(first.truth, second.truth)
  for (const { truthFile, truth } of [first, second]) {
    await writeFile(truthFile, `${JSON.stringify(truth, null, 2)}\n`)
  }
  return { exports: [first, second] }
}

function firstPlan(seed: number): ExportPlan {
  return { stamp: '20240115T101500Z', sidecarForm: 'old', seed }
}

function secondPlan(seed: number): ExportPlan {
  return { stamp: '20250615T093000Z', group: 1, sidecarForm: 'new', seed: seed + 1 }
}

export async function writeExport(
  library: Library,
  plan: ExportPlan,
  folder: string,
  { formats = 'zip', parts = 3 }: SampleOptions,
): Promise<SampleExport> {
  const laidOut = layOut(library, plan)
  const delivery = await deliver(laidOut.entries, plan, { to: folder, parts, formats })
  const truth = tellTruth(library, {
    exportId: exportIdOf(plan),
    parts: delivery.parts,
    entries: delivery.entries,
    laidOut,
  })
  return { folder, parts: delivery.paths, truthFile: `${folder}.truth.json`, truth }
}
