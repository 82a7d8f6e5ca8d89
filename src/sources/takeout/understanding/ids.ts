/**
 * Names for items and albums: 20 hex digits, the same in every run.
 * @module
 */
import { createHash } from 'node:crypto'

const ID_DIGITS = 20

/** From texts that together say which thing it is. */
export function shortId(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, ID_DIGITS)
}

/** From the SHA-256 of the item's own content. */
export function contentId(sha256: string): string {
  return sha256.slice(0, ID_DIGITS)
}
