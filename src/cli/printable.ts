/**
 * The one way by which text from outside (file names, titles, error messages) reaches a terminal.
 *
 * Shown as escapes, so that nothing moves the cursor, recolours, reorders or splits a line:
 *
 *   | characters                          | why                                            |
 *   | ----------------------------------- | ---------------------------------------------- |
 *   | U+0000–001F, U+007F–009F            | ESC and the C0 and C1 controls drive terminals |
 *   | U+2028, U+2029                      | end a line                                     |
 *   | U+061C, 200E, 200F, 202A–E, 2066–9  | reorder what is read (bidirectional marks)     |
 *   | U+200B, 2060, FEFF, FFF9–B, E0000–7F| invisible: two names may look the same         |
 *   | lone surrogates                     | not text                                       |
 *
 * U+200C and U+200D stay: scripts and family emoji need them.
 * @module
 */

const DANGEROUS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** `text` on one line, with everything a terminal would act upon made visible. */
export function printable(text: string): string {
  return text.replace(DANGEROUS, (character) => SHORT[character] ?? escapeOf(character))
}

function escapeOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0
  const hex = codePoint.toString(16)
  if (codePoint <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return codePoint <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
}
