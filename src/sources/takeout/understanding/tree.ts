/**
 * The export as one tree, whatever part an entry lies in: folders, media files, sidecars. Built
 * once, then filled in by matching; nobody outside `understand` sees it.
 * @module
 */
import type { MediaFacts } from '../../../photos/media-facts.ts'
import type { SurveyedEntry } from '../surveyed.ts'
import type { AlbumFile } from './album-file.ts'
import type { SpecialKind } from './folder-names.ts'
import type { Reading } from './names.ts'
import type { Sidecar } from './sidecar-json.ts'

export type FolderKind = 'root' | 'year' | 'album' | SpecialKind

export interface Folder {
  exportId: string
  /** See SurveyedEntry; a folder holds halves only, or none. */
  half?: string
  /** Path as the first of its entries has it. */
  path: string
  /** Last segment. */
  name: string
  kind: FolderKind
  year?: number
  /** The album never got a name. */
  untitled: boolean
  media: MediaFile[]
  sidecars: SidecarFile[]
  /** Album files that could be read. */
  albumFiles: AlbumFile[]
  /** Whether there is an album file, readable or not. */
  hasAlbumFile: boolean
}

export type MediaKind = 'image' | 'video'

export interface MediaFile {
  folder: Folder
  /** Entries of this path that hold, or are taken to hold, the same bytes. */
  entries: SurveyedEntry[]
  /** Composed. */
  name: string
  readings: Reading[]
  mediaType: string
  kind: MediaKind | undefined
  isRaw: boolean
  facts: MediaFacts | undefined
  /** Its own sidecar. */
  sidecar?: SidecarFile
  /** Further sidecars that are its own, e.g. of an older name generation. */
  otherSidecars: SidecarFile[]
  /** Sidecar of an original that is not in the export. */
  inherited?: SidecarFile
  editedOf?: MediaFile
  /** It is an edited rendition, even if the original is not here. */
  isEdited?: boolean
  clipOf?: MediaFile
  rawOf?: MediaFile
  /** Another rendition of this picture, in another folder. */
  sameShotAs?: MediaFile
  /** Same bytes, which elsewhere are a rendition, clip or raw of something. */
  follows?: MediaFile
  /** Who could not be told apart, for the report. */
  ambiguous?: string
  /** The sidecar its name asks for, which is another's by the clocks in the files. */
  exchanged?: string
}

export interface SidecarFile {
  folder: Folder
  entries: SurveyedEntry[]
  /** Composed, without `.json`. */
  name: string
  /** Undefined when it cannot be read. */
  record?: Sidecar
  owner?: MediaFile
  /** A media file takes its metadata from here. */
  used: boolean
  ambiguous?: string
}

export const pathOf = ({ entries }: MediaFile | SidecarFile): string => entries[0]!.path
