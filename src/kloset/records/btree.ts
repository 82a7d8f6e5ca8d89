/**
 * Nodes and roots of the indexes. All are B+trees from strings to MACs: a leaf has as many values
 * as keys and no pointers, an inner node one pointer more than keys and no values; key i is the
 * smallest key behind pointer i + 1. Only leaves have `next`; `prev` is never written.
 *
 * Persisted roots always say Version 0, Order 50, Count 0, whatever the tree holds.
 * @module
 */
import { MalformedRecordError } from '../damage.ts'
import {
  field,
  int,
  mac,
  nullable,
  nullableList,
  omit,
  str,
  struct,
  u32,
} from '../msgpack/schema.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

export const BTREE_ORDER = 50

export interface BtreeNode {
  version: number
  /** Null in the only node of an empty tree. */
  keys: string[] | null
  /** Null in a leaf. */
  pointers: string[] | null
  /** Null in an inner node. */
  values: string[] | null
  prev: string | null
  next: string | null
}

export interface BtreeRoot {
  version: number
  order: number
  count: number
  root: string
}

const node = struct<BtreeNode>({
  version: field('version', u32),
  keys: field('keys', nullableList(str)),
  pointers: field('pointers', nullableList(mac)),
  values: field('values', nullableList(mac)),
  prev: omit('prev', nullable(mac)),
  next: omit('next', nullable(mac)),
})

const root = struct<BtreeRoot>({
  version: field('Version', u32),
  order: field('Order', int),
  count: field('Count', int),
  root: field('Root', mac),
})

export function encodeBtreeNode(record: BtreeNode): Uint8Array {
  return encodeRecord(node, record)
}

/** @throws {MalformedRecordError} also when keys, pointers and values do not fit together */
export function decodeBtreeNode(bytes: Uint8Array): BtreeNode {
  const record = decodeRecord(node, bytes, 'an index node')
  const keys = record.keys?.length ?? 0
  const pointers = record.pointers?.length ?? 0
  const values = record.values?.length ?? 0
  const isSound = pointers === 0 ? values === keys : values === 0 && pointers === keys + 1
  if (!isSound) {
    const found = `${keys} keys, ${pointers} pointers, ${values} values`
    throw new MalformedRecordError('an index node', `${found} do not fit together`)
  }
  return record
}

export function encodeBtreeRoot(record: BtreeRoot): Uint8Array {
  return encodeRecord(root, record)
}

/** @throws {MalformedRecordError} */
export function decodeBtreeRoot(bytes: Uint8Array): BtreeRoot {
  return decodeRecord(root, bytes, 'an index root')
}
