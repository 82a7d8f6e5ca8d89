/**
 * Making and opening repositories, with the real clock.
 * @module
 */
import { forgetPlace } from '../kloset/local/place.ts'
import {
  type CreateOptions,
  createRepository,
  type OpenOptions,
  openRepository,
  type Repository,
} from '../kloset/repository.ts'
import type { Store } from '../stores/store.ts'

export type { Repository }

/** Without a passphrase the repository is not encrypted. */
export async function createRepositoryIn(
  store: Store,
  { cacheDir, ...options }: Omit<CreateOptions, 'now'> & { cacheDir?: string | undefined },
): Promise<void> {
  await createRepository(store, { ...options, now: () => new Date() })
  if (cacheDir !== undefined) await forgetPlace(cacheDir, store.location)
}

export function openRepositoryIn(store: Store, options: OpenOptions): Promise<Repository> {
  return openRepository(store, options)
}
