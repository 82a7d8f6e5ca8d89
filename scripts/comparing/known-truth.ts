/**
 * The truth of an export as distinct contents: a copy in an album is not found twice.
 * @module
 */
import type { SampleExport } from '../sample-library/generate.ts'
import type { EntryTruth, ExportTruth, ItemTruth } from '../sample-library/truth.ts'

export interface KnownFile {
  path: string
  content: string
  role: 'original' | 'edited' | 'clip'
  item: ItemTruth
}

export interface KnownTruth {
  truth: ExportTruth
  files: KnownFile[]
  /** The same picture can stand in several files whose bytes differ. */
  byContent: Map<string, KnownFile[]>
}

/** `contentOf` gives what tells a file's content, where that is not the checksum of its bytes. */
export function knownTruth(
  { truth }: SampleExport,
  contentOf: (entry: EntryTruth) => string = ({ sha256 }) => sha256,
): KnownTruth {
  const items = new Map(truth.items.map((item) => [item.key, item]))
  const files: KnownFile[] = []
  const seen = new Set<string>()
  for (const entry of truth.entries) {
    const item = items.get(entry.item ?? '')
    if (!item || entry.role === undefined || entry.role === 'copy' || seen.has(entry.sha256))
      continue
    seen.add(entry.sha256)
    files.push({ path: entry.path, content: contentOf(entry), role: entry.role, item })
  }
  const byContent = new Map<string, KnownFile[]>()
  for (const file of files) {
    byContent.set(file.content, [...(byContent.get(file.content) ?? []), file])
  }
  return { truth, files, byContent }
}
