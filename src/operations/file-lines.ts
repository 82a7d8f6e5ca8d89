import type { SnapshotReader } from '../kloset/reading/snapshot-reader.ts'
import { CodedError } from '../util/coded-error.ts'

/** Lines of a text file in a snapshot, without their ends, verified as they are read. */
export async function* fileLines(reader: SnapshotReader, path: string): AsyncGenerator<string> {
  const entry = await reader.entry(path)
  if (!entry) throw new NoCatalogueError(path, reader.id)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of reader.content(entry)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

/** The snapshot was not made by Tintype, so it has no catalogue of items. */
export class NoCatalogueError extends CodedError {
  readonly code = 'NO_CATALOGUE'
  constructor(path: string, snapshot: string) {
    super(`snapshot ${snapshot.slice(0, 8)} has no ${path}: Tintype did not make it`, {
      hint: 'Its files can be listed with "ls" and restored with --layout as-stored.',
    })
  }
}
