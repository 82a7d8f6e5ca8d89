/**
 * Every backend, loaded only when used. `openStore` looks at the location alone: whether there is a
 * repository shows when its CONFIG is asked for.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'
import type { Store, StoreSettings } from './store.ts'

type Opener = (path: string, settings: StoreSettings) => Promise<Store>

async function openFolder(path: string): Promise<Store> {
  const { FolderStore } = await import('./folder/folder-store.ts')
  return new FolderStore(path)
}

async function openPtar(path: string): Promise<Store> {
  const { PtarStore } = await import('./ptar/ptar-store.ts')
  return new PtarStore(path)
}

function openPath(path: string): Promise<Store> {
  return path.toLowerCase().endsWith('.ptar') ? openPtar(path) : openFolder(path)
}

const STORE_SCHEMES: Record<string, Opener> = {
  file: openPath,
  fs: openPath,
  ptar: openPtar,
}

/** One letter before a colon is a Windows drive, not a scheme. */
const LOCATION = /^([a-z][a-z0-9+.-]+):(?:\/\/(?=\/))?(.*)$/is

/**
 * A store at a path, `file:` or `fs:` path, or `.ptar` file. Nothing needs to be there yet.
 * @throws {UnknownStoreSchemeError}
 */
export async function openStore(
  location: string,
  settings: StoreSettings = { env: {} },
): Promise<Store> {
  const match = LOCATION.exec(location)
  if (match === null) return openPath(location)
  const opener = STORE_SCHEMES[match[1]!.toLowerCase()]
  if (opener === undefined) throw new UnknownStoreSchemeError(match[1]!)
  return opener(match[2]!, settings)
}

/** The location names a kind of store this program does not know. */
export class UnknownStoreSchemeError extends CodedError {
  readonly code = 'UNKNOWN_STORE_SCHEME'
  constructor(scheme: string) {
    super(`"${scheme}:" is not a kind of store this program knows`, {
      hint: 'Give the path of a folder or of a .ptar file. A path with a colon is written "./a:b".',
    })
  }
}
