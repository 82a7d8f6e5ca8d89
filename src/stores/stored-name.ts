/**
 * Names of stored files: 64 lower-case hex digits, nothing else. Checked before a name becomes
 * part of a path.
 * @module
 */
export function isStoredName(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}

/** @throws {RangeError} */
export function requireStoredName(name: string): void {
  if (!isStoredName(name)) throw new RangeError(`not the name of a stored file: ${name}`)
}
