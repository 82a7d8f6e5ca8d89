/**
 * Golden repositories of our own: two backups of a small generated Takeout export.
 * @module
 */
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { photoEntries, type SmallEntry } from '../../test/support/small-export.ts'
import type { GoldenEntry, GoldenSnapshot } from './golden.ts'

const TINTYPE = fileURLToPath(new URL('../../bin/tintype', import.meta.url))

interface Making {
  home: string
  store: string
  /** Of `create`. */
  args: readonly string[]
  passphrase: string
  /** Runs a command and gives what it printed. */
  run: (command: readonly string[], env: Record<string, string>) => string
}

export function makeOurs({ home, store, args, passphrase, run }: Making): GoldenSnapshot[] {
  const source = `${home}/Takeout`
  const env = {
    HOME: home,
    TINTYPE_CONFIG_DIR: `${home}/config`,
    TINTYPE_CACHE_DIR: `${home}/cache`,
    TINTYPE_PASSPHRASE: passphrase,
    PATH: process.env.PATH ?? '',
  }
  const tintype = (...words: string[]) =>
    run([process.execPath, TINTYPE, 'at', store, ...words], env)
  const snapshots: GoldenSnapshot[] = []
  rmSync(source, { recursive: true, force: true })
  tintype('create', '--kdf-memory', '8', ...args)
  const photos = photoEntries('IMG_0001.jpg', 'Ünïcode 🌊.jpg', 'IMG_0002.jpg')
  for (const entries of [photos, [...photos, ...photoEntries('IMG_0003.jpg')]]) {
    for (const entry of entries) writeEntry(home, entry)
    const id = /snapshot ([0-9a-f]{64})/.exec(tintype('backup', source))?.[1]
    if (id === undefined) throw new Error('no snapshot was made')
    snapshots.push({
      id: id.slice(0, 8),
      below: '/',
      errors: [],
      tags: [],
      entries: media(entries),
    })
  }
  return snapshots
}

function writeEntry(folder: string, { path, bytes }: SmallEntry): void {
  const full = `${folder}/${path}`
  mkdirSync(full.slice(0, full.lastIndexOf('/')), { recursive: true })
  writeFileSync(full, bytes)
}

/** The photos, where a library has them; what else a snapshot holds is told by other tests. */
function media(entries: readonly SmallEntry[]): GoldenEntry[] {
  return entries
    .filter(({ path }) => path.endsWith('.jpg'))
    .map(({ path, bytes }) => ({
      path: `photos/2021/07/${path.slice(path.lastIndexOf('/') + 1)}`,
      type: 'file',
      mode: '644',
      modified: 1_625_130_000,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }))
}
