/**
 * One archive of an export, with the truth about every entry in it: what its bytes are, where they
 * lie, and what must become of them after the archive was damaged.
 * @module
 */
import { createHash } from 'node:crypto'
import { deflateRawSync, gzipSync } from 'node:zlib'
import type { ExportEntry } from '../../../scripts/sample-library/takeout.ts'
import { TarWriter } from '../archives/tar-writer.ts'
import { ZipWriter } from '../archives/zip-writer.ts'

/**
 * `whole`: it must be found, with its bytes. `hurt`: it must be listed as refused. `gone`: it must
 * not be listed. `unsure`: what it says of itself was damaged; it may be any of these.
 */
export type Fate = 'whole' | 'hurt' | 'gone' | 'unsure'

export interface DeliveredEntry {
  path: string
  kind: ExportEntry['truth']['class']
  sha256: string
  fate: Fate
  /** Where its header begins, where its content begins, and where that ends. */
  header: number
  start: number
  end: number
}

export interface DeliveredFile {
  name: string
  form: 'zip' | 'tgz'
  bytes: Buffer
  /** In the order they lie. Places are those in the zip, or in the tar that was compressed. */
  entries: DeliveredEntry[]
  /** Whether a report must name this archive as damaged; undefined when it may or may not. */
  isDamaged: boolean | undefined
}

const ZIP_HEADER_BYTES = 30
const TAR_BLOCK_BYTES = 512

export async function deliverFile(
  name: string,
  entries: readonly ExportEntry[],
): Promise<DeliveredFile> {
  const isTgz = name.endsWith('.tgz')
  const bytes = isTgz ? gzipSync(await tarBytes(entries), { level: 1 }) : zipBytes(entries)
  const places = isTgz ? tarPlaces(entries) : zipPlaces(entries)
  const told = entries.map(({ bytes, truth }, at): DeliveredEntry => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { path: truth.path, kind: truth.class, sha256, fate: 'whole', ...places[at]! }
  })
  return { name, form: isTgz ? 'tgz' : 'zip', bytes, entries: told, isDamaged: false }
}

function isDeflated({ truth }: ExportEntry): boolean {
  return truth.class !== 'media'
}

function zipBytes(entries: readonly ExportEntry[]): Buffer {
  const zip = new ZipWriter()
  for (const entry of entries) {
    zip.add(entry.truth.path, entry.bytes, { method: isDeflated(entry) ? 'deflated' : 'stored' })
  }
  return Buffer.from(zip.finish())
}

function zipPlaces(entries: readonly ExportEntry[]) {
  let header = 0
  return entries.map((entry) => {
    const start = header + ZIP_HEADER_BYTES + Buffer.byteLength(entry.truth.path)
    const content = isDeflated(entry) ? deflateRawSync(entry.bytes) : entry.bytes
    const place = { header, start, end: start + content.length }
    header = place.end
    return place
  })
}

async function tarBytes(entries: readonly ExportEntry[]): Promise<Uint8Array> {
  const tar = new TarWriter()
  for (const { bytes, truth } of entries) tar.add(truth.path, bytes)
  return tar.finishTar()
}

/** @throws {RangeError} for a name that needs more than one block */
function tarPlaces(entries: readonly ExportEntry[]) {
  let header = 0
  return entries.map(({ bytes, truth }) => {
    if (Buffer.byteLength(truth.path) > 100) throw new RangeError(`${truth.path} is too long`)
    const start = header + TAR_BLOCK_BYTES
    const place = { header, start, end: start + bytes.length }
    header = start + Math.ceil(bytes.length / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES
    return place
  })
}
