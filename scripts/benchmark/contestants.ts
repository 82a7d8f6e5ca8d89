/**
 * Two programs that back the same library up: ours from the archives, restic from its extracted
 * files. Each as its makers ship it, with default settings, into an encrypted repository beside
 * the data.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Measured, measuredRun } from './measured-run.ts'

/** Removes the repository of an earlier round, if there is one, and makes a new one. */
export interface Contestant {
  name: string
  create(): void
  backup(): Measured
  /** Opens the repository and lists its snapshots: the share that does not grow with the data. */
  list(): Measured
  storedBytes(): number
}

const PASSPHRASE = 'seven lakes under a patient moon'
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What `restic version` says, or undefined when it is not installed. */
export function resticVersion(): string | undefined {
  const { status, stdout } = spawnSync('restic', ['version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

export function tintype(folder: string, exportFolder: string): Contestant {
  const store = join(folder, 'tintype-repository')
  const [config, cache] = [join(folder, 'config'), join(folder, 'tintype-cache')]
  const env = {
    TINTYPE_PASSPHRASE: PASSPHRASE,
    TINTYPE_CONFIG_DIR: config,
    TINTYPE_CACHE_DIR: cache,
  }
  const run = (...args: string[]) => {
    const program = [join(ROOT, 'bin', 'tintype'), 'at', store, ...args]
    return measuredRun({ program: process.execPath, args: program, env, folder })
  }
  return {
    name: 'tintype',
    create() {
      remove(store, cache)
      run('create')
    },
    backup: () => run('backup', exportFolder),
    list: () => run('ls'),
    storedBytes: () => sizeOf(store),
  }
}

export function restic(folder: string, extractedFolder: string): Contestant {
  const repository = join(folder, 'restic-repository')
  const cache = join(folder, 'restic-cache')
  const env = {
    RESTIC_PASSWORD: PASSPHRASE,
    RESTIC_REPOSITORY: repository,
    RESTIC_CACHE_DIR: cache,
  }
  const run = (...args: string[]) => measuredRun({ program: 'restic', args, env, folder })
  return {
    name: 'restic',
    create() {
      remove(repository, cache)
      run('init')
    },
    backup: () => run('backup', '--quiet', extractedFolder),
    list: () => run('snapshots', '--quiet'),
    storedBytes: () => sizeOf(repository),
  }
}

function remove(...folders: string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

/** Bytes of all files below `folder`. */
export function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size)
  return files.reduce((sum, size) => sum + size, 0)
}
