/**
 * Headers of snapshots that nobody made, for what looks at headers only.
 * @module
 */
import { timestampFromDate } from '../../src/kloset/msgpack/timestamp.ts'
import { emptyHeader, type HeaderRecord } from '../../src/kloset/records/header.ts'

export interface HeaderSketch extends Partial<Omit<HeaderRecord, 'timestamp' | 'context'>> {
  /** Local time, `2024-05-31 18:00`. */
  at: string | Date
  type?: string
  origin?: string
  root?: string
  context?: Record<string, string>
}

/** `number` becomes its id. */
export function aHeader(number: number, sketch: HeaderSketch): HeaderRecord {
  const { at, type = 'fs', origin = 'laptop', root = '/photos', context = {}, ...fields } = sketch
  const empty = emptyHeader()
  const [source] = empty.sources
  return {
    ...empty,
    identifier: number.toString(16).padStart(64, '0'),
    timestamp: timestampFromDate(new Date(at)),
    context: Object.entries(context).map(([key, value]) => ({ key, value })),
    sources: [{ ...source!, importer: { type, origin, directory: root } }],
    ...fields,
  }
}

/** The numbers that `aHeader` was given. */
export function numbersOf(headers: readonly { identifier: string }[]): number[] {
  return headers.map(({ identifier }) => Number.parseInt(identifier, 16))
}
