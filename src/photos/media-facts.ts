/**
 * What a media file says about itself. Filled from its bytes; every field is what the file claims.
 * @module
 */
export interface MediaFacts {
  /** Real type by content, `image/jpeg`; undefined when the bytes are of no known kind. */
  mediaType?: string
  /** Camera wall clock, `2021-07-01T12:00:00`, as written, without zone. */
  takenLocal?: string
  /** Zone of `takenLocal`, `+02:00`. */
  takenOffset?: string
  /** Fraction of the second, digits only, e.g. `123`. */
  subSeconds?: string
  /** GPS time of the fix, an instant, UTC. */
  gpsInstant?: string
  /** QuickTime/MP4 creation time read as UTC. */
  quickTimeInstant?: string
  /** Degrees and metres. */
  latitude?: number
  longitude?: number
  altitude?: number
  /** Apple's ContentIdentifier, which joins a still and its clip. */
  contentIdentifier?: string
  /** The still holds its motion clip inside itself. */
  embeddedClip?: boolean
  /** Pixels, as stored (before rotation). */
  width?: number
  height?: number
  durationMs?: number
  cameraMake?: string
  cameraModel?: string
  imageUniqueId?: string
  /** 64 hex digits; present once all bytes were read. */
  sha256?: string
}
