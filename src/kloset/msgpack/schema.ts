/**
 * Record schemas: which fields a record has, in which order, under which key and in which msgpack
 * form. One declaration gives both directions.
 *
 * Reading follows the reference decoder: keys in any order, unknown keys skipped, nil taken as the
 * zero value, the last of a repeated key. Writing follows its encoder: fields in declared order,
 * those marked `omit` left out while empty.
 * @module
 */
import { Buffer } from 'node:buffer'
import { MAC_BYTES, macFromHex, macToHex, NO_MAC } from '../mac-hex.ts'
import { MsgpackError, MsgpackReader } from './msgpack-reader.ts'
import { MsgpackWriter } from './msgpack-writer.ts'
import { EPOCH, type Timestamp } from './timestamp.ts'

export interface Codec<T> {
  write(writer: MsgpackWriter, value: T): void
  read(reader: MsgpackReader): T
  /** The value of a field that is absent or nil. */
  zero(): T
  /** Whether a field marked `omit` is left out. */
  isEmpty(value: T): boolean
}

export interface Field<T> {
  key: string
  codec: Codec<T>
  omitEmpty: boolean
}

export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> }

/** A field that is always written. */
export function field<T>(key: string, codec: Codec<T>): Field<T> {
  return { key, codec, omitEmpty: false }
}

/** A field that is left out while it is empty. */
export function omit<T>(key: string, codec: Codec<T>): Field<T> {
  return { key, codec, omitEmpty: true }
}

function scalar<T>(
  zero: T,
  write: (writer: MsgpackWriter, value: T) => void,
  read: (reader: MsgpackReader) => T,
): Codec<T> {
  return { zero: () => zero, isEmpty: (value) => value === zero, write, read }
}

function unsigned(limit: number, write: (writer: MsgpackWriter, value: number) => void) {
  return scalar(0, write, (reader) => {
    const value = reader.integer()
    if (value < 0 || value > limit) throw new MsgpackError(`number out of range: ${value}`)
    return value
  })
}

export const u8 = unsigned(0xff, (writer, value) => writer.u8(value))
export const u16 = unsigned(0xffff, (writer, value) => writer.u16(value))
export const u32 = unsigned(0xffff_ffff, (writer, value) => writer.u32(value))

/** A u64 that may use all its bits: device and inode numbers. */
export const u64: Codec<bigint> = scalar(
  0n,
  (writer, value) => writer.u64(value),
  (reader) => BigInt.asUintN(64, reader.bigint()),
)

/** A u64 that counts things or bytes, so that a number holds it. */
export const u64Count = unsigned(Number.MAX_SAFE_INTEGER, (writer, value) =>
  writer.u64(BigInt(value)),
)

export const i64: Codec<number> = scalar(
  0,
  (writer, value) => writer.i64(BigInt(value)),
  (reader) => reader.integer(),
)

export const int: Codec<number> = scalar(
  0,
  (writer, value) => writer.int(value),
  (reader) => reader.integer(),
)

export const f64: Codec<number> = scalar(
  0,
  (writer, value) => writer.f64(value),
  (reader) => reader.float(),
)

export const bool: Codec<boolean> = scalar(
  false,
  (writer, value) => writer.bool(value),
  (reader) => reader.bool(),
)

export const str: Codec<string> = scalar(
  '',
  (writer, value) => writer.str(value),
  (reader) => reader.str(),
)

/** 32 bytes, in memory 64 hex digits. A fixed-size array in Go, so never empty. */
export const mac: Codec<string> = {
  zero: () => NO_MAC,
  isEmpty: () => false,
  write: (writer, value) => writer.bin(macFromHex(value)),
  read: (reader) => macToHex(readFixed(reader, MAC_BYTES)),
}

/** A UUID as 16 raw bytes, in memory 32 hex digits. */
export const uuid: Codec<string> = {
  zero: () => '0'.repeat(32),
  isEmpty: () => false,
  write: (writer, value) => writer.bin(Uint8Array.from(Buffer.from(value, 'hex'))),
  read: (reader) => Buffer.from(readFixed(reader, 16)).toString('hex'),
}

/** Bytes; nil in Go is null here. */
export const bin: Codec<Uint8Array | null> = {
  zero: () => null,
  isEmpty: (value) => value === null || value.length === 0,
  write: (writer, value) => (value === null ? writer.nil() : writer.bin(value)),
  read: (reader) => reader.bin(),
}

export const time: Codec<Timestamp> = {
  zero: () => EPOCH,
  isEmpty: () => false,
  write: (writer, value) => writer.time(value),
  read: (reader) => reader.time(),
}

/** A list that is written even when empty; nil reads as empty. */
export function list<T>(element: Codec<T>): Codec<T[]> {
  return {
    zero: () => [],
    isEmpty: (value) => value.length === 0,
    write: (writer, value) => writeList(writer, element, value),
    read: (reader) => readList(reader, element),
  }
}

/** A list for which nil and empty differ: nil is null here. */
export function nullableList<T>(element: Codec<T>): Codec<T[] | null> {
  return {
    zero: () => null,
    isEmpty: (value) => value === null || value.length === 0,
    write: (writer, value) => (value === null ? writer.nil() : writeList(writer, element, value)),
    read: (reader) => readList(reader, element),
  }
}

/** A Go pointer: nil is null here. */
export function nullable<T>(target: Codec<T>): Codec<T | null> {
  return {
    zero: () => null,
    isEmpty: (value) => value === null,
    write: (writer, value) => (value === null ? writer.nil() : target.write(writer, value)),
    read: (reader) => target.read(reader),
  }
}

/** A Go struct: a map of its fields. */
export function struct<T extends object>(fields: Fields<T>): Codec<T> {
  const members = Object.entries(fields) as [keyof T, Field<T[keyof T]>][]
  const byKey = new Map(members.map((member) => [member[1].key, member]))
  const omitted = (value: T, [name, { codec, omitEmpty }]: (typeof members)[number]) =>
    omitEmpty && codec.isEmpty(value[name])

  function zero(): T {
    const value: Partial<T> = {}
    for (const [name, { codec }] of members) value[name] = codec.zero()
    return value as T
  }

  return {
    zero,
    isEmpty: (value) => members.every((member) => omitted(value, member)),
    write(writer, value) {
      const written = members.filter((member) => !omitted(value, member))
      writer.mapHeader(written.length)
      for (const [name, { key, codec }] of written) {
        writer.str(key)
        codec.write(writer, value[name])
      }
    },
    read(reader) {
      const value = zero()
      for (let pairs = reader.mapHeader(); pairs > 0; pairs--) {
        const member = byKey.get(reader.str())
        if (member === undefined) reader.skip()
        else value[member[0]] = readNilable(reader, member[1].codec)
      }
      return value
    },
  }
}

/** @throws {MsgpackError} when `bytes` are not exactly one value of the schema */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new MsgpackReader(bytes)
  const value = codec.read(reader)
  reader.end()
  return value
}

export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new MsgpackWriter()
  codec.write(writer, value)
  return writer.finish()
}

function readNilable<T>(reader: MsgpackReader, codec: Codec<T>): T {
  return reader.takeNil() ? codec.zero() : codec.read(reader)
}

function readFixed(reader: MsgpackReader, length: number): Uint8Array {
  const bytes = reader.bytesInPlace()
  if (bytes.length !== length) {
    throw new MsgpackError(`expected ${length} bytes, found ${bytes.length}`)
  }
  return bytes
}

function writeList<T>(writer: MsgpackWriter, element: Codec<T>, values: readonly T[]): void {
  writer.arrayHeader(values.length)
  for (const value of values) element.write(writer, value)
}

function readList<T>(reader: MsgpackReader, element: Codec<T>): T[] {
  const values: T[] = []
  for (let count = reader.arrayHeader(); count > 0; count--) {
    values.push(readNilable(reader, element))
  }
  return values
}
