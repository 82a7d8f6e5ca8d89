/**
 * Lists the files of folders, where their links lead, and reads the small descriptions among them.
 * @module
 */
import { realpath, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { type FolderFile, walkFolder } from '../../archives/folder/walk-folder.ts'
import {
  FileReadAt,
  READ_ONLY_NO_LINK,
  type ReadTally,
  readExactly,
  readUpTo,
} from '../../archives/read-at.ts'
import { mediaTypeOfName, SNIFF_BYTES, sniffMediaType } from '../../photos/embedded/media-type.ts'
import { codeOf, toError } from '../../util/coded-error.ts'
import type { SurveyOptions } from '../source.ts'
import { SourceNotFoundError } from '../source-not-found-error.ts'
import { EmptyFolderError } from './empty-folder-error.ts'
import type { KitSource } from './export-kit.ts'
import { stateOf } from './file-state.ts'
import {
  baseName,
  type FolderTree,
  type LinkTarget,
  type TreeFile,
  type TreeRoot,
} from './folder-tree.ts'
import { DATABASE_NAME } from './gphotos-sync.ts'
import { readGphotosSync } from './read-gphotos-sync.ts'
import { isShortcut, MAX_SHORTCUT_BYTES, readShortcut, targetOfShortcut } from './shell-link.ts'

/** Larger ones describe no single photo. */
const MAX_TEXT_BYTES = 2 ** 20
const DESCRIPTION = /\.(json|xmp)$/i

export interface SurveyedTree {
  tree: FolderTree
  sources: KitSource[]
}

/** `paths` are absolute, links resolved. */
export async function surveyTree(
  paths: readonly string[],
  settings: { foldersAsAlbums: boolean; nowMs: number },
  tally: ReadTally,
  options: SurveyOptions,
): Promise<SurveyedTree> {
  options.progress.stage('Reading what the folder holds')
  const found: SurveyedTree = {
    tree: { roots: rootsOf(paths), files: [], foldersAsAlbums: settings.foldersAsAlbums },
    sources: [],
  }
  for (const [root, path] of paths.entries()) {
    const before = found.tree.files.length
    await surveyRoot(path, root, settings.nowMs, found, tally, options)
    if (found.tree.files.length === before) throw new EmptyFolderError(path)
    await readDatabase(path, found.tree.roots[root]!, found.tree.files.slice(before), tally)
  }
  return found
}

/** Two folders of one name are told apart by number, in the order they were named. */
function rootsOf(paths: readonly string[]): TreeRoot[] {
  const names = paths.map((path) => basename(path) || 'folder')
  return names.map((name, at) => {
    const namesakes = names.slice(0, at).filter((other) => other === name).length
    const own = namesakes === 0 ? name : `${name} (${namesakes + 1})`
    return { name: own, exportId: `folder:${own}` }
  })
}

async function surveyRoot(
  path: string,
  root: number,
  nowMs: number,
  { tree, sources }: SurveyedTree,
  tally: ReadTally,
  { progress, signal }: SurveyOptions,
): Promise<void> {
  const links: { file: TreeFile; diskPath: Buffer }[] = []
  const files = new Map<string, number>()
  const first = tree.files.length
  try {
    for await (const listed of walkFolder(path)) {
      signal.throwIfAborted()
      const file = treeFile(listed, tree.files.length, root, stateOf(path, listed, nowMs))
      await readText(file, listed, tally)
      await sniff(file, listed, tally)
      if (listed.isLink) links.push({ file, diskPath: listed.diskPath })
      else files.set(diskKey(listed.diskPath), file.index)
      tree.files.push(file)
      sources.push(sourceOf(file, listed, path, tree.roots[root]!.name))
      progress.advance({ items: 1 })
    }
  } catch (problem) {
    // The folder itself could not be listed: what it held is not known, so nothing may be said.
    if (codeOf(problem) === 'ENOENT' || codeOf(problem) === 'ENOTDIR') {
      throw new SourceNotFoundError(path, { cause: problem })
    }
    throw problem
  }
  for (const { file, diskPath } of links) await resolveLink(file, diskPath, path, files)
  resolveShortcuts(tree.files.slice(first))
}

function treeFile(
  listed: FolderFile,
  index: number,
  root: number,
  state: string | undefined,
): TreeFile {
  const { name, size, modifiedMs, refused, isUnreadable } = listed
  const file: TreeFile = { index, path: name, root, bytes: size, modifiedMs }
  if (refused !== undefined) file.refused = refused
  if (isUnreadable) file.isUnreadable = true
  if (state !== undefined) file.state = state
  return file
}

async function readText(file: TreeFile, listed: FolderFile, tally: ReadTally): Promise<void> {
  if (file.refused !== undefined || file.bytes > MAX_TEXT_BYTES) return
  const isSmallShortcut = isShortcut(file.path) && file.bytes <= MAX_SHORTCUT_BYTES
  if (!DESCRIPTION.test(file.path) && !isSmallShortcut) return
  try {
    await using source = await FileReadAt.open(listed.diskPath, tally, READ_ONLY_NO_LINK)
    file.text = new Uint8Array(await readExactly(source, 0, file.bytes))
  } catch (problem) {
    file.refused = `it could not be read (${toError(problem).message})`
    file.isUnreadable = true
  }
}

/**
 * A folder holds anything. What has no name of a photo is looked at before it is taken for one:
 * otherwise all of it would be read, and stored in vain.
 */
async function sniff(file: TreeFile, listed: FolderFile, tally: ReadTally): Promise<void> {
  if (file.refused !== undefined || file.text || hasNameOfMedia(file.path)) return
  try {
    await using source = await FileReadAt.open(listed.diskPath, tally, READ_ONLY_NO_LINK)
    const head = await readUpTo(source, 0, SNIFF_BYTES)
    if (!isMedia(sniffMediaType(head, baseName(file.path)))) file.isNoMedia = true
  } catch (problem) {
    file.refused = `it could not be read (${toError(problem).message})`
    file.isUnreadable = true
  }
}

/** Programs and modules of other kinds share two extensions with films. */
function hasNameOfMedia(path: string): boolean {
  return isMedia(mediaTypeOfName(path)) && !/\.(ts|mod)$/i.test(path)
}

const isMedia = (type: string | undefined) => type !== undefined && /^(image|video)\//.test(type)

function sourceOf(file: TreeFile, listed: FolderFile, path: string, name: string): KitSource {
  const { diskPath, modifiedMs } = listed
  const entry: KitSource['entry'] = { path: file.path, bytes: file.bytes }
  if (file.text) entry.json = file.text
  if (file.refused === undefined) entry.access = { kind: 'file', diskPath, modifiedMs }
  return { file: { form: 'folder', path, name, sizeBytes: 0 }, entry }
}

const diskKey = (path: Buffer) => path.toString('latin1')

/**
 * Links are never followed for their content: what they lead to is read where it lies, if it lies
 * inside. A link that leads outside is named.
 */
async function resolveLink(
  file: TreeFile,
  diskPath: Buffer,
  root: string,
  files: ReadonlyMap<string, number>,
): Promise<void> {
  if (file.refused !== 'it is a symbolic link') return
  const link = await targetOf(diskPath, root, files)
  file.link = link
  if ('wrong' in link) file.refused = link.wrong
  else delete file.refused
}

/** Links of Windows are files; what they hold has done its part then. */
function resolveShortcuts(files: readonly TreeFile[]): void {
  const shortcuts = files.filter(({ path, text }) => text && isShortcut(path))
  if (shortcuts.length === 0) return
  const byPath = new Map(files.map(({ path, index }) => [path.normalize('NFC'), index]))
  for (const file of shortcuts) {
    const read = readShortcut(file.text!)
    delete file.text
    const has = (path: string) => byPath.get(path.normalize('NFC'))
    const target = read && targetOfShortcut(file.path, read, has)
    if (target === undefined) file.isNoMedia = true
    else file.link = { file: target }
  }
}

async function targetOf(
  diskPath: Buffer,
  root: string,
  files: ReadonlyMap<string, number>,
): Promise<LinkTarget> {
  let target: Buffer
  try {
    target = await realpath(diskPath, { encoding: 'buffer' })
  } catch (problem) {
    return { wrong: brokenLink(problem) }
  }
  const index = files.get(diskKey(target))
  if (index !== undefined) return { file: index }
  const inside = relative(root, target.toString())
  const isInside = inside !== '..' && !inside.startsWith(`..${sep}`)
  if (isInside && (await stat(target)).isDirectory()) return { folder: inside.split(sep).join('/') }
  return { wrong: 'it is a link to something outside of the folder, which is not followed' }
}

function brokenLink(problem: unknown): string {
  if (codeOf(problem) === 'ELOOP') return 'it is a link that leads back to itself'
  if (codeOf(problem) === 'ENOENT') return 'it is a link to something that is not there'
  return `it is a link that could not be followed (${toError(problem).message})`
}

async function readDatabase(
  path: string,
  root: TreeRoot,
  files: readonly TreeFile[],
  tally: ReadTally,
): Promise<void> {
  const database = files.find((file) => file.path === DATABASE_NAME && !file.refused)
  if (database) root.database = await readGphotosSync(join(path, DATABASE_NAME), tally)
}
