/**
 * File names are bytes, usually but not necessarily UTF-8. In memory they are strings in which a
 * byte 0xNN that is not part of valid UTF-8 stands as the lone surrogate U+DCNN (as Python's
 * "surrogateescape" does), so every byte string survives the way there and back.
 * @module
 */
import { Buffer } from 'node:buffer'
import { strictUtf8 } from './bytes.ts'

const SURROGATE = /[\ud800-\udfff]/
const ESCAPE_BASE = 0xdc00

export function decodeName(bytes: Uint8Array): string {
  return strictUtf8(bytes) ?? decodeEscaping(bytes)
}

/** Inverse of {@link decodeName}. Other lone surrogates become their three-byte form. */
export function encodeName(name: string): Uint8Array {
  if (!SURROGATE.test(name)) return new Uint8Array(Buffer.from(name, 'utf8'))
  const bytes: number[] = []
  for (const character of name) pushCodePoint(bytes, character.codePointAt(0)!)
  return Uint8Array.from(bytes)
}

/** The order of names in every index: bytewise, a prefix before what it begins. */
export function compareNames(a: string, b: string): number {
  // UTF-16 order and byte order differ only where surrogates take part.
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : a > b ? 1 : 0
  return Buffer.compare(encodeName(a), encodeName(b))
}

function decodeEscaping(bytes: Uint8Array): string {
  let name = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at]!)
    const character = length === 0 ? undefined : strictUtf8(bytes.subarray(at, at + length))
    name += character ?? String.fromCharCode(ESCAPE_BASE | bytes[at]!)
    at += character === undefined ? 1 : length
  }
  return name
}

/** How many bytes a UTF-8 sequence starting with `lead` has; 0 when none starts so. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1
  if (lead < 0xc2) return 0
  if (lead < 0xe0) return 2
  if (lead < 0xf0) return 3
  return lead < 0xf5 ? 4 : 0
}

function pushCodePoint(bytes: number[], codePoint: number): void {
  if (codePoint >= 0xdc80 && codePoint <= 0xdcff) bytes.push(codePoint & 0xff)
  else if (codePoint >= 0xd800 && codePoint <= 0xdfff) {
    bytes.push(0xed, 0x80 | ((codePoint >> 6) & 0x3f), 0x80 | (codePoint & 0x3f))
  } else bytes.push(...Buffer.from(String.fromCodePoint(codePoint), 'utf8'))
}
