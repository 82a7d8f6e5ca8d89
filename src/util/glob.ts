/**
 * Patterns for names, as shells have them:
 *
 *   *        any characters but `/`          **      any characters, `/` too
 *   ?        one character but `/`           [a-z]   one of these; [!a-z] or [^a-z] none of them
 *   \x       x itself
 *
 * Matching is a simulation of all ways at once, so that no pattern takes long on any name: time is
 * that of pattern times name.
 * @module
 */

type Token =
  | { kind: 'many'; overSlashes: boolean }
  | { kind: 'one'; matches: (character: string) => boolean }

/** A test whether a whole text is as `pattern` says. */
export function compileGlob(
  pattern: string,
  { ignoreCase = false }: { ignoreCase?: boolean } = {},
): (text: string) => boolean {
  const fold = (text: string) => (ignoreCase ? text.normalize('NFC').toLowerCase() : text)
  const tokens = tokensOf(fold(pattern))
  return (text) => matchesAll(tokens, fold(text))
}

/** Whether `pattern` is about whole paths, not about names alone. */
export function hasSlash(pattern: string): boolean {
  return pattern.includes('/')
}

function tokensOf(pattern: string): Token[] {
  const characters = [...pattern]
  const tokens: Token[] = []
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!
    if (character === '*') {
      const overSlashes = characters[at + 1] === '*'
      if (overSlashes) at += 1
      tokens.push({ kind: 'many', overSlashes })
    } else if (character === '?') {
      tokens.push({ kind: 'one', matches: (each) => each !== '/' })
    } else if (character === '[') {
      const set = setAt(characters, at)
      tokens.push({ kind: 'one', matches: set?.matches ?? is('[') })
      at = set?.end ?? at
    } else {
      if (character === '\\' && at + 1 < characters.length) at += 1
      tokens.push({ kind: 'one', matches: is(characters[at]!) })
    }
  }
  return tokens
}

const is = (wanted: string) => (each: string) => each === wanted

/** Undefined when the bracket is never closed: then it stands for itself. */
function setAt(characters: readonly string[], open: number) {
  const negated = characters[open + 1] === '!' || characters[open + 1] === '^'
  const start = open + (negated ? 2 : 1)
  const end = characters.indexOf(']', start + 1) // a bracket that comes first is a member
  if (end < 0) return undefined
  const ranges: [string, string][] = []
  for (let at = start; at < end; at++) {
    const isRange = characters[at + 1] === '-' && at + 2 < end
    ranges.push([characters[at]!, characters[isRange ? at + 2 : at]!])
    if (isRange) at += 2
  }
  const within = (each: string) => ranges.some(([low, high]) => inRange(each, low, high))
  return { matches: (each: string) => each !== '/' && within(each) !== negated, end }
}

function inRange(each: string, low: string, high: string): boolean {
  const code = each.codePointAt(0)!
  return code >= low.codePointAt(0)! && code <= high.codePointAt(0)!
}

/** `reached[n]`: the first n tokens match what was read so far. */
function matchesAll(tokens: readonly Token[], text: string): boolean {
  let reached = withEmptyMany(tokens, [true])
  for (const character of text) {
    const next: boolean[] = []
    for (const [at, token] of tokens.entries()) {
      if (reached[at] !== true) continue
      if (token.kind === 'one') next[at + 1] ||= token.matches(character)
      else next[at] ||= token.overSlashes || character !== '/'
    }
    reached = withEmptyMany(tokens, next)
  }
  return reached[tokens.length] === true
}

/** "Many" may be none, so what follows it is reached, too. */
function withEmptyMany(tokens: readonly Token[], reached: boolean[]): boolean[] {
  for (const [at, token] of tokens.entries()) {
    if (reached[at] === true && token.kind === 'many') reached[at + 1] = true
  }
  return reached
}
