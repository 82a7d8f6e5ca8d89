/**
 * What a file that should be an archive really is, by its content: names are changed by browsers
 * and by people, and an expired link saves a web page under the name of the archive.
 * @module
 */
import { NotAnArchiveError } from './not-an-archive-error.ts'
import { type ReadAt, readUpTo } from './read-at.ts'
import { findDirectory } from './zip/end-record.ts'

export type ArchiveKind = 'zip' | 'tgz' | 'tar'

/** How a zip begins: with a member, with its end when empty, or with the mark of a split one. */
const ZIP_BEGINNINGS = ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08']

/** @throws {NotAnArchiveError} saying what it is instead */
export async function archiveKind(source: ReadAt): Promise<ArchiveKind> {
  const head = await readUpTo(source, 0, 1024)
  if (ZIP_BEGINNINGS.includes(head.toString('latin1', 0, 4))) return 'zip'
  if (head[0] === 0x1f && head[1] === 0x8b) return 'tgz'
  if (head.toString('latin1', 257, 262) === 'ustar') return 'tar'
  if (await findDirectory(source)) return 'zip'
  throw new NotAnArchiveError(whatItIs(head))
}

function whatItIs(head: Buffer): string {
  if (head.length === 0) return 'is empty'
  if (head.every((byte) => byte === 0))
    return 'begins with nothing but zeros: it was not downloaded'
  if (/^\W*<(!doctype\s+html|html|head|body|script)/i.test(head.toString('latin1'))) {
    return 'is a web page, not an archive: the download link had probably expired'
  }
  return 'is neither a zip nor a tgz archive'
}
