/**
 * A VFS_SUMMARY blob: what lies directly in a directory, and what lies further below it. The one
 * of the root stands in the snapshot's header, too.
 *
 * `avgSize`, `sumEntropy` and `avgEntropy` exist for the direct children only, and `errors` of
 * `below` is written even when 0, so the empty summary is 24 bytes long.
 * @module
 */
import { type Fields, f64, field, i64, omit, struct, u64Count } from '../msgpack/schema.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

export interface SummaryRecord {
  directory: DirectorySummary
  below: BelowSummary
}

export interface BelowSummary {
  directories: number
  files: number
  symlinks: number
  devices: number
  pipes: number
  sockets: number
  children: number
  setuid: number
  setgid: number
  sticky: number
  objects: number
  chunks: number
  /** Bytes, as are the other sizes. */
  minSize: number
  maxSize: number
  size: number
  /** Seconds since 1970. */
  minModTime: number
  maxModTime: number
  /** Bits per byte. */
  minEntropy: number
  maxEntropy: number
  hiEntropy: number
  loEntropy: number
  mimeAudio: number
  mimeVideo: number
  mimeImage: number
  mimeText: number
  mimeApplication: number
  mimeOther: number
  errors: number
}

export interface DirectorySummary extends BelowSummary {
  avgSize: number
  sumEntropy: number
  avgEntropy: number
}

const counts = {
  directories: omit('directories', u64Count),
  files: omit('files', u64Count),
  symlinks: omit('symlinks', u64Count),
  devices: omit('devices', u64Count),
  pipes: omit('pipes', u64Count),
  sockets: omit('sockets', u64Count),
  children: omit('children', u64Count),
  setuid: omit('setuid', u64Count),
  setgid: omit('setgid', u64Count),
  sticky: omit('sticky', u64Count),
  objects: omit('objects', u64Count),
  chunks: omit('chunks', u64Count),
  minSize: omit('min_size', u64Count),
  maxSize: omit('max_size', u64Count),
}

const times = {
  minModTime: omit('min_mod_time', i64),
  maxModTime: omit('max_mod_time', i64),
  minEntropy: omit('min_entropy', f64),
  maxEntropy: omit('max_entropy', f64),
}

const kinds = {
  hiEntropy: omit('hi_entropy', u64Count),
  loEntropy: omit('lo_entropy', u64Count),
  mimeAudio: omit('MIME_audio', u64Count),
  mimeVideo: omit('MIME_video', u64Count),
  mimeImage: omit('MIME_image', u64Count),
  mimeText: omit('MIME_text', u64Count),
  mimeApplication: omit('MIME_application', u64Count),
  mimeOther: omit('MIME_other', u64Count),
}

const directoryFields: Fields<DirectorySummary> = {
  ...counts,
  avgSize: omit('avg_size', u64Count),
  size: omit('size', u64Count),
  ...times,
  sumEntropy: omit('sum_entropy', f64),
  avgEntropy: omit('avg_entropy', f64),
  ...kinds,
  errors: omit('errors', u64Count),
}

const belowFields: Fields<BelowSummary> = {
  ...counts,
  size: omit('size', u64Count),
  ...times,
  ...kinds,
  errors: field('errors', u64Count),
}

export const summaryCodec = struct<SummaryRecord>({
  directory: omit('directory', struct(directoryFields)),
  below: omit('below', struct(belowFields)),
})

/** All zeros, as a fresh object. */
export function emptySummary(): SummaryRecord {
  return summaryCodec.zero()
}

export function encodeSummary(record: SummaryRecord): Uint8Array {
  return encodeRecord(summaryCodec, record)
}

/** @throws {MalformedRecordError} */
export function decodeSummary(bytes: Uint8Array): SummaryRecord {
  return decodeRecord(summaryCodec, bytes, 'a summary')
}
