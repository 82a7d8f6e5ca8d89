import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../kloset/repository.ts'
import type { KeptAlbum, KeptItem } from '../photos/growth/library.ts'
import { fromUtf8 } from '../util/bytes.ts'
import { NoCatalogueError } from './file-lines.ts'
import { readLibrary } from './import/previous-library.ts'
import { contextValue } from './list-snapshots.ts'
import { CONTEXT, IMPORTS_PATH, MAX_REPORT_BYTES, REPORT_NAME } from './snapshot-tree.ts'
import type { StoredReport } from './stored-report.ts'

export interface Catalogue {
  snapshot: string
  items: KeptItem[]
  albums: KeptAlbum[]
}

export async function readCatalogue(repository: Repository, snapshot: string): Promise<Catalogue> {
  const reader = await openSnapshot(repository, await findSnapshot(repository, snapshot))
  return { snapshot: reader.id, ...(await readLibrary(reader)) }
}

/** The report of the import that made this snapshot. */
export async function readReport(
  repository: Repository,
  snapshot: string,
): Promise<StoredReport & { snapshot: string }> {
  const reader = await openSnapshot(repository, await findSnapshot(repository, snapshot))
  const id = contextValue(reader.header, CONTEXT.import)
  if (id === undefined) throw new NoCatalogueError(IMPORTS_PATH, reader.id)
  const bytes = await reader.readFile(`${IMPORTS_PATH}/${id}/${REPORT_NAME}`, MAX_REPORT_BYTES)
  return { snapshot: reader.id, ...(JSON.parse(fromUtf8(bytes)) as StoredReport) }
}
