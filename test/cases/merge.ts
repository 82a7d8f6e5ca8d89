/**
 * Several cases as one export: what belongs to one must not be taken by its neighbours. Only cases
 * that can stand side by side are merged, because names that begin alike in one folder make a new
 * case with another truth.
 * @module
 */
import { type Case, isMergeable } from './case.ts'
import { randomNumbers, shuffled } from './variations.ts'

export interface Merged {
  /** The tree of all. */
  whole: Case
  /** What is still to be expected of each, now that it is not alone. */
  members: Case[]
}

const MOST_CASES = 8

export function mergeCases(cases: readonly Case[], seed: number): Merged[] {
  const groups: Case[][] = []
  for (const each of shuffled(cases, randomNumbers(`merge ${seed}`))) {
    const fitting = groups.find(
      (group) =>
        group.length < MOST_CASES &&
        isMergeable(each) &&
        group.every((other) => canJoin(each, other)),
    )
    if (fitting) fitting.push(each)
    else groups.push([each])
  }
  return groups.map(merge)
}

function canJoin(a: Case, b: Case): boolean {
  if (!isMergeable(b)) return false
  const names = new Set(a.files.map(nameKey))
  if (b.files.some((path) => !isAlbumFile(path) && names.has(nameKey(path)))) return false
  const folders = groupNames(b)
  return a.files.every((path) => {
    const inFolder = folders.get(folderOf(path)) ?? []
    return inFolder.length === 0 || (isYearFolder(path) && !inFolder.some(beginsLike(path)))
  })
}

const plain = (path: string) => path.normalize('NFC').toLowerCase()
const folderOf = (path: string) => plain(path).split('/').slice(0, -1).join('/')
const nameOf = (path: string) => plain(path).split('/').at(-1)!
/** Up to the first sign that may begin a suffix, a counter or an extension. */
const nameKey = (path: string) => /^[^.(-]*/.exec(nameOf(path))![0]
const isYearFolder = (path: string) => /^photos from \d{4}$/.test(folderOf(path).split('/').at(-1)!)
const isAlbumFile = (path: string) => /^met[aá]da[^.]*\.json$/.test(nameOf(path))

function beginsLike(path: string): (other: string) => boolean {
  const [key, name] = [nameKey(path), nameOf(path)]
  return (other) => nameOf(other).startsWith(key) || name.startsWith(nameKey(other))
}

function groupNames({ files }: Case): Map<string, string[]> {
  const folders = new Map<string, string[]>()
  for (const path of files) {
    folders.set(folderOf(path), [...(folders.get(folderOf(path)) ?? []), path])
  }
  return folders
}

function merge(members: Case[]): Merged {
  if (members.length === 1) return { whole: members[0]!, members }
  const own = members.map(withOwnLabels)
  const whole: Case = {
    ...own[0]!,
    id: members.map(({ id }) => id).join('+'),
    files: own.flatMap(({ files }) => files),
    json: Object.assign({}, ...own.map(({ json }) => json)),
    bytes: Object.assign({}, ...own.map(({ bytes }) => bytes)),
    content: Object.assign({}, ...own.map(({ content }) => content)),
    embedded: Object.assign({}, ...own.map(({ embedded }) => embedded)),
  }
  return { whole, members: members.map(withoutCounts) }
}

/** Equal labels of two cases are not equal bytes. */
function withOwnLabels(each: Case): Case {
  const { id, content = {}, embedded = {} } = each
  const labels = Object.entries(content).map(([path, label]) => [path, `${id} ${label}`])
  const facts = Object.entries(embedded).map(([path, { contentId, ...others }]) => [
    path,
    contentId === undefined ? others : { ...others, contentId: `${id} ${contentId}` },
  ])
  return { ...each, content: Object.fromEntries(labels), embedded: Object.fromEntries(facts) }
}

function withoutCounts(each: Case): Case {
  const { assetCount: _items, distinctFiles: _files, root: _root, ...expect } = each.expect
  return { ...each, expect }
}
