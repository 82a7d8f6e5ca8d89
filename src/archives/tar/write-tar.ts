/**
 * Writes a tar archive as a stream of bytes: ustar, with pax records for what ustar cannot hold. A
 * name that is not UTF-8 is written as the bytes it is, and says so (`hdrcharset=BINARY`).
 *
 * | offset | size | field |
 * | ---: | ---: | --- |
 * | 0 | 100 | name |
 * | 100 | 8 + 8 + 8 | mode, uid, gid: octal digits |
 * | 124 | 12 | size |
 * | 136 | 12 | time in seconds |
 * | 148 | 8 | checksum: sum of all bytes, these taken as spaces |
 * | 156 | 1 | type: 0 file, 2 symbolic link, 5 folder, 6 named pipe, x pax records of the next |
 * | 157 | 100 | target of a link |
 * | 257 | 8 | `ustar`, NUL, `00` |
 * | 265 | 32 + 32 | names of owner and group |
 *
 * An archive that could not be finished ends inside a member, so that every reader notices.
 *
 * Source: POSIX.1-2017 pax.
 * @module
 */

import { encodeName } from '../../util/byte-names.ts'
import { strictUtf8, utf8 } from '../../util/bytes.ts'
import { type ArchiveMember, heldBack } from '../archive-member.ts'

const BLOCK_BYTES = 512
/** What tars are padded to: 20 blocks. */
const RECORD_BYTES = 10_240
const NAME_BYTES = 100
const OWNER_BYTES = 32
const MAX_OCTAL_7 = 0o7777777n
const MAX_OCTAL_11 = 0o77777777777n

const TYPES = { file: '0', symlink: '2', directory: '5', fifo: '6' } as const

/** Larger than any block, so that what announces it and stops is cut short in everybody's eyes. */
const UNFINISHED = 'this-archive-is-incomplete'

interface Fields {
  name: Uint8Array
  mode: number
  uid: bigint
  gid: bigint
  size: bigint
  seconds: bigint
  type: string
  target: Uint8Array
  user: Uint8Array
  group: Uint8Array
}

/** @throws whatever a member's content throws; what came until then is no complete archive */
export async function* writeTar(members: AsyncIterable<ArchiveMember>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const member of members) {
      const header = headerOf(member)
      bytes += header.length
      yield header
      if (member.kind !== 'file') continue
      for await (const piece of heldBack(member.content())) {
        bytes += piece.length
        yield piece
      }
      const padding = -member.size & (BLOCK_BYTES - 1)
      bytes += padding
      yield new Uint8Array(padding)
    }
  } catch (thrown) {
    // Between two members nothing but this would tell that there should be more.
    yield block({ ...plainFields(utf8(UNFINISHED), '0'), size: BigInt(RECORD_BYTES) })
    throw thrown
  }
  const end = 2 * BLOCK_BYTES
  yield new Uint8Array(end + ((RECORD_BYTES - ((bytes + end) % RECORD_BYTES)) % RECORD_BYTES))
}

/** With the pax records before it, where some are needed. */
function headerOf(member: ArchiveMember): Uint8Array {
  const { kind, mode, owner, modified } = member
  const fields: Fields = {
    name: encodeName(kind === 'directory' ? `${member.name}/` : member.name),
    mode,
    uid: owner.uid,
    gid: owner.gid,
    size: BigInt(kind === 'file' ? member.size : 0),
    seconds: modified.seconds,
    type: TYPES[kind],
    target: encodeName(kind === 'symlink' ? member.target : ''),
    user: encodeName(owner.user),
    group: encodeName(owner.group),
  }
  const records = paxRecords(fields, modified)
  if (records.length === 0) return block(fields)
  const padded = new Uint8Array(records.length + (-records.length & (BLOCK_BYTES - 1)))
  padded.set(records)
  const announced = { ...plainFields(utf8('PaxHeaders/next'), 'x'), size: BigInt(records.length) }
  return Buffer.concat([block(announced), padded, block(withinUstar(fields))])
}

function paxRecords(fields: Fields, { seconds, nanoseconds }: ArchiveMember['modified']): Buffer {
  const records: [key: string, value: Uint8Array][] = []
  const add = (key: string, value: Uint8Array | string) =>
    records.push([key, typeof value === 'string' ? utf8(value) : value])
  const { name, target, user, group, uid, gid, size } = fields
  if (name.length > NAME_BYTES) add('path', name)
  if (target.length > NAME_BYTES) add('linkpath', target)
  if (user.length >= OWNER_BYTES) add('uname', user)
  if (group.length >= OWNER_BYTES) add('gname', group)
  const isBinary = records.some(([, value]) => strictUtf8(value) === undefined)
  if (isBinary) records.unshift(['hdrcharset', utf8('BINARY')])
  if (size > MAX_OCTAL_11) add('size', String(size))
  if (uid > MAX_OCTAL_7) add('uid', String(uid))
  if (gid > MAX_OCTAL_7) add('gid', String(gid))
  if (nanoseconds > 0 || seconds < 0n || seconds > MAX_OCTAL_11) {
    add('mtime', decimalTime(seconds, nanoseconds))
  }
  return Buffer.concat(records.map(([key, value]) => paxRecord(key, value)))
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: string, value: Uint8Array): Buffer {
  const rest = Buffer.concat([utf8(` ${key}=`), value, utf8('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) {
    length = String(length).length + rest.length
  }
  return Buffer.concat([utf8(String(length)), rest])
}

/** −1 second and 250 million nanoseconds are −0.75. */
function decimalTime(seconds: bigint, nanoseconds: number): string {
  const total = seconds * 1_000_000_000n + BigInt(nanoseconds)
  const digits = String(total < 0n ? -total : total).padStart(10, '0')
  const fraction = digits.slice(-9).replace(/0+$/, '')
  const whole = `${total < 0n ? '-' : ''}${digits.slice(0, -9)}`
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/** What stands in the header itself when pax records say it better. */
function withinUstar(fields: Fields): Fields {
  const { seconds, size, uid, gid } = fields
  const atMost = (value: bigint, most: bigint) => (value > most ? 0n : value)
  return {
    ...fields,
    size: atMost(size, MAX_OCTAL_11),
    uid: atMost(uid, MAX_OCTAL_7),
    gid: atMost(gid, MAX_OCTAL_7),
    seconds: seconds < 0n ? 0n : atMost(seconds, MAX_OCTAL_11),
  }
}

function plainFields(name: Uint8Array, type: string): Fields {
  const none = new Uint8Array()
  const numbers = { mode: 0o644, uid: 0n, gid: 0n, size: 0n, seconds: 0n }
  return { name, type, ...numbers, target: none, user: none, group: none }
}

function block(fields: Fields): Uint8Array {
  const { name, mode, uid, gid, size, seconds, type, target, user, group } = fields
  const bytes = Buffer.alloc(BLOCK_BYTES)
  bytes.set(name.subarray(0, NAME_BYTES), 0)
  bytes.write(octal(BigInt(mode), 7), 100, 'latin1')
  bytes.write(octal(uid, 7), 108, 'latin1')
  bytes.write(octal(gid, 7), 116, 'latin1')
  bytes.write(octal(size, 11), 124, 'latin1')
  bytes.write(octal(seconds, 11), 136, 'latin1')
  bytes.fill(' ', 148, 156)
  bytes.write(type, 156, 'latin1')
  bytes.set(target.subarray(0, NAME_BYTES), 157)
  bytes.write('ustar\x0000', 257, 'latin1')
  bytes.set(user.subarray(0, OWNER_BYTES - 1), 265)
  bytes.set(group.subarray(0, OWNER_BYTES - 1), 297)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${octal(BigInt(sum), 6)}\0 `, 148, 'latin1')
  return bytes
}

function octal(value: bigint, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
