/**
 * What a program made of an export, in words that fit every program.
 * @module
 */

export interface FoundFile {
  /** Name it has now, for people. */
  name: string
  /** What tells which photo or video it is: of its bytes or, where they were changed, of its picture. */
  content: string
  /** `2021-07-01T10:00:00Z` */
  instant?: string
  description?: string
  /** Of both members of a live photo, of a photo and its edit: the same. */
  item?: string
  people: string[]
  favorite: boolean
  archived: boolean
  place?: { latitude: number; longitude: number }
  /** Keys of albums below. */
  albums: string[]
}

export interface Found {
  ended: string
  files: FoundFile[]
  /** Titles by key; folder names where the program has no more. */
  albums: Map<string, string>
  /** What it has no words for: such a row says `–`. */
  silentOn: ReadonlySet<Row>
}

export const ROWS = {
  files: 'photos and videos taken',
  times: 'with their capture time',
  parts: 'edits, clips: that time',
  joined: 'edits, clips: of which photo',
  descriptions: 'descriptions',
  people: 'with their people',
  favorites: 'favourites',
  archived: 'archived',
  places: 'places of sidecars',
  albums: 'albums',
  members: 'photos in their albums',
} as const

export type Row = keyof typeof ROWS

/** How many it has right, how many it says and should not, and the names of what lacks or is wrong. */
export interface Score {
  right: number
  wrong: number
  names: string[]
}
