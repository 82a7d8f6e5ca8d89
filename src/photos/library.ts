/**
 * The words of a photo library, as every part of Tintype uses them. Plain data, no behaviour.
 *
 * An *item* is one photo or video as its owner sees it, whatever its number of files. The shapes
 * are those of the machine output and of `/metadata/library.ndjson` (docs/guide/snapshot-tree.md).
 * @module
 */

export type FileRole = 'original' | 'edited' | 'clip' | 'raw' | 'copy'

/** How precisely the time is known; a coarser one leaves the finer fields of `local` away. */
export type Precision = 'second' | 'day' | 'month' | 'year'

export type TakenSource = 'sidecar' | 'embedded' | 'name' | 'folder' | 'upload' | 'modified'

/**
 * What told the zone, best first: the place, an offset that was written down, a wall clock beside
 * an instant, the moving half of the photo; then guesses: other photos of the camera at that time,
 * and what the library's photos of that season mostly have. `unknown`: nothing did.
 */
export type ZoneEvidence =
  | 'place'
  | 'written'
  | 'clock'
  | 'clip'
  | 'neighbours'
  | 'home'
  | 'unknown'

/** How far the time is to be believed. */
export type Confidence = 'high' | 'medium' | 'low'

/** When it was taken. Absent values are unknown, never invented. */
export interface TakenAt {
  /** Instant, UTC, `2021-07-01T10:00:00Z`. */
  instant?: string
  /** Wall clock where it was taken, `2021-07-01T12:00:00`, shortened to `precision`. */
  local?: string
  /** `+02:00`. */
  offset?: string
  precision: Precision
  source: TakenSource
  /** Name in the tz database, `Europe/Berlin`, where the place told it. */
  zone?: string
  zoneFrom?: ZoneEvidence
  /** Which of the two times follows from a guessed zone. */
  guessed?: 'instant' | 'local'
  confidence?: Confidence
  /** Fraction of the second, digits only, where the file agrees with the time. */
  subSeconds?: string
  /** Wall clock of the file, as written, where it says another time: `2018-01-01T10:00:00`. */
  embedded?: string
}

export interface Place {
  /** Degrees, WGS 84. */
  latitude: number
  longitude: number
  /** Metres above sea level. */
  altitude?: number
  source: 'sidecar' | 'embedded'
}

/** What people write beside a photo long after they took it. */
export type Amendable = 'title' | 'description' | 'taken' | 'location' | 'people' | 'more'

export interface ItemFile {
  role: FileRole
  /** Where the source has it; in a snapshot's catalogue: the path in the snapshot. */
  path: string
  bytes: number
  mediaType: string
  /** 64 hex digits; absent until the bytes were read. */
  sha256?: string
  /** The still holds its moving half inside itself. */
  embeddedClip?: true
}

export interface Item {
  /** Stable once given. 20 hex digits. */
  id: string
  files: ItemFile[]
  /** Name at upload time. */
  title: string
  description?: string
  taken?: TakenAt
  location?: Place
  people: string[]
  favorite: boolean
  archived: boolean
  trashed: boolean
  locked: boolean
  partner: boolean
  /** `mobileUpload`, `webUpload`, `driveSync`, `fromPartnerSharing`, `fromSharedAlbum`, `composition` … */
  origin?: string
  /** Folder on the phone it was uploaded from, e.g. `WhatsApp Images`. */
  deviceFolder?: string
  /** Android package that made it. */
  appSource?: string
  /** What took it, `Google Pixel 4a`. */
  camera?: string
  /** The same for the pictures of one burst, or of one shot in several versions. 20 hex digits. */
  burst?: string
  /** It stands for the others of its burst. */
  burstCover?: true
  /** What was made of photos: `animation`, `collage`, `panorama`, `movie`, `effects`, `mix`, `other`. */
  creation?: string
  /** Likes and comments from shared albums. */
  remarks?: Remark[]
  /** What its sidecar says that has no field here, as it stands there. */
  more?: Record<string, unknown>
  /** Google could not process this video: it may be damaged, or the only copy. */
  unverified?: true
  /** Its bytes stand in for something Google could not export: others can have the same. */
  standIn?: true
  /** Ids of its albums, sorted. */
  albums: string[]
  /** Link into Google Photos. */
  url?: string
}

/** What somebody wrote or liked in a shared album. */
export interface Remark {
  text?: string
  liked?: true
  author?: string
  /** Instant, UTC. */
  at?: string
}

/** A place written between the photos of an album. */
export interface NamedPlace {
  name: string
  latitude?: number
  longitude?: number
}

export interface Album {
  /** 20 hex digits. */
  id: string
  title: string
  description?: string
  /** `YYYY-MM-DD`, where the album file has a date. */
  date?: string
  /** The same date to the second, UTC. */
  instant?: string
  /** What its service calls it, where that is known. */
  remoteId?: string
  /** Folders of the export it was read from, sorted. */
  folders: string[]
  /** `protected`, `shared`, `public`: who may see it. */
  access?: string
  /** Where it was, in words, and the position beside them. */
  location?: string
  position?: { latitude: number; longitude: number; altitude?: number }
  /** Texts and places between its photos, in their order. */
  texts?: string[]
  places?: NamedPlace[]
  remarks?: Remark[]
  /** Number of items it should have, when some are not here. */
  expected?: number
  /** What its file says that has no field here, as it stands there. */
  more?: Record<string, unknown>
  /** Ids of its items, sorted by capture time, then id. */
  items: string[]
}

/** An album as a source tells of it. */
export interface SeenAlbum extends Album {
  /** Where it was seen: the folder names one album within one export, and only there. */
  seenIn?: AlbumPlace[]
  /** Members whose photos are not in this source. */
  waiting?: WaitingMember[]
  /** Which of the other exports' albums of its title it is could not be told. */
  ambiguous?: true
}

export interface AlbumPlace {
  /** Id of an export; only of one that no other export shares. */
  export: string
  folder: string
}

/** What a sidecar without its photo says of a member. */
export interface WaitingMember {
  title: string
  /** Instant, UTC. */
  taken: string
}

export type ProblemCode =
  | 'ORPHAN_SIDECAR'
  | 'ORPHAN_MEDIA'
  | 'AMBIGUOUS'
  | 'BROKEN_SIDECAR'
  | 'MISSING_PART'
  | 'MISSING_FILES'
  | 'DAMAGED_PART'
  | 'DAMAGED_ENTRY'
  | 'DAMAGED_LEDGER'
  | 'LOST_CONTENT'
  | 'ARCHIVE_NOT_READ'
  | 'REJECTED'
  | 'NOT_AN_ARCHIVE'
  | 'CONFLICT'
  | 'EXCHANGED'
  | 'INCOMPLETE_ALBUM'
  | 'PLACEHOLDER'
  | 'EMPTY_FILE'
  | 'MANY_VANISHED'
  | 'SAME_SHOT'

/** Something the person should know; never a reason to stop. */
export interface Problem {
  code: ProblemCode
  /** The entry, part or folder it is about. */
  path: string
  /** One sentence: what, and what to do. */
  message: string
  /** Nothing is lost by it: what was missing here was found elsewhere. */
  resolved?: true
}
