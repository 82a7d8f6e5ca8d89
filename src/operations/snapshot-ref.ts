/**
 * How a person names something in a repository: `SNAPSHOT`, `SNAPSHOT:PATH`, or `/PATH` in the
 * latest snapshot. The snapshot is a prefix of its id, or `latest`.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export interface SnapshotRef {
  /** Prefix of an id, or `latest`. */
  snapshot: string
  /** Absolute, cleaned; `/` when the whole snapshot is meant. */
  path: string
}

/** @throws {BadReferenceError} when it is neither */
export function parseSnapshotRef(text: string | undefined): SnapshotRef {
  if (text === undefined || text === '') return { snapshot: 'latest', path: '/' }
  if (text.startsWith('/')) return { snapshot: 'latest', path: cleanPath(text) }
  const colon = text.indexOf(':')
  const snapshot = colon < 0 ? text : text.slice(0, colon)
  if (!/^(latest|[0-9a-f]{1,64})$/i.test(snapshot)) throw new BadReferenceError(text)
  return {
    snapshot: snapshot.toLowerCase(),
    path: cleanPath(colon < 0 ? '/' : text.slice(colon + 1)),
  }
}

function cleanPath(path: string): string {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return `/${names.join('/')}`
}

export class BadReferenceError extends CodedError {
  readonly code = 'USAGE'
  constructor(text: string) {
    super(`"${text}" names no snapshot`, {
      hint: 'Give the beginning of a snapshot id, "latest", or SNAPSHOT:PATH. "ls" lists them.',
    })
  }
}
