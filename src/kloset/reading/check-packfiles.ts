/**
 * Checks packfiles: that they are there with room for their blobs, or every byte of them.
 * @module
 */
import { equalBytes } from '../../util/bytes.ts'
import { mapConcurrently } from '../../util/map-concurrently.ts'
import { DamagedFileError, DamagedRepositoryError, isMissing } from '../damage.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { MAC_BYTES, macToHex } from '../mac-hex.ts'
import type { BlobRecord } from '../packfile/packfile-codec.ts'
import { type RangedFile, readPackfileIndex } from '../packfile/packfile-index.ts'
import type { Repository } from '../repository.ts'
import { ResourceType, resourceTypeName } from '../resource-type.ts'
import { requireVersion } from '../supported-configuration.ts'
import { readWrapperHeader, WRAPPER_BYTES, WRAPPER_HEADER_BYTES } from '../wrapper.ts'
import { CheckProblemCode, type CheckWork, type Findings, judgeTwice } from './check-findings.ts'
import type { SoundBlobs } from './sound-blobs.ts'

/** Read at once; more only when a single blob is larger. */
const WINDOW_BYTES = 8 * 1024 * 1024
/** Sizes asked for side by side. */
const SIZES_IN_FLIGHT = 16

export interface PackfileSizes {
  /** Of those that are there with room for their blobs. */
  sizes: Map<string, number>
  /** Missing, or too short. */
  bad: Set<string>
}

/** Compares the size of every packfile with what the states say lies in it. */
export async function checkPackfileSizes(
  repository: Repository,
  { findings, progress, signal }: CheckWork,
): Promise<PackfileSizes> {
  const found: PackfileSizes = { sizes: new Map(), bad: new Set() }
  const extents = repository.index.packfileExtents()
  progress.stage('Looking for packfiles', { items: extents.size })
  const looks = mapConcurrently(extents, SIZES_IN_FLIGHT, async ([name, dataBytes]) => {
    signal.throwIfAborted()
    const needed = WRAPPER_BYTES + dataBytes
    const isRight = await judgeTwice(findings, packfileSubject(name), async (own) => {
      const size = await repository.store.size('packfile', name)
      found.sizes.set(name, size)
      if (size >= needed) return
      const message = `it has ${size} bytes; the states say at least ${needed}`
      own.add(CheckProblemCode.PACKFILE_TOO_SHORT, packfileSubject(name), message)
    })
    if (!isRight) found.bad.add(name)
    progress.advance({ items: 1 })
  })
  for await (const _ of looks);
  return found
}

/** What reading packfiles brings to light. */
export interface PackfileReader {
  repository: Repository
  work: CheckWork
  /** Gets every place whose blob is sound. */
  sound: SoundBlobs
  /** Gets every sound blob. */
  onBlob(type: number, mac: Uint8Array, plain: Uint8Array): void
}

/**
 * Reads every byte of packfiles, decodes every blob, verifies every MAC, and compares with what the
 * states say.
 * @param spare nothing needs them: damage is only noted
 * @returns those that are sound
 */
export async function checkPackfileBytes(
  reader: PackfileReader,
  names: readonly string[],
  { spare = false } = {},
): Promise<string[]> {
  const { findings, progress, signal } = reader.work
  const sound: string[] = []
  for (const name of names) {
    signal.throwIfAborted()
    const subject = packfileSubject(name)
    const read = (own: Findings) => readPackfile(reader, name, own)
    if (await judgeTwice(findings, subject, read, spare)) sound.push(name)
    progress.advance({ items: 1 })
  }
  return sound
}

/** Blobs that the states place in packfiles that were read, and that are not there. */
export function checkPlaces(
  { repository, sound, work }: PackfileReader,
  soundPackfiles: readonly string[],
): void {
  for (const { row, type, mac, packfile } of repository.index.blobsIn(new Set(soundPackfiles))) {
    if (sound.has(row)) continue
    const what = `${resourceTypeName(type)} ${macToHex(mac)}`
    work.findings.add(
      CheckProblemCode.PACKFILE_MISMATCH,
      packfileSubject(packfile),
      `the states say that ${what} lies there, which is not so`,
    )
  }
}

export function packfileSubject(name: string): string {
  return `packfile ${name}`
}

async function readPackfile(
  reader: PackfileReader,
  name: string,
  findings: Findings,
): Promise<void> {
  const { repository, work } = reader
  const { store, mac } = repository
  const sizeBytes = await patiently(() => store.size('packfile', name))
  const read = (offset: number, length: number) =>
    patiently(() => store.get('packfile', name, { offset, length }))
  const { records } = await readPackfileIndex({ sizeBytes, read }, repository)
  const whole = mac.start()
  const header = await read(0, WRAPPER_HEADER_BYTES)
  const version = readWrapperHeader(header, ResourceType.PACKFILE)
  requireVersion(`packfile ${name}`, version, VERSION_1_0_0, store.location)
  whole.update(header)
  for await (const window of windows({ sizeBytes, read }, records)) {
    work.signal.throwIfAborted()
    whole.update(window.bytes)
    for (const record of window.records) checkBlob(reader, name, record, window, findings)
    work.progress.advance({ bytes: window.bytes.length })
  }
  const trailer = await read(sizeBytes - MAC_BYTES, MAC_BYTES)
  if (!equalBytes(whole.digest(), trailer)) {
    throw new DamagedFileError(`packfile ${name}`, 'its MAC does not match its bytes')
  }
}

/** Asks once more when a read fails, unless the file is missing or cut: that is an answer. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (isMissing(error)) throw error
    return ask()
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
  { repository, sound, onBlob }: PackfileReader,
  packfile: string,
  record: BlobRecord,
  window: Window,
  findings: Findings,
): void {
  const at = WRAPPER_HEADER_BYTES + record.offset - window.start
  const { type, offset, length } = record
  const mac = macToHex(record.mac)
  try {
    const encoded = window.bytes.subarray(at, at + length)
    const plain = repository.decodeBlob({ type, mac, packfile }, encoded)
    const place = repository.index.placeIn(packfile, type, record.mac)
    if (place?.offset === offset && place.length === length) sound.add(place.row)
    onBlob(type, record.mac, plain)
  } catch (error) {
    if (!(error instanceof DamagedRepositoryError)) throw error
    const subject = `${packfileSubject(packfile)}, ${resourceTypeName(type)} ${mac}`
    findings.add(error.code, subject, error.message)
  }
}
