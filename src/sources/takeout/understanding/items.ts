/**
 * Drafts become items: with id, files and metadata.
 * @module
 */
import type { Item, ItemFile } from '../../../photos/library.ts'
import type { Contents } from './contents.ts'
import type { Draft } from './drafts.ts'
import { contentId, shortId } from './ids.ts'
import { gatherMetadata } from './metadata.ts'
import { present } from './present.ts'
import { nfc } from './text.ts'
import { type MediaFile, pathOf } from './tree.ts'

export function itemOfDraft(draft: Draft, contents: Contents): Item {
  const main = draft.files[0]!.file
  const facts = contents.factsOf(main.entries[0]!.index)
  return {
    id: idOf(draft, main, facts?.sha256),
    files: draft.files.map(({ file, role }) => fileOf(file, role, contents)),
    albums: [],
    ...gatherMetadata(draft, facts),
    ...present({ standIn: draft.isPlaceholder || undefined }),
  }
}

/**
 * Placeholders share their content; what tells them apart is where they lie. Before it was read, a
 * content is known by place, size and checksum.
 */
function idOf({ isPlaceholder }: Draft, main: MediaFile, sha256: string | undefined): string {
  if (sha256 !== undefined && !isPlaceholder) return contentId(sha256)
  const { bytes, crc32 } = main.entries[0]!
  return shortId('item', main.folder.exportId, nfc(pathOf(main)), `${bytes} ${crc32 ?? ''}`)
}

function fileOf(file: MediaFile, role: ItemFile['role'], contents: Contents): ItemFile {
  const { bytes, index, path } = file.entries[0]!
  const { sha256, embeddedClip } = contents.factsOf(index) ?? {}
  const line: ItemFile = { role, path, bytes, mediaType: file.mediaType }
  if (sha256 !== undefined) line.sha256 = sha256
  if (embeddedClip) line.embeddedClip = true
  return line
}
