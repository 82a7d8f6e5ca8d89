/**
 * What Plakar's stores have in common, whatever they lie on:
 *
 *   CONFIG
 *   packfiles/ab/<64 hex>   states/ab/<64 hex>   locks/<64 hex>
 *   quarantine/<64 hex>     ours alone; Plakar never lists it
 *
 * @module
 */
import { extname } from 'node:path'
import type { StoredKind, StoreSettings, ThreadOpener } from './store.ts'

export const FOLDERS: Readonly<Record<StoredKind, string>> = {
  packfile: 'packfiles',
  state: 'states',
  lock: 'locks',
  quarantine: 'quarantine',
}

/** Real CONFIGs have 369 to 700 bytes; whatever is larger than this is something else. */
export const MAX_CONFIG_BYTES = 32_768

/** A temporary that nobody has written to for so long belongs to a run that died. */
export const STALE_TEMPORARY_MS = 3_600_000

/** The registry beside this file: `.ts` in the sources, `.js` when built. */
const REGISTRY = new URL(`./registry${extname(import.meta.url)}`, import.meta.url).href

/** How another thread opens the store at `location`. */
export function throughRegistry(location: string, settings: StoreSettings): ThreadOpener {
  return { module: REGISTRY, location, settings }
}
