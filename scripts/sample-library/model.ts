/**
 * The library that the sample exports show: what its owner has, before Takeout gets hold of it.
 * The ground truth is written from here, never from what an importer finds.
 * @module
 */
export type FileRole = 'original' | 'edited' | 'clip'

export interface ShotFile {
  role: FileRole
  bytes: Uint8Array
  /** What the bytes are, whatever the name says; left out for files of unknown origin. */
  mediaType?: string
  /** A clip's own name before export; the others are named after the shot. */
  title?: string
  /** What an edited rendition adds to the stem, in the language of the account: `-edited`. */
  suffix?: string
  /** Extension of an edited rendition, dot included. */
  extension?: string
}

export interface Moment {
  /** Seconds since 1970, UTC. */
  epoch: number
  /** Minutes by which the wall clock was ahead of UTC. */
  offsetMinutes: number
}

export interface Position {
  latitude: number
  longitude: number
  altitude: number
}

export interface Shot {
  /** Stays the same over all exports; known to the generator only. */
  key: string
  /** Name at upload time. */
  title: string
  /** The original first; none at all when the export has lost it. */
  files: ShotFile[]
  taken: Moment
  /** No file tells the wall clock: none has Exif, or it is an MP4 with a name in UTC. */
  offsetIsUnknown?: boolean
  description?: string
  position?: Position
  /** Only the file knows the position; the sidecar says 0/0. */
  positionInFileOnly?: boolean
  people: string[]
  favorite: boolean
  archived: boolean
  trashed: boolean
  /** The key of `googlePhotosOrigin`. */
  origin?: string
  deviceFolder?: string
  /** Keys of albums. */
  albums: string[]
  /** Saved from others: it is in its albums, but in no year folder. */
  onlyInAlbums: boolean
  sidecar: 'proper' | 'broken' | 'missing'
  /** The media entry's name is decomposed (NFD), as after a trip through an old Mac. */
  decomposedName: boolean
}

export interface SampleAlbum {
  key: string
  title: string
  description?: string
  /** Seconds since 1970. */
  date: number
}

export interface Library {
  shots: Shot[]
  albums: SampleAlbum[]
}

/** How one export of a library is delivered. */
export interface ExportPlan {
  /** `20240115T101500Z`, the time stamp in the part names. */
  stamp: string
  /** M of the newer part names `takeout-…-M-NNN`. */
  group?: number
  sidecarForm: 'old' | 'new'
  /** Seed of everything that Google decides, such as which entry lies in which part. */
  seed: number
}

/** `2021-07-01T10:00:00Z` */
export function instantOf({ epoch }: Moment): string {
  return `${new Date(epoch * 1000).toISOString().slice(0, 19)}Z`
}

/** `2021-07-01T12:00:00` */
export function localOf({ epoch, offsetMinutes }: Moment): string {
  return new Date((epoch + offsetMinutes * 60) * 1000).toISOString().slice(0, 19)
}

/** `+02:00` */
export function offsetOf({ offsetMinutes }: Moment): string {
  const minutes = Math.abs(offsetMinutes)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The moment that a wall clock showed, `2021-07-01T12:00:00+02:00`. */
export function momentAt(text: string): Moment {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? []
  const offsetMinutes = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes))
  return { epoch: Date.parse(text) / 1000, offsetMinutes }
}
