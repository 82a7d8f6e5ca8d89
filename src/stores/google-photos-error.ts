/**
 * Why Google Photos cannot keep a repository, said in one place for all the ways to ask for it.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export class GooglePhotosStoreError extends CodedError {
  readonly code = 'GOOGLE_PHOTOS_STORE'
  constructor(location: string) {
    super(
      `${location} is Google Photos, which cannot keep a repository: it takes nothing but photos and videos, alters them, and gives programs neither the originals nor a way to delete`,
      {
        hint: 'Keep the repository on a disk, in object storage (s3:) or on another rclone remote, e.g. Google Drive.',
      },
    )
  }
}

/** Schemes and hosts that people try. */
const SCHEMES = new Set(['gphotos', 'googlephotos', 'google-photos'])
const HOSTS =
  /^\/*([^/@]*@)?(photos\.google\.com|photos\.app\.goo\.gl|photoslibrary\.googleapis\.com|[^/]*\.photos\.google\.com)(:\d+)?(\/|$)/i

/** @throws {GooglePhotosStoreError} */
export function refuseGooglePhotos(scheme: string, rest: string): void {
  const isPhotos = SCHEMES.has(scheme) || HOSTS.test(rest)
  if (isPhotos) throw new GooglePhotosStoreError(`"${scheme}:"`)
}
