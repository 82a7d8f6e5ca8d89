/**
 * The header of a new snapshot: what the caller says about it, or what the original of a copy said,
 * and the roots of its tree.
 * @module
 */
import { VERSION_1_0_0 } from '../format-version.ts'
import { timestampFromDate } from '../msgpack/timestamp.ts'
import { emptyHeader, type HeaderRecord } from '../records/header.ts'
import type { WrittenTree } from './tree-writer.ts'

export interface SnapshotHeaderFields {
  importer: { type: string; origin: string; directory: string }
  name: string
  tags: string[]
  timestamp: Date
  durationMs: number
  /** Shown by plakar. Never the command line: it may hold secrets. */
  context: [string, string][]
}

const NS_PER_MS = 1_000_000

export function headerRecord(
  id: string,
  fields: SnapshotHeaderFields | HeaderRecord,
  tree: WrittenTree,
): HeaderRecord {
  return 'sources' in fields ? copiedHeader(id, fields, tree) : newHeader(id, fields, tree)
}

/** Nobody signed the copy, so it carries no identity: maintenance would look for the signature. */
function copiedHeader(
  id: string,
  original: HeaderRecord,
  { vfs, indexes, summary }: WrittenTree,
): HeaderRecord {
  const { identity } = emptyHeader()
  const source = { ...original.sources[0]!, vfs, indexes, summary }
  return { ...original, identifier: id, identity, sources: [source] }
}

function newHeader(
  id: string,
  { importer, name, tags, timestamp, durationMs, context }: SnapshotHeaderFields,
  { vfs, indexes, summary }: WrittenTree,
): HeaderRecord {
  return {
    ...emptyHeader(),
    version: VERSION_1_0_0,
    identifier: id,
    timestamp: timestampFromDate(timestamp),
    duration: Math.round(durationMs * NS_PER_MS),
    name,
    replicas: 1,
    dataClasses: [],
    classifications: [],
    tags,
    context: context.map(([key, value]) => ({ key, value })),
    sources: [{ importer, context: [], vfs, indexes, summary }],
  }
}
