import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src')

/** What each folder of src/ may import from the others. ARCHITECTURE.md draws this table. */
const MAY_IMPORT: Record<string, string[]> = {
  util: [],
  photos: ['util'],
  archives: ['util'],
  external: ['util'],
  config: ['util'],
  stores: ['util', 'external'],
  sources: ['util', 'photos', 'archives', 'external'],
  destinations: ['util', 'photos', 'external'],
  kloset: ['util', 'stores/store.ts'], // the seam, never a backend
  operations: [
    'util',
    'photos',
    'archives',
    'kloset',
    'sources/source.ts',
    'stores/store.ts',
    'destinations/destination.ts',
  ],
  cli: [
    'util',
    'operations',
    'config',
    'photos',
    'sources/source.ts',
    'sources/registry.ts',
    'stores/store.ts',
    'stores/registry.ts',
    'destinations/destination.ts',
    'destinations/registry.ts',
  ],
}

/** Packages that only one folder may import, so that replacing one touches one place. */
const ONLY_IN: Record<string, string> = {
  '@napi-rs/blake-hash': 'kloset/crypto',
  '@node-rs/argon2': 'kloset/crypto',
  '@photostructure/tz-lookup': 'photos',
  'hash-wasm': 'kloset/crypto',
  'lz4-napi': 'kloset/compression',
  'node-sqlite3-wasm': 'sources/folder',
}

interface Import {
  file: string
  target: string
}

/** Every production file of src/, as a posix path below it. */
function sourceFiles(): string[] {
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.ts') && !/\.(test|bench|conformance)\.ts$/.test(name))
    .filter((name) => statSync(join(source, name)).isFile())
    .map((name) => name.split(sep).join('/'))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  const statements = text.matchAll(
    /^(?:import|export|\})[^'\n]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\(\s*'([^']+)'/gm,
  )
  return [...statements].map(([, from, bare, lazy]) => ({ file, target: (from ?? bare ?? lazy)! }))
}

const imports = sourceFiles().flatMap(importsOf)
const topFolder = (file: string) => file.split('/')[0]!

const crossings = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({ file, target: posix.join(posix.dirname(file), target) }))
  .filter(({ file, target }) => topFolder(file) !== topFolder(target))

describe('the architecture', () => {
  test.for(crossings)('$file may import $target', ({ file, target }) => {
    const allowed = MAY_IMPORT[topFolder(file)] ?? []

    expect(allowed.some((path) => target === path || target.startsWith(`${path}/`))).toBe(true)
  })

  it('names every folder of src/ in its table', () => {
    const folders = readdirSync(source).filter((name) => statSync(join(source, name)).isDirectory())

    expect(folders.filter((folder) => !(folder in MAY_IMPORT))).toEqual([])
  })

  it('lets only a registry name a connector of a seam', () => {
    const outside = imports.filter(({ file, target }) => {
      if (!target.startsWith('.')) return false
      const path = posix.join(posix.dirname(file), target)
      const connector = /^(stores|sources|destinations)\/[^/]+\//.exec(path)?.[0]
      if (!connector || file.startsWith(connector)) return false
      return !/^(stores|sources|destinations)\/registry\.ts$/.test(file)
    })

    expect(outside).toEqual([])
  })

  it('imports each third-party package in one folder only', () => {
    const packages = imports.filter(({ target }) => !/^(\.|node:)/.test(target))
    const stray = packages.filter(({ file, target }) => {
      const home = ONLY_IN[target]
      return home === undefined || !file.startsWith(`${home}/`)
    })

    expect(stray).toEqual([])
  })

  it('keeps process state out of everything but the front ends', () => {
    const forbidden = /\bprocess\.(exit|env|argv|stdout|stderr|stdin)\b|\bconsole\./
    const stray = sourceFiles()
      .filter((file) => !/^(cli|config)\//.test(file))
      .filter((file) => forbidden.test(readFileSync(join(source, file), 'utf8')))

    expect(stray).toEqual([])
  })

  it('has no file that re-exports others', () => {
    const barrels = sourceFiles().filter((file) => /(^|\/)index\.ts$/.test(file))

    expect(barrels.filter((file) => file !== 'cli/commands/index.ts')).toEqual([])
  })
})
