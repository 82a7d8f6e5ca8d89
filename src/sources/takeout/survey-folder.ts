/**
 * Surveys an extracted export: a listing, and the sidecars.
 * @module
 */
import { walkFolder } from '../../archives/folder/walk-folder.ts'
import {
  FileReadAt,
  READ_ONLY_NO_LINK,
  type ReadTally,
  readExactly,
} from '../../archives/read-at.ts'
import { toError } from '../../util/coded-error.ts'
import { isReadAtOnce, type PartEntry, type PartSurvey } from './part-survey.ts'

export async function surveyFolder(
  root: string,
  prefix: string,
  tally: ReadTally,
  signal: AbortSignal,
): Promise<PartSurvey> {
  const entries: PartEntry[] = []
  for await (const file of walkFolder(root)) {
    signal.throwIfAborted()
    const entry: PartEntry = { path: prefix + file.name, bytes: file.size }
    entries.push(entry)
    if (file.isUnreadable) entry.isUnreadable = true
    if (file.refused) entry.refused = file.refused
    else {
      entry.access = { kind: 'file', diskPath: file.diskPath, modifiedMs: file.modifiedMs }
      if (isReadAtOnce(file.name, file.size)) await readJson(entry, file.diskPath, tally)
    }
  }
  return { entries }
}

async function readJson(entry: PartEntry, diskPath: Buffer, tally: ReadTally): Promise<void> {
  try {
    await using file = await FileReadAt.open(diskPath, tally, READ_ONLY_NO_LINK)
    entry.json = new Uint8Array(await readExactly(file, 0, entry.bytes))
  } catch (problem) {
    entry.refused = `it could not be read (${toError(problem).message})`
    entry.isUnreadable = true
    delete entry.access
  }
}
