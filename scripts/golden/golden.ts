/**
 * What is written beside each golden repository: what it must hold.
 * @module
 */

export interface Golden {
  madeWith: string
  /** Absent when it is not encrypted. */
  passphrase?: string
  snapshots: GoldenSnapshot[]
}

export interface GoldenSnapshot {
  /** The first digits of its id. */
  id: string
  /** The directory of the snapshot in which the entries lie. */
  below: string
  entries: GoldenEntry[]
  /** Paths in its list of errors. */
  errors: string[]
  tags: string[]
}

export interface GoldenEntry {
  /** A byte that is not UTF-8 is U+DC00 plus its value, as in the program's own JSON. */
  path: string
  type: 'directory' | 'file' | 'symlink' | 'pipe' | 'socket' | 'device'
  /** Permissions, setuid, setgid and sticky, octal. */
  mode: string
  /** Whole seconds since 1970. */
  modified: number
  bytes?: number
  sha256?: string
  target?: string
  /** By name, hexadecimal. */
  xattrs?: Record<string, string>
  /** Paths with the same number are one file. */
  hardLink?: number
}
