/**
 * Writes a text file line by line: aside first, and then in its place, so that half a file is never
 * taken for a whole one.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

const PIECE_UNITS = 256 * 1024

/** @throws {Error} with code EEXIST when the file is there, unless `overwrite` */
export async function writeFileLines(
  path: string,
  lines: Iterable<string> | AsyncIterable<string>,
  overwrite: boolean,
): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  if (!overwrite) await (await open(path, 'wx')).close() // the name is ours now
  try {
    await writeDraft(draft, lines)
    await rename(draft, path)
  } catch (error) {
    if (!overwrite) await rm(path, { force: true })
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function writeDraft(
  path: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const file = await open(path, 'wx')
  try {
    let piece = ''
    for await (const line of lines) {
      piece += `${line}\n`
      if (piece.length < PIECE_UNITS) continue
      await file.writeFile(piece)
      piece = ''
    }
    await file.writeFile(piece)
    await file.sync()
  } finally {
    await file.close()
  }
}
