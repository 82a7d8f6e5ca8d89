/**
 * Photos that came without sidecar in this export, and that another one has described: nothing is
 * missing then.
 * @module
 */
import { describedContents, type Library } from '../../photos/growth/library.ts'
import type { Problem } from '../../photos/library.ts'
import { contentHolder } from './arriving-items.ts'
import { isFailure, type ReadContents } from './read-contents.ts'

/** `library`: as it is now. */
export function withDescribedBefore(
  problems: readonly Problem[],
  read: ReadContents,
  library: Library,
): Problem[] {
  const isOpen = ({ code, resolved }: Problem) => code === 'ORPHAN_MEDIA' && !resolved
  const paths = new Set(problems.filter(isOpen).map(({ path }) => path))
  if (paths.size === 0) return [...problems]
  const { entries } = read.inventory
  const byIndex = new Map(entries.map((entry) => [entry.index, entry]))
  const isDescribed = describedContents(library)
  const isBare = (index: number) => {
    const facts = read.facts.get(contentHolder(index, read, byIndex))
    return !facts || isFailure(facts) || isDescribed(facts.sha256) !== true
  }
  for (const { index, path } of entries) if (paths.has(path) && isBare(index)) paths.delete(path)
  return problems.map((problem) =>
    isOpen(problem) && paths.has(problem.path) ? { ...problem, ...KNOWN } : problem,
  )
}

const KNOWN = {
  message: 'No sidecar belongs to it in this export; its metadata are known from another one.',
  resolved: true,
} as const
