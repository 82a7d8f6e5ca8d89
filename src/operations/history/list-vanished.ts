/**
 * `vanished`: photos that Google Photos had and a full export lacked. They are kept.
 * @module
 */
import type { Repository } from '../../kloset/repository.ts'
import type { KeptItem, Vanished } from '../../photos/growth/library.ts'
import { readCatalogue } from '../read-catalogue.ts'

export type VanishedItem = KeptItem & { vanished: Vanished }

/** The latest vanished first. */
export async function listVanished(
  repository: Repository,
  snapshot: string,
): Promise<{ snapshot: string; items: VanishedItem[] }> {
  const { snapshot: id, items } = await readCatalogue(repository, snapshot)
  const gone = items.filter((item): item is VanishedItem => item.vanished !== undefined)
  const key = ({ vanished, files }: VanishedItem) => [vanished.since, files[0]!.path] as const
  const inOrder = gone.sort((a, b) => {
    const [[since, path], [otherSince, otherPath]] = [key(a), key(b)]
    if (since !== otherSince) return since > otherSince ? -1 : 1
    return path < otherPath ? -1 : 1
  })
  return { snapshot: id, items: inOrder }
}
