/**
 * Name and version of the program, from its package.
 * @module
 */
import { readFile } from 'node:fs/promises'

/** `0.1.0`. */
export async function productVersion(): Promise<string> {
  // src/cli and dist/cli lie equally deep below package.json
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** `tintype/0.1.0`, for snapshots. */
export async function productName(): Promise<string> {
  return `tintype/${await productVersion()}`
}
