/**
 * Stored bytes, from wherever the store has them; or, for a reader that found them wrong, from where
 * they really lie.
 * @module
 */
import { type ByteRange, NotInStoreError, type Store, type StoredKind } from '../stores/store.ts'

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

/** Whether the store itself says so: a listing is never proof that something is absent. */
export async function isThere(store: Store, kind: StoredKind, name: string): Promise<boolean> {
  try {
    await store.size(kind, name)
    return true
  } catch (error) {
    if (error instanceof NotInStoreError) return false
    throw error
  }
}
