import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { READ_ONLY, READ_ONLY_NO_LINK } from './read-at.ts'

/** Everything of `node:fs` and `node:fs/promises` that those who read sources may use. */
const MAY_IMPORT = [
  'closeSync',
  'constants',
  'createReadStream',
  'Dirent',
  'FileHandle',
  'fstatSync',
  'lstat',
  'open',
  'openSync',
  'readdir',
  'readFile',
  'readSync',
  'realpath',
  'stat',
  'Stats',
]

test.for(sourceFiles(['src/archives', 'src/sources']))('%s cannot write to a disk', (file) => {
  const source = readFileSync(file, 'utf8')

  const imported = [
    ...source.matchAll(/import (?:type )?\{([^}]*)\} from 'node:fs(?:\/promises)?'/g),
  ]
    .flatMap(([, names]) => names!.split(','))
    .map((name) => name.replace(/\btype\b/, '').trim())
    .filter((name) => name !== '')
  // Not `FileReadAt.open(…)`, which opens as the next test says.
  const opened = [...source.matchAll(/(?<![.\w])(?:open|openSync)\((.*)\)/g)].map(
    ([, args]) => args!,
  )

  expect(imported.filter((name) => !MAY_IMPORT.includes(name))).toEqual([])
  for (const args of opened.filter((args) => imported.length > 0 && args.includes(','))) {
    expect(args).toMatch(/READ_ONLY|flags/)
  }
})

test('what they open, they open for reading', () => {
  const writing = 0b11 // O_WRONLY | O_RDWR on every system

  expect(READ_ONLY & writing).toBe(0)
  expect(READ_ONLY_NO_LINK & writing).toBe(0)
})

function sourceFiles(folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  )
}
