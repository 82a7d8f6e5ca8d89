/**
 * Every backend, loaded only when used. `openStore` looks at the location alone: whether there is a
 * repository shows when its CONFIG is asked for.
 *
 * Stores on a network are asked again when they fail for a moment, kept within limits, and have
 * copies of small files nearby where that is wanted (wrappers/remote-store.ts). A folder that this
 * user may not write, or on media that nobody can, is opened for reading.
 * @module
 */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { CodedError, codeOf } from '../util/coded-error.ts'
import { refuseGooglePhotos } from './google-photos-error.ts'
import type { Store, StoreSettings } from './store.ts'

export interface OpenOptions {
  /** From then on a store on a network is not waited for: every call is tried once. */
  signal?: AbortSignal
  /** Told before a call to a store on a network waits to be tried again. */
  onWait?: (reason: Error, waitMs: number) => void
}

/** What the place of a store is opened with; `rest` is what follows the scheme and its colon. */
type Opener = (rest: string, settings: StoreSettings) => Promise<Store>

async function openFolder(path: string): Promise<Store> {
  const { FolderStore } = await import('./folder/folder-store.ts')
  const folder = new FolderStore(path)
  if (await mayBeWritten(folder.location)) return folder
  const { ReadOnlyStore } = await import('./wrappers/read-only-store.ts')
  return new ReadOnlyStore(folder)
}

async function openPtar(path: string): Promise<Store> {
  const { PtarStore } = await import('./ptar/ptar-store.ts')
  return new PtarStore(path)
}

function openPath(path: string): Promise<Store> {
  return path.toLowerCase().endsWith('.ptar') ? openPtar(path) : openFolder(path)
}

async function openRclone(rest: string, settings: StoreSettings): Promise<Store> {
  const { RcloneStore } = await import('./rclone/rclone-store.ts')
  return new RcloneStore(rest, settings)
}

function openHttp(scheme: 'http' | 'https'): Opener {
  return async (rest, settings) => {
    const { HttpStore } = await import('./http/http-store.ts')
    return new HttpStore(scheme, rest, settings)
  }
}

function openWebPtar(scheme: 'http' | 'https'): Opener {
  return async (rest, settings) => {
    const { parseHttpLocation } = await import('./http/http-location.ts')
    const { PtarStore } = await import('./ptar/ptar-store.ts')
    const { WebPtarFile } = await import('./ptar/web-ptar-file.ts')
    return new PtarStore(new WebPtarFile(parseHttpLocation(scheme, rest, settings.env)), settings)
  }
}

function openS3(scheme: 's3' | 's3+http'): Opener {
  return async (rest, settings) => {
    const s3 = await import('./s3/open-s3.ts')
    return s3.openS3(scheme, rest, settings)
  }
}

const LOCAL_SCHEMES: Record<string, Opener> = {
  file: openPath,
  fs: openPath,
  ptar: openPtar,
}

const REMOTE_SCHEMES: Record<string, Opener> = {
  s3: openS3('s3'),
  's3+http': openS3('s3+http'),
  rclone: openRclone,
  http: openHttp('http'),
  https: openHttp('https'),
  'ptar+http': openWebPtar('http'),
  'ptar+https': openWebPtar('https'),
}

/** One letter before a colon is a Windows drive, not a scheme. */
const LOCATION = /^([a-z][a-z0-9+.-]+):(?:\/\/(?=\/))?(.*)$/is

/**
 * A store at a path, `file:` or `fs:` path, or `.ptar` file, or on a network. Nothing needs to be
 * there yet.
 * @throws {UnknownStoreSchemeError}
 */
export async function openStore(
  location: string,
  settings: StoreSettings = { env: {} },
  options: OpenOptions = {},
): Promise<Store> {
  const match = LOCATION.exec(location)
  if (match === null) return openPath(location)
  const [scheme, rest] = [match[1]!.toLowerCase(), match[2]!]
  refuseGooglePhotos(scheme, rest)
  const openLocal = LOCAL_SCHEMES[scheme]
  if (openLocal !== undefined) return openLocal(rest, settings)
  const openRemote = REMOTE_SCHEMES[scheme]
  if (openRemote === undefined) throw new UnknownStoreSchemeError(scheme)
  const { asRemote } = await import('./wrappers/remote-store.ts')
  return asRemote(await openRemote(rest, settings), settings, options)
}

/** The location names a kind of store this program does not know. */
export class UnknownStoreSchemeError extends CodedError {
  readonly code = 'UNKNOWN_STORE_SCHEME'
  constructor(scheme: string) {
    const known = [...Object.keys(LOCAL_SCHEMES), ...Object.keys(REMOTE_SCHEMES)]
    super(`"${scheme}:" is not a kind of store this program knows`, {
      hint: `Give the path of a folder or of a .ptar file, or one of ${known.map((name) => `${name}:`).join(' ')}. A path with a colon is written "./a:b".`,
    })
  }
}

/** A folder that is not there yet may be. */
async function mayBeWritten(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK)
    return true
  } catch (error) {
    return !['EROFS', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')
  }
}
