/**
 * Ids of items and albums: 20 hex digits. Who comes second to one counts on.
 * @module
 */

/** `wanted`, or the next one that is not taken. */
export function freeId(wanted: string, taken: { has(id: string): boolean }): string {
  let id = wanted
  while (taken.has(id)) id = nextId(id)
  return id
}

function nextId(id: string): string {
  return ((BigInt(`0x${id}`) + 1n) & ((1n << 80n) - 1n)).toString(16).padStart(20, '0')
}
