/**
 * Names for files in the snapshot: as near to what the owner called them as every file system
 * allows. The exact title stays in the catalogue.
 * @module
 */

/** Bytes a name may have on the file systems people use (ext4, APFS, NTFS count differently). */
const MAX_NAME_BYTES = 255

/** Room that numbering (` (12)`) and an XMP sidecar's `.xmp` may need on top. */
const RESERVED_BYTES = 12

/** What Windows, macOS or Linux refuse in a name; Takeout replaces the same ones by `_`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what we look for
const FORBIDDEN = /[\u0000-\u001f\u007f<>:"/\\|?*]/g
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

/** `text` as a legal, non-empty file or folder name on Linux, macOS and Windows, NFC. */
export function legalName(text: string): string {
  const replaced = text
    .normalize('NFC')
    .replace(FORBIDDEN, '_')
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(/[. ]+$/u, (end) => '_'.repeat(end.length))
    .trimStart()
  const named = replaced === '' ? '_' : replaced
  return WINDOWS_DEVICE.test(named) ? `_${named}` : named
}

/** `name` split before its last extension; a leading dot does not begin one. */
export function splitExtension(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.')
  if (dot <= 0 || name.length - dot > 12) return { stem: name, extension: '' }
  return { stem: name.slice(0, dot), extension: name.slice(dot) }
}

/** Cuts the stem, never the extension, so that the name and its numbering fit. */
export function fittingName(stem: string, extension: string): string {
  let cut = stem
  while (Buffer.byteLength(cut + extension) > MAX_NAME_BYTES - RESERVED_BYTES) {
    cut = [...cut].slice(0, -1).join('')
  }
  return `${cut.replace(/[. ]+$/u, '') || '_'}${extension}`
}

/** Two names that some file system takes for one share this key. */
export function collisionKey(path: string): string {
  return path.normalize('NFC').toLowerCase()
}
