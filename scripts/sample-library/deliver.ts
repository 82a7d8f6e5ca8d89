/**
 * Packs the entries of an export as Google delivers it, or as a person has extracted it.
 * @module
 */
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { ZipWriter } from '../../test/support/archives/zip-writer.ts'
import type { ExportPlan } from './model.ts'
import { randomFrom } from './random.ts'
import type { ExportEntry } from './takeout.ts'
import type { EntryTruth } from './truth.ts'

/** All parts zip, all tgz, the last one tgz, or one extracted folder. */
export type Formats = 'zip' | 'tgz' | 'mixed' | 'folder'

export interface Delivery {
  /** Paths of the parts on disk. */
  paths: string[]
  /** Their names. */
  parts: string[]
  entries: EntryTruth[]
}

export interface DeliveryOptions {
  to: string
  parts: number
  formats: Formats
}

export function exportIdOf(plan: ExportPlan): string {
  return `takeout-${plan.stamp}`
}

export async function deliver(
  entries: ExportEntry[],
  plan: ExportPlan,
  options: DeliveryOptions,
): Promise<Delivery> {
  await mkdir(options.to, { recursive: true })
  if (options.formats === 'folder') return deliverFolder(entries, plan, options.to)
  const shares = shareOut(entries, plan, options.parts)
  const parts = shares.map((_, index) => partName(plan, index + 1, options))
  const paths = parts.map((name) => join(options.to, name))
  for (const [index, share] of shares.entries()) {
    if (paths[index]!.endsWith('.tgz')) await writeTgz(share, plan, paths[index]!)
    // The second part is written as by a streaming tool: sizes follow the content.
    else await writeFile(paths[index]!, zipOf(share, plan, index === 1))
  }
  const told = shares.flatMap((share, index) =>
    share.map(({ truth }) => ({ ...truth, part: parts[index]! })),
  )
  return { paths, parts, entries: told }
}

function partName(plan: ExportPlan, number: number, { parts, formats }: DeliveryOptions): string {
  const isTgz = formats === 'tgz' || (formats === 'mixed' && number === parts)
  const group = plan.group === undefined ? '' : `${plan.group}-`
  const digits = String(number).padStart(3, '0')
  return `${exportIdOf(plan)}-${group}${digits}${isTgz ? '.tgz' : '.zip'}`
}

/**
 * Every entry into some part, so that about half of the pairs of media and sidecar are parted, as
 * measured in real exports. One album comes twice in part: photo, sidecar and album file.
 */
function shareOut(entries: ExportEntry[], plan: ExportPlan, parts: number): ExportEntry[][] {
  const random = randomFrom(plan.seed)
  const shares: ExportEntry[][] = Array.from({ length: parts }, () => [])
  const homes = entries.map(() => random.below(parts))
  for (const [index, entry] of entries.entries()) shares[homes[index]!]!.push(entry)
  if (parts < 2) return shares
  for (const index of repeatedEntries(entries)) {
    const other = shares[(homes[index]! + 1) % parts]!
    other.push(asRepetition(entries[index]!))
  }
  return shares
}

function repeatedEntries(entries: ExportEntry[]): number[] {
  const copy = entries.findIndex(({ truth }) => truth.role === 'copy')
  const sidecar = entries.findIndex(({ truth }) => truth.path === entries[copy]?.truth.sidecar)
  const albumFile = entries.findIndex(({ truth }) => truth.class === 'album')
  return [copy, sidecar, albumFile].filter((index) => index >= 0)
}

function asRepetition({ bytes, truth }: ExportEntry): ExportEntry {
  if (truth.class !== 'media') return { bytes, truth }
  return { bytes, truth: { ...truth, role: 'copy', copyOf: truth.copyOf ?? truth.path } }
}

/** Entry times are those of packing: 19 seconds after the export was ordered, whatever the photo. */
function packedAt({ stamp }: ExportPlan): Date {
  const iso = stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return new Date(Date.parse(iso) + 19_000)
}

function zipOf(share: ExportEntry[], plan: ExportPlan, dataDescriptor: boolean): Uint8Array {
  const zip = new ZipWriter()
  const modified = packedAt(plan)
  for (const { bytes, truth } of share) {
    const method = truth.class === 'media' ? 'stored' : 'deflated'
    zip.add(truth.path, bytes, { method, dataDescriptor, utf8Flag: true, modified })
  }
  return zip.finish()
}

async function writeTgz(share: ExportEntry[], plan: ExportPlan, path: string): Promise<void> {
  const tar = pack()
  for (const { bytes, truth } of share) {
    tar.entry({ name: truth.path, mtime: packedAt(plan) }, Buffer.from(bytes))
  }
  tar.finalize()
  await pipeline(tar, createGzip(), createWriteStream(path))
}

/** The folder that every archive unpacks to stands for the parts it came in. */
const EXTRACTED = 'Takeout'

async function deliverFolder(
  entries: ExportEntry[],
  plan: ExportPlan,
  to: string,
): Promise<Delivery> {
  const root = join(to, exportIdOf(plan))
  for (const { bytes, truth } of entries) {
    const path = join(root, truth.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
  }
  const told = entries.map(({ truth }) => ({ ...truth, part: EXTRACTED }))
  return { paths: [root], parts: [EXTRACTED], entries: told }
}
