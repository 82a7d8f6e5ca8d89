/**
 * What a survey of Takeout parts yields before anything is understood: names, sizes, small JSON.
 * Archive readers fill it; `understand` reads it. Plain data, so that tests can write it down.
 * @module
 */
export interface SurveyedEntry {
  /** Position in the survey; entries with equal paths in several parts have several indexes. */
  index: number
  /** Name as the archive has it, decoded, `/`-separated, not normalized. */
  path: string
  /** Name of the part it lies in. */
  part: string
  exportId: string
  /** Uncompressed size. */
  bytes: number
  /** CRC-32 of the content, where the archive states it (zip) or reading gave it (tgz). */
  crc32?: number
  /** The archive level refuses it (unsafe name, link, bomb …): class `rejected`, this reason. */
  refused?: string
  /** It is refused because it is damaged or cannot be read, not because it is unsafe. */
  isUnreadable?: boolean
  /** Content of a `.json` entry of up to 1 MiB. Larger ones have none and are kept uninterpreted. */
  json?: Uint8Array
  /**
   * It came with an earlier export, of which the rest is not shown, and lacked its other half there: a
   * photo without sidecar, or a sidecar without photo. Equal for what came together.
   */
  half?: string
  /** Content of the export's overview page. */
  overview?: Uint8Array
}

export interface SurveyedPart {
  /** File name of the archive, or of the folder of an extracted export. */
  name: string
  exportId: string
  /** NNN of `takeout-…-NNN.zip`, and M of `takeout-…-M-NNN.zip`. */
  number?: number
  group?: number
  /** Size of the archive; absent for a folder. */
  bytes?: number
  /** Why it could not be read, wholly or in part; entries read all the same are in the survey. */
  damage?: { code: 'DAMAGED_PART' | 'NOT_AN_ARCHIVE'; message: string }
}

export interface Surveyed {
  parts: SurveyedPart[]
  entries: SurveyedEntry[]
  /** Photos of the library that may be missing here: where they lie, by what sidecars are `about`. */
  library?: ReadonlyMap<string, string>
}
