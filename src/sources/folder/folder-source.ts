/**
 * A folder of photos as a source: a phone's sync, an old backup, what gphotos-sync or
 * GooglePhotosTakeoutHelper left.
 * @module
 */
import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ReadTally } from '../../archives/read-at.ts'
import { codeOf } from '../../util/coded-error.ts'
import type { Source, Survey, SurveyOptions } from '../source.ts'
import { SourceNotFoundError } from '../source-not-found-error.ts'
import type { ExportKit } from './export-kit.ts'
import { FolderSurvey } from './folder-survey.ts'
import { NotAFolderError } from './not-a-folder-error.ts'
import { surveyTree } from './survey-tree.ts'

export interface FolderSettings {
  /** Every folder with photos becomes an album. */
  foldersAsAlbums?: boolean
  /** Milliseconds since 1970. */
  now?: () => number
}

/**
 * `paths` are folders; one inside another is read once. Looks for them at once, so that a wrong
 * path is told before anything is asked or made.
 * @throws {SourceNotFoundError} @throws {NotAFolderError}
 */
export async function openFolder(
  paths: readonly string[],
  kit: ExportKit,
  { foldersAsAlbums = false, now = Date.now }: FolderSettings = {},
): Promise<Source> {
  const roots = outermost(await Promise.all(paths.map((path) => folderAt(resolve(path)))))
  return {
    kind: 'folder',
    async survey(options: SurveyOptions): Promise<Survey> {
      const tally: ReadTally = { bytes: 0 }
      const settings = { foldersAsAlbums, nowMs: now() }
      return new FolderSurvey(await surveyTree(roots, settings, tally, options), tally, kit)
    },
  }
}

async function folderAt(path: string): Promise<string> {
  try {
    const real = await realpath(path)
    if ((await stat(real)).isDirectory()) return real
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT' && codeOf(cause) !== 'ENOTDIR') throw cause
    throw new SourceNotFoundError(path, { cause })
  }
  throw new NotAFolderError(path)
}

/** Sorted, each once, without those that lie in another one. */
function outermost(paths: readonly string[]): string[] {
  const sorted = [...new Set(paths)].sort()
  const isInside = (path: string, other: string) =>
    path !== other && path.startsWith(other.endsWith('/') ? other : `${other}/`)
  return sorted.filter((path) => !sorted.some((other) => isInside(path, other)))
}
