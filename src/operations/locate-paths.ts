/**
 * `locate`: where files of a name stand, in which snapshots. Reads the keys of the trees only, so
 * it is quick also where the entries themselves are far away.
 * @module
 */
import { listSnapshots } from '../kloset/reading/snapshot-list.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import { baseName } from '../kloset/records/path-order.ts'
import type { Repository } from '../kloset/repository.ts'
import { codeOf, toError } from '../util/coded-error.ts'
import { compileGlob, hasSlash } from '../util/glob.ts'
import { type Soundness, soundnessOf } from './outcome.ts'
import { type SnapshotQuery, selectSnapshots } from './query/snapshot-query.ts'
import type { WorkOptions } from './work-options.ts'

export interface Located {
  snapshot: string
  path: string
}

export interface LocateReport {
  status: Soundness
  found: number
  snapshots: number
  /** Trees that could not be read to their end. */
  problems: { snapshot: string; code: string; message: string }[]
}

export interface LocateOptions extends WorkOptions {
  /** A pattern with a slash is about the whole path, one without about the name. */
  patterns: readonly string[]
  ignoreCase: boolean
  query: SnapshotQuery
  now: Date
  tell: (located: Located) => Promise<void>
}

export async function locatePaths(
  repository: Repository,
  options: LocateOptions,
): Promise<LocateReport> {
  const { query, now, signal, progress, tell } = options
  const headers = selectSnapshots(await listSnapshots(repository), query, now)
  const isWanted = anyOf(options)
  const report: LocateReport = {
    status: 'sound',
    found: 0,
    snapshots: headers.length,
    problems: [],
  }
  const errors: unknown[] = []
  progress.stage('Looking')
  for (const { identifier: snapshot } of headers) {
    try {
      const reader = await openSnapshot(repository, snapshot)
      for await (const path of reader.paths()) {
        signal.throwIfAborted()
        progress.advance({ items: 1 })
        if (!isWanted(path)) continue
        report.found += 1
        await tell({ snapshot, path })
      }
    } catch (thrown) {
      signal.throwIfAborted() // a stopped run is not a bad snapshot
      errors.push(thrown)
      const message = toError(thrown).message
      report.problems.push({ snapshot, code: codeOf(thrown) ?? 'UNEXPECTED', message })
    }
  }
  report.status = soundnessOf(errors)
  return report
}

function anyOf({ patterns, ignoreCase }: LocateOptions): (path: string) => boolean {
  const tests = patterns.map((pattern) => {
    const isLike = compileGlob(pattern, { ignoreCase })
    return hasSlash(pattern) ? isLike : (path: string) => isLike(baseName(path))
  })
  return (path) => tests.some((test) => test(path))
}
