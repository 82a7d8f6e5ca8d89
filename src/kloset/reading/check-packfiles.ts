/**
 * Checks packfiles: that they are there with room for their blobs, or every byte of them.
 * @module
 */
import { equalBytes } from '../../util/bytes.ts'
import { DamagedFileError, DamagedRepositoryError } from '../damage.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { MAC_BYTES, macToHex } from '../mac-hex.ts'
import type { BlobRecord } from '../packfile/packfile-codec.ts'
import { type RangedFile, readPackfileIndex } from '../packfile/packfile-index.ts'
import type { Repository } from '../repository.ts'
import { ResourceType, resourceTypeName } from '../resource-type.ts'
import { requireVersion } from '../supported-configuration.ts'
import { readWrapperHeader, WRAPPER_BYTES, WRAPPER_HEADER_BYTES } from '../wrapper.ts'
import { CheckProblemCode, type CheckWork, type Findings } from './check-findings.ts'

/** Read at once; more only when a single blob is larger. */
const WINDOW_BYTES = 8 * 1024 * 1024

/**
 * Compares the size of every packfile with what the states say lies in it.
 * @returns the packfiles that cannot hold it
 */
export async function checkPackfileSizes(
  repository: Repository,
  { findings, progress, signal }: CheckWork,
): Promise<Set<string>> {
  const bad = new Set<string>()
  const extents = repository.index.packfileExtents()
  progress.stage('Looking for packfiles', { items: extents.size })
  for (const [name, dataBytes] of extents) {
    signal.throwIfAborted()
    const subject = packfileSubject(name)
    const size = await findings.guard(subject, () => repository.store.size('packfile', name))
    const needed = WRAPPER_BYTES + dataBytes
    if (size !== undefined && size < needed) {
      const message = `it has ${size} bytes; the states say at least ${needed}`
      findings.add(CheckProblemCode.PACKFILE_TOO_SHORT, subject, message)
    }
    if (size === undefined || size < needed) bad.add(name)
    progress.advance({ items: 1 })
  }
  return bad
}

/** Reads every byte of every packfile, decodes every blob, and verifies every MAC. */
export async function checkPackfileBytes(repository: Repository, work: CheckWork): Promise<void> {
  const names = [...repository.index.packfiles()]
  work.progress.stage('Reading packfiles', { items: names.length })
  for (const name of names) {
    await work.findings.guard(packfileSubject(name), () => readPackfile(repository, name, work))
    work.progress.advance({ items: 1 })
  }
}

export function packfileSubject(name: string): string {
  return `packfile ${name}`
}

async function readPackfile(repository: Repository, name: string, work: CheckWork): Promise<void> {
  const { store, mac } = repository
  const sizeBytes = await store.size('packfile', name)
  const read = (offset: number, length: number) => store.get('packfile', name, { offset, length })
  const { records } = await readPackfileIndex({ sizeBytes, read }, repository)
  const whole = mac.start()
  const header = await read(0, WRAPPER_HEADER_BYTES)
  const version = readWrapperHeader(header, ResourceType.PACKFILE)
  requireVersion(`packfile ${name}`, version, VERSION_1_0_0, store.location)
  whole.update(header)
  for await (const window of windows({ sizeBytes, read }, records)) {
    work.signal.throwIfAborted()
    whole.update(window.bytes)
    for (const record of window.records) checkBlob(repository, name, record, window, work.findings)
    work.progress.advance({ bytes: window.bytes.length })
  }
  const trailer = await read(sizeBytes - MAC_BYTES, MAC_BYTES)
  if (!equalBytes(whole.digest(), trailer)) {
    throw new DamagedFileError(`packfile ${name}`, 'its MAC does not match its bytes')
  }
}

interface Window {
  /** Position of the first byte in the file. */
  start: number
  bytes: Uint8Array
  records: BlobRecord[]
}

/** The body in pieces, one after the other, none of which cuts a blob. */
async function* windows(file: RangedFile, records: BlobRecord[]): AsyncGenerator<Window> {
  const bodyEnd = file.sizeBytes - MAC_BYTES
  const waiting = records.toSorted((a, b) => b.offset - a.offset)
  for (let start = WRAPPER_HEADER_BYTES; start < bodyEnd; ) {
    const full = start + WINDOW_BYTES
    const within: BlobRecord[] = []
    let end = start
    for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
      const blobStart = WRAPPER_HEADER_BYTES + next.offset
      if (blobStart >= end && blobStart + next.length > full && end > start) break
      if (blobStart >= full) break
      end = Math.max(end, blobStart + next.length)
      within.push(next)
      waiting.pop()
    }
    if (end === start) end = Math.min(full, bodyEnd) // no blob here: a gap, or what follows them
    yield { start, bytes: await file.read(start, end - start), records: within }
    start = end
  }
}

function checkBlob(
  repository: Repository,
  packfile: string,
  record: BlobRecord,
  window: Window,
  findings: Findings,
): void {
  const at = WRAPPER_HEADER_BYTES + record.offset - window.start
  const mac = macToHex(record.mac)
  try {
    const encoded = window.bytes.subarray(at, at + record.length)
    repository.decodeBlob({ type: record.type, mac, packfile }, encoded)
  } catch (error) {
    if (!(error instanceof DamagedRepositoryError)) throw error
    const subject = `${packfileSubject(packfile)}, ${resourceTypeName(record.type)} ${mac}`
    findings.add(error.code, subject, error.message)
  }
}
