import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Every file's SHA-256 and every link's target below `folder`, by path; folders are not listed. */
export function fileTree(folder: string): Record<string, string> {
  const tree: Record<string, string> = {}
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    const stat = lstatSync(path)
    const key = relative(folder, path).split(sep).join('/')
    if (stat.isSymbolicLink()) tree[key] = `-> ${readlinkSync(path)}`
    else if (stat.isFile()) tree[key] = sha256(readFileSync(path))
  }
  return tree
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
