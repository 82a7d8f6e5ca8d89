/**
 * Modes as Go's fs.FileMode has them: permissions in the low nine bits as on Unix, everything else
 * in high bits of its own. Unix' 07000 bits have no meaning here.
 * @module
 */
export const FileMode = {
  DIRECTORY: 0x8000_0000,
  SYMLINK: 0x0800_0000,
  DEVICE: 0x0400_0000,
  NAMED_PIPE: 0x0200_0000,
  SOCKET: 0x0100_0000,
  SETUID: 0x0080_0000,
  SETGID: 0x0040_0000,
  CHARACTER_DEVICE: 0x0020_0000,
  STICKY: 0x0010_0000,
  IRREGULAR: 0x0008_0000,
  PERMISSIONS: 0o777,
} as const

/** The bits that are all clear for a regular file. */
const TYPE_MASK = 0x8f28_0000

export type EntryKind = 'file' | 'directory' | 'symlink' | 'other'

export function kindOfMode(mode: number): EntryKind {
  if ((mode & TYPE_MASK) === 0) return 'file'
  if ((mode & FileMode.DIRECTORY) !== 0) return 'directory'
  return (mode & FileMode.SYMLINK) !== 0 ? 'symlink' : 'other'
}
