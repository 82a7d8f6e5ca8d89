/**
 * Files as rclone describes them in answers to `operations/stat` and `operations/list`:
 *
 *   {"item": {"Path": "a/b", "Name": "b", "Size": 5, "ModTime": "…", "IsDir": false, "Hashes": {"md5": "…"}}}
 *   {"list": [ … the same … ]}            {"item": null} when there is nothing
 *
 * `Path` counts from the root of the remote. `Size` is −1 where the remote does not tell it.
 * @module
 */
import { HttpFailure } from '../../external/http-exchange.ts'

export interface RemoteFile {
  /** From the folder that was asked for. */
  path: string
  sizeBytes: number
  /** Milliseconds since 1970; NaN when it was not asked for. */
  modified: number
  hash: string | undefined
}

/** @throws {HttpFailure} when the answer is not what rclone gives */
export function statedFile(
  answer: Record<string, unknown>,
  path: string,
  hash?: string,
): RemoteFile | undefined {
  const { item } = answer
  if (item === null) return undefined
  if (!isRecord(item)) throw new HttpFailure('rclone did not describe the file it was asked for')
  return item.IsDir === true ? undefined : { ...described(item, hash), path }
}

/** Files and folders below `folder`; folders have the size 0. */
export function listedFiles(answer: Record<string, unknown>, folder: string): RemoteFile[] {
  const { list } = answer
  // rclone writes null for an empty list
  if (list === null) return []
  if (!Array.isArray(list))
    throw new HttpFailure('rclone did not give the listing it was asked for')
  const prefix = folder === '' ? '' : `${folder}/`
  return list.map((item: unknown) => {
    if (!isRecord(item) || typeof item.Path !== 'string' || !item.Path.startsWith(prefix)) {
      throw new HttpFailure('rclone listed something else than it was asked for')
    }
    const file = item.IsDir === true ? { sizeBytes: 0, modified: Number.NaN } : described(item)
    return { hash: undefined, ...file, path: item.Path.slice(prefix.length) }
  })
}

function described(item: Record<string, unknown>, hash?: string): Omit<RemoteFile, 'path'> {
  const { Size, ModTime, Hashes } = item
  if (typeof Size !== 'number' || Size < 0) {
    throw new HttpFailure('the remote does not tell how large its files are')
  }
  const sum = hash !== undefined && isRecord(Hashes) ? Hashes[hash] : undefined
  return {
    sizeBytes: Size,
    modified: Date.parse(String(ModTime)),
    hash: typeof sum === 'string' && sum !== '' ? sum.toLowerCase() : undefined,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
