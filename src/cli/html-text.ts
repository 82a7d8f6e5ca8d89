/**
 * The one way by which text from outside reaches a page: shown as it is, whatever it contains.
 * @module
 */
import { printable } from './printable.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
}

/** For element content and quoted attribute values. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
