/**
 * `*` stands for any characters, `?` for one; case and the way accents are written do not matter.
 * Never slower than the product of both lengths, whatever the pattern.
 * @module
 */

export type Pattern = readonly string[]

export function compileWildcards(pattern: string): Pattern {
  return [...folded(pattern)]
}

/** Whether the whole of `text` is like the pattern. */
export function isLike(pattern: Pattern, text: string): boolean {
  const characters = [...folded(text)]
  let at = 0
  let star = -1
  let retry = 0
  for (let here = 0; here < characters.length; ) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = at++
      retry = here
    } else if (wanted === '?' || (wanted !== undefined && wanted === characters[here])) {
      at++
      here++
    } else if (star >= 0) {
      at = star + 1
      here = ++retry
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
