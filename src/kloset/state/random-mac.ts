/**
 * Names for what has no content to be named by: states, snapshots, locks, holds.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { MAC_BYTES, macToHex } from '../mac-hex.ts'

export function randomMac(): string {
  return macToHex(randomBytes(MAC_BYTES))
}
