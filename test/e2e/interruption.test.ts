/**
 * Ctrl-C, and a shutdown, in the middle of a backup: what was stored stays, nothing lies about, and
 * the next run goes on from there.
 * @module
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateBulk } from '../../scripts/sample-library/generate-bulk.ts'
import { CHEAP_KDF, jsonLines, type Ran, runTintype } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Many small photos: the journal is written after every 64, long before they are all stored. */
const PHOTOS = { items: 500, bytesPerItem: 40_000, parts: 3 }
/** At least so many were stored when the first lines of the journal are there. */
const NOTED = 64

let shared = ''
beforeAll(async () => {
  shared = mkdtempSync(join(tmpdir(), 'tintype-interruption-'))
  await generateBulk(join(shared, 'export'), PHOTOS)
  const store = join(shared, 'store')
  const created = await runTintype(shared, ['at', store, 'create', ...CHEAP_KDF])
  expect(created.code, created.stderr).toBe(0)
})
afterAll(() => rmSync(shared, { recursive: true }))

/** An empty store, and a backup into it. */
function aHome() {
  const home = temporaryFolder()
  const store = join(home.path, 'store')
  cpSync(join(shared, 'store'), store, { recursive: true })
  const at = (...args: string[]) => ['at', store, ...args]
  const backup = at('backup', '--json', '--threads', '2', join(shared, 'export'))
  return { path: home.path, [Symbol.dispose]: home[Symbol.dispose], store, at, backup }
}
type Home = ReturnType<typeof aHome>

type Process = Parameters<NonNullable<NonNullable<Parameters<typeof runTintype>[2]>['onStart']>>[0]

/** Runs the backup, and `strike` when the first contents were stored. */
function interrupted(home: Home, strike: (backup: Process) => void): Promise<Ran> {
  return runTintype(home.path, home.backup, {
    onStart: (backup) => void whenStored(home).then(() => strike(backup)),
  })
}

async function whenStored({ path }: Home): Promise<void> {
  const journals = join(path, 'cache', 'journals')
  const isNoted = () =>
    readdirSync(journals).some((name) => statSync(join(journals, name)).size > 0)
  while (!existsSync(journals) || !isNoted()) await sleep(2)
}

/** Files of a store that are neither CONFIG nor stored under their name; locks count as such. */
function leftovers(store: string): string[] {
  const files = readdirSync(store, { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile() && file.name !== 'CONFIG')
    .filter((file) => file.parentPath.endsWith('locks') || !/^[0-9a-f]{64}$/.test(file.name))
    .map(({ name }) => name)
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s during a backup', (signal) => {
  it('stops it cleanly, and the next run continues', async () => {
    using home = aHome()

    const stopped = await interrupted(home, (backup) => backup.kill(signal))

    expect(stopped.code, stopped.stderr).toBe(130)
    expect(stopped.stderr).toMatch(/Stopping.*the same command continues/)
    expect(jsonLines(stopped)).toMatchObject([{ code: 'ABORTED' }, { status: 'failed' }])
    expect(leftovers(home.store)).toEqual([])
    expect((await runTintype(home.path, home.at('ls', '--json'))).stdout).toBe('')
    expect((await runTintype(home.path, home.at('check', '--full'))).code).toBe(0)

    const continued = await runTintype(home.path, home.backup)

    const { bytesPerItem, items } = PHOTOS
    const result = jsonLines(continued).at(-1)!
    expect(result).toMatchObject({ status: 'complete', items, added: items })
    const rest = (items - NOTED) * bytesPerItem
    const metadataBytes = items * 1000
    expect(result.bytesRead).toBeLessThan(rest + metadataBytes)
    expect(result.bytesStored).toBeLessThan(rest + metadataBytes)
    expect((await runTintype(home.path, home.at('check', '--full'))).code).toBe(0)
  })
})

describe('a second signal', () => {
  it('ends the backup at once, and what that leaves behind hinders nobody', async () => {
    using home = aHome()

    const stopped = await interrupted(home, (backup) => {
      backup.kill('SIGINT')
      backup.kill('SIGTERM') // a second SIGINT might melt into the first
    })

    expect(stopped.code, stopped.stderr).toBe(130)
    expect(leftovers(home.store).length).toBeGreaterThan(0) // its lock, at least
    const next = await runTintype(home.path, home.backup)
    expect(next.code, next.stderr).toBe(0)
  })
})
