/**
 * The real plakar opens what we write, and we open what it writes.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileTree } from '../support/file-tree.ts'
import { NO_PLAKAR, runPlakar, stopPlakar } from '../support/plakar.ts'
import { CHEAP_KDF, jsonLines, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

let home: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'tintype-plakar-'))
  if (NO_PLAKAR === undefined) await runPlakar(home, ['-disable-security-check'])
})
afterAll(async () => {
  if (NO_PLAKAR === undefined) await stopPlakar(home)
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(NO_PLAKAR !== undefined).each([
  { kind: 'encrypted', options: CHEAP_KDF },
  { kind: 'plaintext', options: ['--plaintext'] },
  { kind: 'sha256-gzip', options: [...CHEAP_KDF, '--hashing', 'SHA256', '--compression', 'gzip'] },
  { kind: 'uncompressed', options: [...CHEAP_KDF, '-no-compression'] },
])('a store of ours, $kind, in the hands of plakar', ({ kind, options }) => {
  let store: string
  let ids: string[]

  beforeAll(async () => {
    const sample = await sharedSample()
    store = join(home, `ours-${kind}`)
    await runTintype(home, ['at', store, 'create', ...options])
    for (const { folder } of sample.exports) await runTintype(home, ['at', store, 'backup', folder])
    ids = jsonLines(await runTintype(home, ['at', store, 'ls', '--json'])).map((l) => String(l.id))
    expect(ids).toHaveLength(2)
  })

  it('is listed', async () => {
    const ran = await runPlakar(home, ['at', store, 'ls', '-uuid'])

    expect(ran.stdout).toContain(ids[0])
    expect(ran.stdout).toContain(ids[1])
  })

  it('passes its check', async () => {
    const ran = await runPlakar(home, ['at', store, 'check'])

    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    expect(ran.stdout + ran.stderr).toContain('completed without errors')
  })

  it('is restored to the same tree as by us, links included', async () => {
    const [theirs, ours] = [join(home, `plakar-${kind}`), join(home, `tintype-${kind}`)]

    await runPlakar(home, ['at', store, 'restore', '-to', theirs, ids[0]!])
    await runTintype(home, ['at', store, 'restore', '--to', ours, ids[0]!])

    const tree = fileTree(theirs)
    expect(tree).toEqual(fileTree(ours))
    expect(
      Object.values(tree).filter((content) => content.startsWith('->')).length,
    ).toBeGreaterThan(9)
  })

  it('is read by cat and compared by diff', async () => {
    const cat = await runPlakar(home, ['at', store, 'cat', `${ids[0]}:/README.txt`])
    const diff = await runPlakar(home, ['at', store, 'diff', `${ids[1]}:/`, `${ids[0]}:/`])

    expect(cat.stdout).toContain('This is a photo library, kept by Tintype.')
    expect(diff, diff.stderr).toMatchObject({ code: 0 })
    expect(diff.stdout).toContain('photos')
  })

  it('survives its maintenance', async () => {
    const ran = await runPlakar(home, ['at', store, 'maintenance'])

    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    const check = await runTintype(home, ['at', store, 'check', '--full'])
    expect(check, check.stderr).toMatchObject({ code: 0 })
  })
})

describe.skipIf(NO_PLAKAR !== undefined).each([
  { kind: 'encrypted', options: [] },
  { kind: 'plaintext', options: ['-plaintext'] },
])('a store that plakar made from a folder, $kind', ({ kind, options }) => {
  let store: string
  let source: string

  beforeAll(async () => {
    source = join(home, `source-${kind}`)
    mkdirSync(join(source, 'Ünïcode 🌊/empty'), { recursive: true })
    writeFileSync(join(source, 'large.bin'), bytesLikeNoise(3_000_000))
    writeFileSync(join(source, 'Ünïcode 🌊/nothing.txt'), '')
    symlinkSync('../large.bin', join(source, 'Ünïcode 🌊/link'))
    for (let file = 0; file < 130; file++)
      writeFileSync(join(source, `f${file}`), `content ${file}`)
    store = join(home, `theirs-${kind}`)
    await runPlakar(home, ['at', store, 'create', ...options])
    const saved = await runPlakar(home, ['at', store, 'backup', source])
    expect(saved, saved.stderr).toMatchObject({ code: 0 })
  })

  it('is listed and checked by us', async () => {
    const ls = await runTintype(home, ['at', store, 'ls', '--json'])
    const check = await runTintype(home, ['at', store, 'check', '--full'])

    expect(jsonLines(ls)).toHaveLength(1)
    expect(check, check.stderr).toMatchObject({ code: 0 })
  })

  it('is restored by us to the tree it was made from', async () => {
    const out = join(home, `restored-${kind}`)

    const ran = await runTintype(home, ['at', store, 'restore', '--to', out])

    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    expect(fileTree(join(out, source))).toEqual(fileTree(source))
  })

  it('takes a library of ours beside its own snapshot, and both sides read both', async () => {
    const { exports } = await sharedSample()

    const saved = await runTintype(home, ['at', store, 'backup', '--json', exports[0].folder])

    expect(jsonLines(saved).at(-1)).toMatchObject({ added: exports[0].truth.items.length })
    const again = await runPlakar(home, ['at', store, 'backup', source])
    expect(again, again.stderr).toMatchObject({ code: 0 })
    expect(await runPlakar(home, ['at', store, 'check'])).toMatchObject({ code: 0 })
    expect(await runTintype(home, ['at', store, 'check', '--full'])).toMatchObject({ code: 0 })
    // plakar leaves its own lock behind for some minutes
    const unlocked = { PLAKAR_LOCKLESS: '1' }
    const maintained = await runPlakar(home, ['at', store, 'maintenance'], unlocked)
    expect(maintained, maintained.stderr).toMatchObject({ code: 0 })
  })
})

/** Deterministic bytes that do not compress: a chain of xorshift values. */
function bytesLikeNoise(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = 0x9e3779b9
  for (let at = 0; at < length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state & 0xff
  }
  return bytes
}
