/**
 * What a resource or blob is. The codes are part of the format: they stand in wrappers, packfile
 * indexes and states, where a type takes one byte. Code 8 is reserved and never used.
 *
 * Source: kloset resources.go, format 1.0.0.
 * @module
 */
export const ResourceType = {
  CONFIG: 1,
  LOCK: 2,
  STATE: 3,
  PACKFILE: 4,
  SNAPSHOT: 5,
  SIGNATURE: 6,
  OBJECT: 7,
  CHUNK: 9,
  VFS_BTREE: 10,
  VFS_NODE: 11,
  VFS_ENTRY: 12,
  ERROR_BTREE: 13,
  ERROR_NODE: 14,
  ERROR_ENTRY: 15,
  XATTR_BTREE: 16,
  XATTR_NODE: 17,
  XATTR_ENTRY: 18,
  BTREE_ROOT: 19,
  BTREE_NODE: 20,
  VFS_SUMMARY: 21,
  RANDOM: 255,
} as const

export type ResourceType = (typeof ResourceType)[keyof typeof ResourceType]

const NAMES = new Map<number, string>(
  Object.entries(ResourceType).map(([name, code]) => [code, name.toLowerCase().replace('_', ' ')]),
)

/** For messages: `vfs entry`, or `type 77`. */
export function resourceTypeName(type: number): string {
  return NAMES.get(type) ?? `type ${type}`
}

/** Blobs of these types are named at random, so their name says nothing about their bytes. */
export function isNamedByContent(type: number): boolean {
  return (
    type !== ResourceType.SNAPSHOT &&
    type !== ResourceType.SIGNATURE &&
    type !== ResourceType.RANDOM
  )
}
