/**
 * What a remote is and can do, asked once before it is used.
 * @module
 */
import type { Rclone } from '../../external/rclone/rclone.ts'
import { CodedError } from '../../util/coded-error.ts'
import { GooglePhotosStoreError } from '../google-photos-error.ts'
import type { StoreSettings } from '../store.ts'
import type { RemoteLocation } from './remote-location.ts'
import {
  leadsToGooglePhotos,
  type RemoteSections,
  remoteNames,
  remoteType,
} from './remote-types.ts'

/** Checksums that we can compute too, those that remotes have at no cost first. */
const HASHES = ['md5', 'sha1', 'sha256'] as const

export interface RemoteAbilities {
  /** A file can get another name without being sent again. */
  renames: boolean
  /** Folders exist by themselves; in object storage they are parts of names. */
  keepsEmptyFolders: boolean
  /** A checksum that the remote keeps of its files. */
  hash: (typeof HASHES)[number] | undefined
}

/** rclone has no remote of that name. */
export class RemoteUnknownError extends CodedError {
  readonly code = 'RCLONE_REMOTE_UNKNOWN'
  constructor(name: string, known: readonly string[]) {
    const others = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
    super(`rclone has no remote "${name}": ${others}`, {
      hint: 'Make it with "rclone config", or check RCLONE_CONFIG.',
    })
  }
}

/**
 * @throws {GooglePhotosStoreError}
 * @throws {RemoteUnknownError}
 */
export async function requireRemote(
  rclone: Rclone,
  { remote, fs, text }: RemoteLocation,
  env: StoreSettings['env'],
): Promise<RemoteAbilities> {
  const sections = (await rclone.order('config/dump')) as RemoteSections
  if (leadsToGooglePhotos(remote, sections, env)) throw new GooglePhotosStoreError(text)
  if (remoteType(remote, sections, env) === undefined) {
    throw new RemoteUnknownError(remote, remoteNames(sections, env))
  }
  const description = await rclone.order('operations/fsinfo', { fs })
  // How rclone's own backend describes itself: the last resort, should a detour be unknown to us.
  if (/^google photos\b/i.test(String(description.String))) throw new GooglePhotosStoreError(text)
  return abilitiesIn(description)
}

/** Of rclone's `operations/fsinfo`: `Features`, a table of booleans, and `Hashes`, a list of names. */
function abilitiesIn({ Features, Hashes }: Record<string, unknown>): RemoteAbilities {
  const features = (Features ?? {}) as Record<string, unknown>
  const hashes = Array.isArray(Hashes) ? Hashes : []
  return {
    renames: features.Move === true && features.BucketBased !== true,
    keepsEmptyFolders: features.CanHaveEmptyDirectories === true,
    hash: HASHES.find((hash) => hashes.includes(hash)),
  }
}
