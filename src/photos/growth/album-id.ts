/**
 * Names of albums: 20 hex digits that stand for nothing. Who comes second counts on.
 * @module
 */

/** `wanted`, or the next one that is not taken. */
export function freeAlbumId(wanted: string, taken: ReadonlySet<string>): string {
  let id = wanted
  while (taken.has(id)) id = nextId(id)
  return id
}

function nextId(id: string): string {
  return ((BigInt(`0x${id}`) + 1n) & ((1n << 80n) - 1n)).toString(16).padStart(20, '0')
}
