/**
 * `npm run demo`: the whole product on a small invented library, told as a story. Needs no account and
 * no network; leaves everything in `demo-output/` for looking at.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateSampleLibrary } from './sample-library/generate.ts'
import type { ExportTruth } from './sample-library/truth.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const output = join(root, 'demo-output')
const store = join(output, 'repository')
const PASSPHRASE = 'seven lakes under a patient moon'
const started = Date.now()
let chapter = 0

const sample = await prepare()
inspect()
create()
backUp()
check()
look()
restore()
compare()
secondYear()
end()

async function prepare() {
  rmSync(output, { recursive: true, force: true })
  tell(
    'A family’s photos, as Google Takeout hands them out',
    'Takeout packs a library into archives: photos here, their dates and captions in JSON files there,',
    'copies of photos in album folders, edits and film clips beside them. We invent a small library and',
    'pack it the same way, twice: once now, once a year and a half later.',
  )
  const made = await generateSampleLibrary(join(output, 'takeout'))
  for (const { parts, truth } of made.exports) {
    say(`${truth.exportId}: ${truth.summary.entries} files in ${parts.length} archives`)
  }
  return made
}

function inspect(): void {
  tell(
    'Look first, store nothing',
    'inspect reads the archives as they are, unpacks nothing, and accounts for every file in them.',
  )
  tintype(['inspect', sample.exports[0].folder], [0, 3])
}

function create(): void {
  tell(
    'Make an encrypted repository',
    'Everything is encrypted on this machine. The passphrase is the only key; this demo passes it in',
    'an environment variable, you will be asked for it.',
  )
  tintype(['at', store, 'create'])
}

function backUp(): void {
  tell(
    'Save the library',
    'Each photo is read once and stored once, however many copies there are.',
  )
  tintype(['at', store, 'backup', sample.exports[0].folder], [3])
  say('Exit code 3 is right here: one photo was lost on Google’s side, and Tintype says which.')
}

function check(): void {
  tell('Prove it', 'A full check reads every byte back and compares it with its keyed fingerprint.')
  tintype(['at', store, 'check', '--full'])
}

function look(): void {
  tell('See what is in it', 'Titles, dates, places and albums were read from the JSON files.')
  tintype(['at', store, 'items'], [0], 12)
  tintype(['at', store, 'albums'], [0], 12)
}

function restore(): void {
  tell(
    'Get it back',
    'Once exactly as stored, once in the arrangement of gphotos-sync with XMP files.',
  )
  const folders = {
    stored: join(output, 'restored'),
    synced: join(output, 'restored-gphotos-sync'),
  }
  tintype(['at', store, 'restore', '--to', folders.stored])
  tintype([
    ...['at', store, 'restore', '--to', folders.synced],
    ...['--layout', 'gphotos-sync', '--metadata', 'xmp'],
  ])
}

function compare(): void {
  tell(
    'Compare every byte with the truth',
    'The script that invented the library knows every file it packed. Not Tintype: this script compares.',
  )
  const { truth } = sample.exports[0]
  for (const folder of ['restored', 'restored-gphotos-sync'])
    compareMedia(join(output, folder), truth)
  compareSidecars(join(output, 'restored'), truth)
}

function secondYear(): void {
  tell(
    'A year and a half later',
    'The next export holds the whole library again, with new photos, a new caption, a new album, and one',
    'photo that was deleted at Google. The repository grows by what is new; nothing is forgotten.',
  )
  tintype(['at', store, 'backup', sample.exports[1].folder], [3])
  tintype(['at', store, 'ls'])
  const { added, vanished } = sample.exports[1].truth.changes!
  const wanted = sample.exports[0].truth.items.length + added.length
  const items = jsonLines(['at', store, 'items', '--json']).length
  expectEqual(
    items,
    wanted,
    `${items} items: the ${wanted - added.length} of before, and ${added.length} new`,
  )
  say(`${vanished.length} photo is gone at Google and still here.`)
  const last = join(output, 'restored-second')
  tintype(['at', store, 'restore', '--to', last], [0], 0)
  compareMedia(last, sample.exports[1].truth)
  compareMedia(last, sample.exports[0].truth)
}

function end(): void {
  const seconds = Math.round((Date.now() - started) / 1000)
  tell(
    `Done in ${seconds} seconds`,
    `Look into ${relative(process.cwd(), join(output, 'restored'))}.`,
  )
  say('Then try it on your own Takeout:')
  for (const line of [
    'bin/tintype inspect ~/Downloads',
    'bin/tintype at ~/photos-repository create',
    'bin/tintype at ~/photos-repository backup ~/Downloads',
    'bin/tintype help',
  ]) {
    console.log(`    ${line}`)
  }
}

/** Every photo and film of the export is below the folder, byte for byte. */
function compareMedia(folder: string, truth: ExportTruth): void {
  const found = hashesBelow(join(folder, 'photos'))
  const media = truth.entries.filter((entry) => entry.class === 'media')
  const missing = media.filter((entry) => !found.has(entry.sha256))
  const name = relative(output, folder)
  expectEqual(
    missing.length,
    0,
    `${name}: all ${media.length} photo and video files are there, byte for byte`,
  )
}

function compareSidecars(folder: string, truth: ExportTruth): void {
  const found = hashesBelow(join(folder, 'metadata/imports'))
  const json = truth.entries.filter(({ class: kind }) => kind === 'sidecar' || kind === 'album')
  const missing = json.filter((entry) => !found.has(entry.sha256))
  expectEqual(missing.length, 0, `and so are all ${json.length} JSON files`)
}

function hashesBelow(folder: string): Set<string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = paths.map((name) => join(folder, name)).filter((path) => lstatSync(path).isFile())
  return new Set(files.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex')))
}

function expectEqual(found: number, wanted: number, sentence: string): void {
  if (found !== wanted) {
    console.error(`\n  WRONG: expected ${wanted}, found ${found}. ${sentence}?`)
    process.exit(1)
  }
  console.log(`  ✔ ${sentence}`)
}

function tell(title: string, ...lines: string[]): void {
  console.log(`\n── ${++chapter}. ${title} ${'─'.repeat(Math.max(0, 70 - title.length))}`)
  for (const line of lines) console.log(line)
  console.log()
}

function say(text: string): void {
  console.log(`  ${text}`)
}

/** Runs the program as a user does; shows `shown` lines of what it prints. */
function tintype(args: string[], codes: number[] = [0], shown = 200): void {
  const quoted = args.map((arg) => (arg.startsWith(root) ? relative(process.cwd(), arg) : arg))
  console.log(`$ tintype ${quoted.join(' ')}`)
  const { status, stdout, stderr } = run(args)
  const lines = stdout.trimEnd().split('\n')
  for (const line of lines.slice(0, shown)) console.log(`  ${line}`)
  if (shown > 0 && lines.length > shown) console.log(`  … and ${lines.length - shown} more lines`)
  if (!codes.includes(status ?? -1)) {
    console.error(`${stderr}\nthe demo stopped: exit code ${status}`)
    process.exit(1)
  }
  console.log()
}

function jsonLines(args: string[]): unknown[] {
  const { stdout } = run(args)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}

function run(args: string[]) {
  return spawnSync(process.execPath, [join(root, 'bin/tintype'), ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      TINTYPE_PASSPHRASE: PASSPHRASE,
      TINTYPE_CONFIG_DIR: join(output, 'config'),
      TINTYPE_CACHE_DIR: join(output, 'cache'),
    },
  })
}
