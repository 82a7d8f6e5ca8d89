/**
 * Which remote of the user's rclone a store is on: `rclone:REMOTE:PATH`.
 *
 * REMOTE is a name from rclone's configuration (its file, or `RCLONE_CONFIG_<NAME>_TYPE` in the
 * environment). rclone itself also knows remotes made up on the spot, `:sftp,host=…:path`, and
 * parameters behind a name, `name,opt=value:path`: they carry passwords into command lines and can
 * name programs to run, so they are refused here.
 * @module
 */
import { GooglePhotosStoreError } from '../google-photos-error.ts'
import { StoreLocationError } from '../store-location-error.ts'
import { isGooglePhotosType } from './remote-types.ts'

export interface RemoteLocation {
  remote: string
  /** What rclone calls the file system: `name:`, or `name:/` when the path is absolute. */
  fs: string
  /** Below it, without slashes at the ends; empty for the remote itself. */
  path: string
  /** As a person writes it. */
  text: string
}

const HINT = 'A store of rclone is written rclone:REMOTE:PATH, e.g. rclone:drive:photos.'

/** rclone 1.60: fs/fspath, remoteNameRe; later versions allow a few more. */
const REMOTE_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.+@ -]*$/u

/**
 * @param rest what follows `rclone:`
 * @throws {StoreLocationError}
 * @throws {GooglePhotosStoreError}
 */
export function parseRemoteLocation(rest: string): RemoteLocation {
  const text = rest.replace(/^\/\//, '')
  if (text.startsWith(':')) refuseOnTheSpot(text)
  const colon = text.indexOf(':')
  if (colon === -1) throw locationError(`"rclone:${text}" names no remote and path`)
  const remote = text.slice(0, colon)
  if (remote.includes(',')) {
    throw locationError(
      `"rclone:${remote.split(',')[0]},…" has parameters, which belong into rclone's configuration`,
    )
  }
  if (!REMOTE_NAME.test(remote)) {
    throw locationError(`"${remote}" cannot be the name of a remote of rclone`)
  }
  const given = text.slice(colon + 1)
  const path = given
    .split('/')
    .filter((part) => part !== '')
    .join('/')
  if (path.split('/').some((part) => part === '.' || part === '..')) {
    throw locationError(`"${given}" leads out of itself: write the path without . and ..`)
  }
  const fs = given.startsWith('/') ? `${remote}:/` : `${remote}:`
  return { remote, fs, path, text: `rclone:${fs}${path}` }
}

function locationError(detail: string): StoreLocationError {
  return new StoreLocationError(detail, HINT)
}

function refuseOnTheSpot(text: string): never {
  const type = /^:([^:,]*)/.exec(text)?.[1] ?? ''
  if (isGooglePhotosType(type)) throw new GooglePhotosStoreError(`rclone::${type}:`)
  throw locationError(
    `"rclone::${type}…" makes up a remote on the spot; give it a name with "rclone config" first`,
  )
}
