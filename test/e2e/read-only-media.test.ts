/**
 * A store on media that nobody can write, mounted so in a namespace of its own.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileTree } from '../support/file-tree.ts'
import {
  CHEAP_KDF,
  PASSPHRASE,
  type Ran,
  runProgram,
  runTintype,
  TINTYPE,
} from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'

const home = mkdtempSync(join(tmpdir(), 'tintype-read-only-'))
const store = join(home, 'store')
afterAll(() => rmSync(home, { recursive: true }))

const MOUNT = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'
const isPossible =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-Urm', 'sh', '-c', MOUNT, 'sh', home, 'true']).status === 0
if (!isPossible) process.stdout.write('skipped, this system does not let us mount read-only\n')

/** Runs our program where the folder of the store can only be read. */
function tintype(...args: string[]): Promise<Ran> {
  const command = [process.execPath, TINTYPE, 'at', store, ...args]
  return runProgram('unshare', ['-Urm', 'sh', '-c', MOUNT, 'sh', store, ...command], {
    env: {
      HOME: home,
      TINTYPE_CONFIG_DIR: join(home, 'config'),
      TINTYPE_CACHE_DIR: join(home, 'cache'),
      TINTYPE_PASSPHRASE: PASSPHRASE,
    },
  })
}

describe.skipIf(!isPossible)('a store on media that can only be read', () => {
  let source: string
  beforeAll(async () => {
    source = (await sharedSample()).exports[0]!.folder
    await runTintype(home, ['at', store, 'create', ...CHEAP_KDF])
    await runTintype(home, ['at', store, 'backup', source])
  })

  it('is listed, checked and restored', async () => {
    const listed = await tintype('ls')
    const check = await tintype('check', '--full')
    const restored = await tintype('restore', '--to', join(home, 'restored'))

    expect(listed, listed.stderr).toMatchObject({ code: 0 })
    expect(check, check.stderr).toMatchObject({ code: 0 })
    expect(restored, restored.stderr).toMatchObject({ code: 0 })
    expect(Object.keys(fileTree(join(home, 'restored'))).length).toBeGreaterThan(50)
  })

  it('takes no backup, says so, and is as it was', async () => {
    const before = fileTree(store)

    const ran = await tintype('backup', source)

    expect(ran.code).toBe(77)
    expect(ran.stderr).toContain('can only be read')
    expect(fileTree(store)).toEqual(before)
  })
})
