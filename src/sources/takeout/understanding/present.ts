/**
 * Records of which parts may be unknown: absent values are left out, never written as undefined.
 * @module
 */

/** Without the fields that are undefined. */
export function present<T extends object>(record: T): Present<T> {
  const known: Partial<T> = {}
  for (const key in record) if (record[key] !== undefined) known[key] = record[key]
  return known as unknown as Present<T>
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
