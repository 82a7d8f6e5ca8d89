/**
 * How the writer gets at the bytes it stores, without knowing what a source is.
 *
 * A source describes contents as *batches*: plain values that can be sent to another thread. A
 * *content module*, named by its URL, turns a batch back into readable contents on whichever
 * thread does the work.
 * @module
 */

/** Some contents to be read one after the other, by one worker: one archive, or a slice of one. */
export interface ContentBatch {
  /** The contents in the order they will be yielded; ids are the caller's. */
  ids: readonly number[]
  /** Sum of their sizes, for sharing the work out. An estimate is fine. */
  bytes: number
  /** What the content module needs; structured-cloneable, opaque to the repository. */
  recipe: unknown
}

export interface ContentModule {
  /**
   * Opens the contents of a recipe in order. Each must be read to its end, or given up, before
   * the next is asked for. A content that cannot be opened is yielded all the same and throws
   * from `read`, so that one damaged file does not end the batch.
   */
  openContents(recipe: unknown): AsyncIterable<OpenContent>
}

export interface OpenContent {
  readonly id: number
  /** Size in bytes, where the source knows it beforehand. */
  readonly size: number | undefined
  /** Fills `into` from the current position and returns how many bytes it wrote; 0 at the end. */
  read(into: Uint8Array): number | Promise<number>
  /** Called once, after the end. @throws when the bytes are not what the source promised (CRC) */
  finish(): FinishedContent
  /** Bits per byte of a piece, where the source knows them; otherwise they are estimated. */
  entropyOf?(offset: number, length: number): number | undefined
}

export interface FinishedContent {
  /** MIME type for the file's object and entry, e.g. `image/jpeg`. Never empty. */
  contentType: string
  /** Anything the source learned while reading; structured-cloneable; handed back as it is. */
  facts: unknown
}

/** A content as it lies in the repository. */
export interface StoredContent {
  /** MAC of the OBJECT blob, 64 hex digits. */
  objectMac: string
  /** Content length in bytes. */
  size: number
  chunks: number
  /** Shannon entropy in bits per byte (estimated from a sample, see chunking/entropy.ts). */
  entropy: number
  contentType: string
  facts: unknown
}

export type ContentResult =
  | { id: number; stored: StoredContent }
  | { id: number; failure: { code: string; message: string } }
