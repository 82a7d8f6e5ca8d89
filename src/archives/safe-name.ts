/**
 * Which names from an archive can be trusted to be nothing but names.
 *
 * Tintype never extracts by name, yet a name ends up as a path in a snapshot and, at restore, on
 * a disk. What could climb out of its folder there is refused here; the rest is kept exactly.
 * @module
 */

/** Longest name taken, in UTF-8 bytes: PATH_MAX of Linux. */
const MAX_NAME_BYTES = 4096
/** Deepest name taken. Takeout itself is four deep. */
const MAX_SEGMENTS = 256

/** Why `name` is refused, as the end of the sentence "the name …"; undefined when it is safe. */
export function unsafeName(name: string): string | undefined {
  if (name === '') return 'the name is empty'
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `the name is over ${MAX_NAME_BYTES} bytes`
  if (name.includes('\0')) return 'the name holds a NUL character'
  if (/^(\\\\|\/\/)/.test(name)) return 'the name points to another computer (UNC path)'
  if (name.startsWith('/')) return 'the name is an absolute path'
  if (/^[A-Za-z]:/.test(name)) return 'the name begins with a drive letter'
  if (name.includes('\\')) return 'the name holds a backslash'
  return unsafeSegments(name.split('/'))
}

function unsafeSegments(segments: readonly string[]): string | undefined {
  if (segments.length > MAX_SEGMENTS) return `the name is over ${MAX_SEGMENTS} folders deep`
  if (segments.includes('..')) return 'the name climbs out of its folder ("..")'
  if (segments.includes('.') || segments.includes('')) return 'the name has an empty folder name'
  return undefined
}
