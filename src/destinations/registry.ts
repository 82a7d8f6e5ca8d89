import type { Destination } from './destination.ts'

/** Opens a place to restore to; so far a folder, made when it does not exist. */
export async function openDestination(location: string): Promise<Destination> {
  const { FolderDestination } = await import('./folder/folder-destination.ts')
  return new FolderDestination(location)
}
