/**
 * An encrypted repository, and what lies beside it, show nothing of the library.
 *
 * A byte search over every file. That it can find something is shown on a plaintext repository.
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IPHONE, PIXEL, REFLEX } from '../../scripts/sample-library/camera.ts'
import type { ExportTruth } from '../../scripts/sample-library/truth.ts'
import { CHEAP_KDF, PASSPHRASE, type Ran, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** In a MB of noise, one of 500 shorter needles is found by chance every hundred runs. */
const SHORTEST_NEEDLE_BYTES = 6
const WINDOW_BYTES = 32
const WINDOWS_PER_FILE = 5
/** Fewer distinct bytes than this may stand anywhere: padding, empty tables. */
const DISTINCT_BYTES = 12

/** What nobody may see, by kind. */
type Secrets = Record<string, Buffer[]>

interface Backup extends Disposable {
  home: string
  secrets: Secrets
  /** Store and cache after a run that was killed while it stored photos. */
  afterKill: { store: Uint8Array; cache: Uint8Array }
  /** Everything the program wrote and printed, when a further run had completed the work. */
  atEnd: { store: Uint8Array; everything: Uint8Array }
  printed: string
}

describe('an encrypted repository', () => {
  let backup: Backup
  beforeAll(async () => {
    backup = await backUp(CHEAP_KDF)
  })
  afterAll(() => backup[Symbol.dispose]())

  it('shows no name, title, text, person, album, camera and no piece of any content', () => {
    expect(found(backup.secrets, backup.atEnd.store)).toEqual([])
    expect(found(backup.secrets, backup.atEnd.everything)).toEqual([])
  })

  it('shows nothing after a run was killed either, nor does the journal it left', () => {
    expect(found(backup.secrets, backup.afterKill.store)).toEqual([])
    expect(found(backup.secrets, backup.afterKill.cache)).toEqual([])
  })

  it('has its passphrase in no file, and prints it never', async () => {
    const wrong = 'not the passphrase of this repository'
    const refused = await runTintype(backup.home, ['--verbose', 'at', 'store', 'ls'], {
      cwd: backup.home,
      env: { TINTYPE_PASSPHRASE: wrong },
    })

    expect(refused.code).toBe(77)
    expect(refused.stdout + refused.stderr).not.toContain(wrong)
    expect(backup.printed).toMatch(/Saving photos/) // --verbose had an effect
    expect(backup.printed).not.toContain(PASSPHRASE)
    expect(Buffer.from(backup.atEnd.everything).includes(PASSPHRASE)).toBe(false)
  })
})

describe('a plaintext repository', () => {
  it('shows all of that, so the search can find it', async () => {
    using backup = await backUp(['--plaintext'])

    const inStore = kindsOf(found(backup.secrets, backup.atEnd.store))
    const inJournal = kindsOf(found(backup.secrets, backup.afterKill.cache))

    expect(inStore).toEqual(Object.keys(backup.secrets).sort())
    expect(inJournal).toContain('camera')
  })
})

/** Makes a repository; backs the sample library up, first in vain, then to the end. */
async function backUp(createOptions: readonly string[]): Promise<Backup> {
  const folder = temporaryFolder()
  const { path: home } = folder
  const [store, cache] = [join(home, 'store'), join(home, 'cache')]
  const { folder: archives } = (await sharedSample('zip')).exports[0]
  const runs: Ran[] = []
  const run = async (...args: string[]) => {
    const ran = await runTintype(home, ['--verbose', 'at', store, ...args])
    runs.push(ran)
    return ran
  }

  await run('create', ...createOptions)
  await killedBackup(home, store, archives)
  const afterKill = { store: allBytes(store), cache: allBytes(cache) }
  expect(afterKill.cache.length).toBeGreaterThan(1000)
  const saved = await run('backup', archives)
  expect(saved.code, saved.stderr).toBe(3) // a sidecar has lost its photo
  return {
    home,
    afterKill,
    secrets: await secrets(),
    atEnd: { store: allBytes(store), everything: allBytes(home) },
    printed: runs.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

/** Kills a backup as soon as it has noted in its journal what it stored. */
async function killedBackup(home: string, store: string, archives: string): Promise<void> {
  const journals = join(home, 'cache', 'journals')
  const ran = await runTintype(home, ['at', store, 'backup', archives], {
    onStart(child) {
      const timer = setInterval(() => {
        const notes = existsSync(journals) ? readdirSync(journals) : []
        if (notes.some((name) => statSync(join(journals, name)).size > 0)) child.kill('SIGKILL')
      }, 1)
      child.on('close', () => clearInterval(timer))
    },
  })
  expect(ran.code).toBeUndefined()
}

/** Names and contents of all files, base64 also as what it stands for. */
function allBytes(folder: string): Uint8Array {
  const parts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(folder, name)
    if (!statSync(path).isFile()) return [Buffer.from(`${name}\n`)]
    const bytes = readFileSync(path)
    const lines = bytes.toString('latin1').split('\n')
    const isBase64 = lines.every((line) => /^[A-Za-z0-9+/]*=*$/.test(line))
    const decoded = isBase64 ? lines.map((line) => Buffer.from(line, 'base64')) : []
    return [Buffer.from(`${name}\n`), bytes, ...decoded]
  })
  return Buffer.concat(parts)
}

/** What the archives hold, read from the same library extracted. */
async function secrets(): Promise<Secrets> {
  const { truth, parts } = (await sharedSample('folder')).exports[0]
  const contentsOf = (kinds: readonly string[]) =>
    truth.entries
      .filter((entry) => kinds.includes(entry.class))
      .map(({ path }) => readFileSync(join(parts[0]!, path)))
  return {
    ...words(truth),
    camera: texts([PIXEL, IPHONE, REFLEX].flatMap(({ make, model }) => [make, model])),
    'photo content': contentsOf(['media']).flatMap(windows),
    'sidecar content': contentsOf(['sidecar', 'album']).flatMap(windows),
  }
}

function words({ entries, items, albums }: ExportTruth): Secrets {
  const media = entries.filter((entry) => entry.class === 'media')
  return {
    'file name': texts(media.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))),
    title: texts(items.map(({ title }) => title)),
    description: texts(items.map(({ description = '' }) => description.split('\n')[0]!)),
    person: texts(items.flatMap(({ people }) => people.map((name) => JSON.stringify(name)))),
    'album title': texts(albums.map(({ title }) => title)),
  }
}

/** As UTF-8, in both forms that accents have. */
function texts(values: readonly string[]): Buffer[] {
  const forms = values.flatMap((text) => [text.normalize('NFC'), text.normalize('NFD')])
  return [...new Set(forms)]
    .map((text) => Buffer.from(text))
    .filter(({ length }) => length >= SHORTEST_NEEDLE_BYTES)
}

/** Evenly spaced pieces that nobody else would have by chance. */
function windows(content: Buffer): Buffer[] {
  const last = content.length - WINDOW_BYTES
  const starts = Array.from({ length: WINDOWS_PER_FILE }, (_, n) =>
    Math.floor((last * n) / (WINDOWS_PER_FILE - 1)),
  )
  return starts
    .filter((start) => start >= 0)
    .map((start) => content.subarray(start, start + WINDOW_BYTES))
    .filter((window) => new Set(window).size >= DISTINCT_BYTES)
}

/** `kind: secret` for everything that stands somewhere in `bytes`. */
function found(secrets: Secrets, bytes: Uint8Array): string[] {
  const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return Object.entries(secrets).flatMap(([kind, needles]) =>
    needles
      .filter((needle) => hay.includes(needle))
      .map((needle) => `${kind}: ${needle.toString()}`),
  )
}

function kindsOf(findings: readonly string[]): string[] {
  return [...new Set(findings.map((finding) => finding.slice(0, finding.indexOf(':'))))].sort()
}
