/**
 * Tells which export each part belongs to.
 *
 * The stamp in the name says it. Parts that were renamed or extracted have none: they join the
 * only export there is, unless they hold the same paths again, as a second full export does.
 * @module
 */
import { basename, dirname } from 'node:path'
import type { FoundPart } from './discover.ts'
import { type PartName, parsePartName, withoutExtension } from './part-name.ts'

export interface UnassignedPart {
  found: FoundPart
  paths: readonly string[]
}

/** Parts of one export share next to no path, two exports of one library nearly all. */
const SAME_EXPORT_BELOW = 0.5

/** For each of `parts`, in their order, what is known of its name; the export id always. */
export function assignExports(parts: readonly UnassignedPart[]): PartName[] {
  const named = parts.map(({ found }) => nameOf(found))
  const stamped = new Set(named.flatMap((name) => name?.exportId ?? []))
  const groups = new Map<string, Set<string>>()
  parts.forEach(({ paths }, at) => {
    const id = named[at]?.exportId
    if (id !== undefined && stamped.size === 1) join(groups, id, paths)
  })
  return parts.map((part, at) => named[at] ?? { exportId: adopt(part, groups) })
}

/** An archive's own name, or that of the folder an export was extracted into. */
function nameOf({ form, path }: FoundPart): PartName | undefined {
  const own = parsePartName(basename(path))
  if (own || form !== 'folder') return own
  const outer = parsePartName(basename(dirname(path)))
  return outer && { exportId: outer.exportId }
}

/** The first group the part fits in; else it begins one of its own. */
function adopt({ found, paths }: UnassignedPart, groups: Map<string, Set<string>>): string {
  for (const [id, known] of groups) {
    const shared = paths.reduce((count, path) => count + (known.has(path) ? 1 : 0), 0)
    if (paths.length > 0 && shared >= paths.length * SAME_EXPORT_BELOW) continue
    join(groups, id, paths)
    return id
  }
  const id = found.form === 'folder' ? 'extracted' : withoutExtension(found.name)
  join(groups, id, paths)
  return id
}

function join(groups: Map<string, Set<string>>, id: string, paths: readonly string[]): void {
  const known = groups.get(id) ?? new Set()
  for (const path of paths) known.add(path)
  groups.set(id, known)
}
