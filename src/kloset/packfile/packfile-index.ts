/**
 * Reads the index at the end of a packfile, of any size, without reading its data.
 * @module
 */
import { equalBytes } from '../../util/bytes.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import type { Mac } from '../crypto/mac.ts'
import { MalformedPackfileError } from '../damage.ts'
import type { Encoding } from '../encoding.ts'
import { MAC_BYTES } from '../mac-hex.ts'
import { WRAPPER_BYTES, WRAPPER_HEADER_BYTES } from '../wrapper.ts'
import {
  BLOB_RECORD_BYTES,
  type BlobRecord,
  decodeFooter,
  decodeIndex,
  FOOTER_BYTES,
  type Footer,
} from './packfile-codec.ts'

/** A packfile of known size of which ranges can be read. */
export interface RangedFile {
  sizeBytes: number
  read(offset: number, length: number): Promise<Uint8Array>
}

export interface PackfileIndex {
  footer: Footer<bigint>
  records: BlobRecord[]
}

const LENGTH_BYTES = 4
/** The encoded footer has about 200 bytes. */
const MAX_ENCODED_FOOTER_BYTES = 4096
const MAX_INDEX_BYTES = 1024 * 1024 * 1024

/**
 * @throws {MalformedPackfileError} also when a record leads out of the data
 */
export async function readPackfileIndex(
  file: RangedFile,
  tools: { mac: Mac; encoding: Encoding },
): Promise<PackfileIndex> {
  const bodyEnd = file.sizeBytes - MAC_BYTES
  if (file.sizeBytes < WRAPPER_BYTES + LENGTH_BYTES) throw malformed('it is too short')
  const lengthAt = bodyEnd - LENGTH_BYTES
  const footerBytes = readLength(await file.read(lengthAt, LENGTH_BYTES))
  const footerAt = lengthAt - footerBytes
  if (footerBytes > MAX_ENCODED_FOOTER_BYTES || footerAt < WRAPPER_HEADER_BYTES) {
    throw malformed(`its footer cannot have ${footerBytes} bytes`)
  }
  const encodedFooter = await file.read(footerAt, footerBytes)
  const footer = decodeFooter(decode(tools.encoding, encodedFooter, FOOTER_BYTES))
  const indexAt = WRAPPER_HEADER_BYTES + footer.indexOffset
  if (indexAt > footerAt) throw malformed('its index begins behind its footer')
  const encoded = await file.read(indexAt, footerAt - indexAt)
  const maxBytes = Math.min(footer.count * BLOB_RECORD_BYTES, MAX_INDEX_BYTES)
  const index = decode(tools.encoding, encoded, maxBytes)
  if (!equalBytes(tools.mac.of(index), footer.indexMac)) throw malformed('its index is altered')
  return { footer, records: checkedRecords(index, footer) }
}

function checkedRecords(index: Uint8Array, footer: Footer<bigint>): BlobRecord[] {
  const records = decodeIndex(index)
  if (records.length !== footer.count) {
    throw malformed(`its index has ${records.length} records, its footer says ${footer.count}`)
  }
  for (const { offset, length } of records) {
    if (offset + length > footer.indexOffset) throw malformed('a blob lies behind its data')
  }
  return records
}

function readLength(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getUint32(0, true)
}

function decode(encoding: Encoding, bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return encoding.decode(bytes, maxBytes)
  } catch (error) {
    if (!(error instanceof DamagedEncodingError)) throw error
    throw malformed(error.message)
  }
}

function malformed(detail: string): MalformedPackfileError {
  return new MalformedPackfileError(detail)
}
