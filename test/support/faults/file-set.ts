/**
 * All files of a store, to be altered one at a time and made a store again.
 * @module
 */
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts'
import type { Store, StoredKind } from '../../../src/stores/store.ts'

export interface StoredFile {
  kind: StoredKind | 'config'
  name: string
  bytes: Uint8Array
}

const KINDS: readonly StoredKind[] = ['packfile', 'state', 'lock', 'quarantine']

export async function filesOf(store: Store): Promise<StoredFile[]> {
  const files: StoredFile[] = [{ kind: 'config', name: 'CONFIG', bytes: await store.getConfig() }]
  for (const kind of KINDS) {
    const names: string[] = []
    for await (const name of store.list(kind)) names.push(name)
    for (const name of names.sort()) files.push({ kind, name, bytes: await store.get(kind, name) })
  }
  return files
}

export async function storeOf(files: readonly StoredFile[]): Promise<MemoryStore> {
  const store = new MemoryStore()
  for (const { kind, name, bytes } of files) {
    if (kind === 'config') await store.create(bytes)
    else await store.put(kind, name, [bytes])
  }
  return store
}

/** The same files, but for one. Undefined leaves it out. */
export function replaced(
  files: readonly StoredFile[],
  file: StoredFile,
  bytes: Uint8Array | undefined,
): StoredFile[] {
  return files.flatMap((each) => {
    if (each !== file) return [each]
    return bytes === undefined ? [] : [{ ...each, bytes }]
  })
}

export function bytesIn(files: readonly StoredFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0)
}
