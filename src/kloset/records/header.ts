/**
 * A SNAPSHOT blob: what a snapshot is, and the roots of everything in it. It is stored under the
 * snapshot's identifier, which is random, so no MAC vouches for it but those of its packfile.
 *
 * Source: kloset header.go, record version 1.0.0. Only the first of `sources` is ever read.
 * @module
 */
import {
  bin,
  f64,
  field,
  i64,
  list,
  mac,
  nullableList,
  str,
  struct,
  time,
  u32,
  uuid,
} from '../msgpack/schema.ts'
import type { Timestamp } from '../msgpack/timestamp.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'
import { type SummaryRecord, summaryCodec } from './summary.ts'

export interface HeaderRecord {
  version: number
  identifier: string
  timestamp: Timestamp
  /** Nanoseconds. */
  duration: number
  /** Never other than zeros and null without a SIGNATURE blob: maintenance would fail on it. */
  identity: { identifier: string; publicKey: Uint8Array | null }
  name: string
  category: string
  environment: string
  perimeter: string
  job: string
  replicas: number
  dataset: string
  dataClasses: string[] | null
  classifications: HeaderClassification[] | null
  tags: string[] | null
  context: KeyValue[] | null
  sources: SourceRecord[]
}

export interface HeaderClassification {
  analyzer: string
  classes: { name: string; probability: number }[]
}

export interface KeyValue {
  key: string
  value: string
}

export interface SourceRecord {
  importer: { type: string; origin: string; directory: string }
  context: KeyValue[] | null
  /** MACs of the three root records. */
  vfs: { root: string; xattrs: string; errors: string }
  indexes: IndexRecord[] | null
  summary: SummaryRecord
}

/** Named `content-type`, `dirpack` or `summary`; maintenance refuses any other name. */
export interface IndexRecord {
  name: string
  type: string
  value: string
}

const keyValue = struct<KeyValue>({ key: field('key', str), value: field('value', str) })

const classification = struct<HeaderClassification>({
  analyzer: field('analyzer', str),
  classes: field(
    'classes',
    list(struct({ name: field('name', str), probability: field('probability', f64) })),
  ),
})

const source = struct<SourceRecord>({
  importer: field(
    'importer',
    struct({
      type: field('type', str),
      origin: field('origin', str),
      directory: field('directory', str),
    }),
  ),
  context: field('context', nullableList(keyValue)),
  vfs: field(
    'root',
    struct({
      root: field('root', mac),
      xattrs: field('xattrs', mac),
      errors: field('errors', mac),
    }),
  ),
  indexes: field(
    'indexes',
    nullableList(
      struct<IndexRecord>({
        name: field('name', str),
        type: field('type', str),
        value: field('value', mac),
      }),
    ),
  ),
  summary: field('summary', summaryCodec),
})

const header = struct<HeaderRecord>({
  version: field('version', u32),
  identifier: field('identifier', mac),
  timestamp: field('timestamp', time),
  duration: field('duration', i64),
  identity: field(
    'identity',
    struct({ identifier: field('identifier', uuid), publicKey: field('public_key', bin) }),
  ),
  name: field('name', str),
  category: field('category', str),
  environment: field('environment', str),
  perimeter: field('perimeter', str),
  job: field('job', str),
  replicas: field('replicas', u32),
  dataset: field('dataset', str),
  dataClasses: field('data_classes', nullableList(str)),
  classifications: field('classifications', nullableList(classification)),
  tags: field('tags', nullableList(str)),
  context: field('context', nullableList(keyValue)),
  sources: field('sources', list(source)),
})

/** Every field at its zero value, to be filled in. */
export function emptyHeader(): HeaderRecord {
  return header.zero()
}

export function encodeHeader(record: HeaderRecord): Uint8Array {
  return encodeRecord(header, record)
}

/** @throws {MalformedRecordError} */
export function decodeHeader(bytes: Uint8Array): HeaderRecord {
  return decodeRecord(header, bytes, 'a snapshot header')
}

/** Root record of one of the snapshot's indexes. */
export function indexMac(source: SourceRecord, name: string): string | undefined {
  return source.indexes?.find((index) => index.name === name)?.value
}
