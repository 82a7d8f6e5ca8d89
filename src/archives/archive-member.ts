/**
 * What is to be written into an archive.
 * @module
 */
export interface ArchiveMember {
  /** Relative, clean, without a slash at the end. */
  name: string
  kind: 'file' | 'directory' | 'symlink' | 'fifo'
  /** Permissions as on Unix, setuid, setgid and sticky included: 0 to 0o7777. */
  mode: number
  /** Seconds since 1970, whole ones, and the nanoseconds after. */
  modified: { seconds: bigint; nanoseconds: number }
  owner: { uid: bigint; gid: bigint; user: string; group: string }
  /** Bytes of a file; 0 for all else. */
  size: number
  /** Of a symlink. */
  target: string
  /** Compressing it is of no use. */
  isDense: boolean
  /** Of a file: throws, at the latest after the last byte, when something is wrong with them. */
  content: () => AsyncIterable<Uint8Array>
}

/**
 * The pieces of a content, each only when the next one, or a sound end, is there: what ends badly
 * then is cut short in the archive, and cannot be taken for whole.
 */
export async function* heldBack(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined
  for await (const piece of content) {
    if (piece.length === 0) continue
    if (held !== undefined) yield held
    held = piece
  }
  if (held !== undefined) yield held
}
