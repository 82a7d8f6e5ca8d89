/**
 * A VFS_ENTRY blob: one path of a snapshot. These bytes stand in the tree's blobs and, again, in
 * the frames of the directory's dirpack; their MAC must be the same in both.
 *
 * What Plakar never writes (streams, security descriptors, classifications, custom metadata, tags)
 * is part of the schema so that entries of other tools survive a copy.
 *
 * Source: kloset entry.go and fileinfo.go, record version 1.0.0.
 * @module
 */
import {
  bin,
  type Codec,
  f64,
  field,
  i64,
  list,
  mac,
  nullable,
  omit,
  str,
  struct,
  time,
  u16,
  u32,
  u64,
  u64Count,
} from '../msgpack/schema.ts'
import type { Timestamp } from '../msgpack/timestamp.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'
import { type SummaryRecord, summaryCodec } from './summary.ts'

export interface EntryRecord {
  version: number
  parentPath: string
  fileInfo: FileInfo
  /** Null since Plakar 1.1; before, directories carried theirs. */
  summary: SummaryRecord | null
  symlinkTarget: string
  /** MAC of the OBJECT blob; NO_MAC when there is no content. */
  object: string
  contentType: string
  entropy: number
  chunks: number
  alternateDataStreams: string[]
  securityDescriptor: Uint8Array | null
  fileAttributes: number
  /** Names only, sorted bytewise. */
  extendedAttributes: string[]
  classifications: EntryClassification[]
  customMetadata: CustomMetadata[]
  tags: string[]
}

export interface FileInfo {
  name: string
  /** Bytes for regular files; whatever the file system says for others. */
  size: number
  /** See file-mode.ts. */
  mode: number
  modTime: Timestamp
  dev: bigint
  ino: bigint
  uid: bigint
  gid: bigint
  /** Cut to 16 bits by Plakar. */
  nlink: number
  username: string
  groupname: string
  flags: number
}

export interface EntryClassification {
  analyzer: string
  classes: string[]
  scores: { key: string; value: number }[]
}

export interface CustomMetadata {
  key: string
  value: Uint8Array | null
}

const fileInfo = struct<FileInfo>({
  name: field('name', str),
  size: field('size', i64),
  mode: field('mode', u32),
  modTime: field('mod_time', time),
  dev: field('dev', u64),
  ino: field('ino', u64),
  uid: field('uid', u64),
  gid: field('gid', u64),
  nlink: field('nlink', u16),
  username: field('username', str),
  groupname: field('groupname', str),
  flags: field('flags', u32),
})

const classification = struct<EntryClassification>({
  analyzer: field('analyzer', str),
  classes: field('classes', list(str)),
  scores: field('scores', list(struct({ key: field('key', str), value: field('value', f64) }))),
})

const customMetadata: Codec<CustomMetadata> = struct<CustomMetadata>({
  key: field('key', str),
  value: field('value', bin),
})

const entry = struct<EntryRecord>({
  version: field('version', u32),
  parentPath: field('parent_path', str),
  fileInfo: field('file_info', fileInfo),
  summary: field('summary', nullable(summaryCodec)),
  symlinkTarget: omit('symlink_target', str),
  object: field('object', mac),
  contentType: omit('content_type', str),
  entropy: omit('entropy', f64),
  chunks: omit('chunks', u64Count),
  alternateDataStreams: omit('alternate_data_streams', list(str)),
  securityDescriptor: omit('security_descriptor', bin),
  fileAttributes: omit('file_attributes', u32),
  extendedAttributes: omit('extended_attributes', list(str)),
  classifications: omit('classifications', list(classification)),
  customMetadata: omit('custom_metadata', list(customMetadata)),
  tags: omit('tags', list(str)),
})

/** Every field at its zero value, to be filled in: `{ ...emptyEntry(), parentPath: '/' }`. */
export function emptyEntry(): EntryRecord {
  return entry.zero()
}

export function encodeEntry(record: EntryRecord): Uint8Array {
  return encodeRecord(entry, record)
}

/** @throws {MalformedRecordError} */
export function decodeEntry(bytes: Uint8Array): EntryRecord {
  return decodeRecord(entry, bytes, 'a file entry')
}
