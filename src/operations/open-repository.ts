/**
 * Making and opening repositories, with the real clock.
 * @module
 */
import { createRepository, openRepository, type Repository } from '../kloset/repository.ts'
import type { Store } from '../stores/store.ts'

export type { Repository }

/** Without a passphrase the repository is not encrypted. */
export function createRepositoryIn(
  store: Store,
  options: { passphrase?: string; kdfMemoryMiB?: number },
): Promise<void> {
  return createRepository(store, { ...options, now: () => new Date() })
}

export function openRepositoryIn(
  store: Store,
  options: { passphrase: () => Promise<string> },
): Promise<Repository> {
  return openRepository(store, options)
}
