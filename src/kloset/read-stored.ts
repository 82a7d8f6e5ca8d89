/**
 * Stored bytes, from wherever the store has them; or, for a reader that found them wrong, from where
 * they really lie.
 * @module
 */
import type { ByteRange, Store, StoredKind } from '../stores/store.ts'

export function readStored(
  store: Store,
  file: { kind: StoredKind; name: string; range?: ByteRange },
  { afresh }: { afresh: boolean },
): Promise<Uint8Array> {
  const { kind, name, range } = file
  return afresh && store.getAfresh !== undefined
    ? store.getAfresh(kind, name, range)
    : store.get(kind, name, range)
}
