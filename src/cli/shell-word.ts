/**
 * Words for commands that people copy into a shell.
 * @module
 */

/** `text` as one word of a POSIX shell, quoted where that is needed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
