/**
 * THE SEAM to where a library comes from.
 *
 * A source is first *surveyed*: directories and sidecars are read, media bytes are not. What the
 * survey found is *understood* as an inventory, first from names alone, later again with the facts
 * that reading the bytes brought. The same pure function serves `inspect` and `backup`.
 * Sources are only ever opened for reading.
 * @module
 */
import type { Amendable, FileRole, Item, Problem, SeenAlbum } from '../photos/library.ts'
import type { MediaFacts } from '../photos/media-facts.ts'
import type { Progress } from '../util/progress.ts'

export type EntryClass = 'media' | 'sidecar' | 'album' | 'other' | 'litter' | 'rejected'

export type Keeping = 'small' | 'content'

/** One entry of an archive or folder, and the one class it ended in. */
export interface Entry {
  /** Position in the survey; the key of everything that speaks about an entry. */
  index: number
  /** Name inside the export, `/`-separated, as the archive has it. */
  path: string
  /** File name of the archive part, or the folder's name for an extracted export. */
  part: string
  exportId: string
  bytes: number
  class: EntryClass
  /** Why it is `rejected` or `other`. */
  reason?: string
  /**
   * Class `other`: no photo, but it lies among the photos and is kept with them, byte for byte. `small`:
   * the survey has its bytes; `content`: it is read as a photo is.
   */
  kept?: Keeping
  /** Class `other`: it belongs to another product, and nothing of that is kept. */
  foreign?: true
  /** The photo it belongs to: of all media, and of what programs write beside a photo. */
  item?: string
  /** The following are for class `media` only. */
  role?: FileRole
  /** Path of the sidecar whose metadata apply. */
  sidecar?: string | null
  via?: 'own' | 'edited' | 'clip' | 'copy' | 'none'
  editedOf?: string | null
  clipOf?: string | null
  copyOf?: string | null
  mediaType?: string
  /** CRC-32 of the content, where the archive has it. */
  crc32?: number
  /**
   * Equal in a later run only while the file is the very same and untouched: its bytes are then
   * those an earlier import read. For sources without checksums.
   */
  state?: string
  /** What describes it says some things only: it fills what is unknown and replaces nothing. */
  describedInPart?: true
  /** What `sidecar` says of the item, where that may have been written since an earlier import. */
  tells?: readonly Amendable[]
  /**
   * Of a photo without sidecar, or a sidecar without photo: it lacks its other half in its own export.
   * `joined`: another export had it, or the library has it.
   */
  apart?: 'open' | 'joined'
  /** Of a sidecar that is apart: which photo it is about, `2021-07-01T10:00:00Z IMG_1.jpg`. */
  about?: string
  /** Of a photo that is apart and joined: index of the sidecar that describes it. */
  describedBy?: number
  /** Index of the entry whose bytes are the same and which is read in this one's place. */
  sameBytesAs?: number
}

export interface ExportSummary {
  id: string
  parts: string[]
  missing: string[]
}

/** Whether all of an export is here. What cannot be proven is not claimed. */
export type Completeness = 'complete' | 'incomplete' | 'cannot-tell'

export interface VerdictReason {
  /** What this alone says; `note` says nothing of completeness. */
  says: Completeness | 'note'
  /** Upper case, stable. */
  code: string
  /** Absent when it is about all exports together. */
  export?: string
  /** One sentence. */
  message: string
}

export interface Verdict {
  answer: Completeness
  /** The gravest first. Never empty. */
  reasons: VerdictReason[]
}

export interface InventorySummary {
  entries: number
  media: number
  sidecars: number
  albumFiles: number
  other: number
  litter: number
  rejected: number
  items: number
  albums: number
  copies: number
  edited: number
  clips: number
  orphanSidecars: number
  orphanMedia: number
  exports: ExportSummary[]
  /** Sum of all entries' sizes. */
  bytes: number
  /** Where the source can judge it. */
  verdict?: Verdict
}

/** What a source holds, every entry accounted for: the classes add up to `summary.entries`. */
export interface Inventory {
  entries: Entry[]
  items: Item[]
  albums: SeenAlbum[]
  problems: Problem[]
  summary: InventorySummary
  /** For each item id, the entry indexes of its files, in the order of `item.files`. */
  filesOfItem: Map<string, number[]>
}

/** What was learned by reading, by entry index. A failure makes the entry's class `rejected`. */
export type EntryFacts = ReadonlyMap<
  number,
  MediaFacts | { failure: { code: string; message: string } }
>

/** An entry that came in an earlier run and is not in this one. */
export interface EarlierEntry {
  /** Follows those of the survey. */
  index: number
  path: string
  part: string
  exportId: string
  bytes: number
  crc32?: number
  /** Bytes of a small JSON entry, or of the overview page, as they were kept. */
  json?: Uint8Array
  /** What its bytes told. */
  facts?: MediaFacts
  /**
   * It is of another export, equal for what came with one, and lacked its other half there. It is in the
   * inventory only when that half is here: proven, never by names alone.
   */
  half?: string
}

/** Where photos of the library lie, by what sidecars are `about`. */
export type KnownPhotos = ReadonlyMap<string, string>

/** Takes contents while a source is surveyed, where they can only be read as they pass. */
export interface Intake {
  /**
   * Reads `content` to its end. Returns what was stored, for the survey to keep beside the entry, or
   * why it could not be read.
   */
  take(
    content: PassingContent,
  ): Promise<{ stored: unknown } | { failure: { code: string; message: string } }>
}

/** The repository's OpenContent, restated here: sources do not know the repository. */
export interface PassingContent {
  readonly id: number
  readonly size: number
  read(into: Uint8Array): number | Promise<number>
  finish(): { contentType: string; facts: MediaFacts & { sha256: string } }
}

/** A small file of an archive, as the archive's directory lists it. */
export interface ListedFile {
  path: string
  bytes: number
  crc32: number
}

export type GiveFile<File> = (file: File, content: { bytes: Uint8Array; sha256: string }) => void

/** Small files that earlier runs brought: those need not be read from their archives again. */
export interface KnownFiles {
  /** Hands over the content of those of `files` that are known, each at once, in any order. */
  recall<File extends ListedFile>(files: Iterable<File>, give: GiveFile<File>): Promise<void>
}

export interface SurveyOptions {
  progress: Progress
  signal: AbortSignal
  /** Absent: everything is read. */
  known?: KnownFiles
  /** Absent: contents that pass are looked at, and have to be read again to be stored. */
  intake?: Intake
}

export interface Source {
  /** `takeout`, `folder` … */
  readonly kind: string
  /** URL of the content module, where surveys use an intake. */
  readonly contentModule?: string
  /** @throws {CodedError} when nothing at all can be read there */
  survey(options: SurveyOptions): Promise<Survey>
}

export interface Survey extends AsyncDisposable {
  /** Bytes read from the source so far, directories and sidecars included. */
  readonly bytesRead: number
  /** URL of the content module that opens this survey's batches. */
  readonly contentModule: string
  /** SHA-256 of the small files that were known and not read, by entry index. */
  readonly recalled?: ReadonlyMap<number, string>
  /** What the intake took, by entry index: it need not be read again. */
  readonly taken?: ReadonlyMap<number, { stored: unknown; facts: MediaFacts }>
  /** The library as far as `facts` allow to tell. Pure and repeatable. */
  understand(facts: EntryFacts): Inventory
  /**
   * The same, with what earlier runs brought of the same exports, whose entries are in the inventory
   * like all others, and with halves of other exports. Absent where a source has no exports that come
   * in parts.
   */
  understandWith?(
    facts: EntryFacts,
    earlier: readonly EarlierEntry[],
    library?: KnownPhotos,
  ): Inventory
  /** Reads what `inspect` needs to recognise media: heads and QuickTime headers only. */
  readHeads(entries: readonly number[], options: SurveyOptions): Promise<EntryFacts>
  /** Batches that read these entries whole, shared out for several workers. */
  batches(entries: readonly number[]): ContentBatchOf[]
  /** Bytes of a JSON or other small entry, exactly as in the source. */
  smallFile(entry: number): Promise<Uint8Array>
}

/** The repository's ContentBatch, restated here: sources do not know the repository. */
export interface ContentBatchOf {
  ids: readonly number[]
  bytes: number
  recipe: unknown
}
