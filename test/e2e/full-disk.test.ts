/**
 * A disk that is full, for real: a small file system of the test's own where the machine lets an
 * ordinary user have one, and a limit on the size of files elsewhere.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateBulk } from '../../scripts/sample-library/generate-bulk.ts'
import { CHEAP_KDF, PASSPHRASE, runProgram, runTintype, TINTYPE } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const canMount =
  spawnSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0
if (!canMount) process.stdout.write('skipped: full disks need unshare(1) and user namespaces\n')
const hasLimits = process.platform !== 'win32'
if (!hasLimits) process.stdout.write('skipped: limits on file sizes need ulimit\n')

/** A folder `store` that is still empty, and 12 MB to back up. */
async function aHome() {
  const home = temporaryFolder()
  const store = join(home.path, 'store')
  const source = join(home.path, 'export')
  mkdirSync(store)
  await generateBulk(source, { items: 12, bytesPerItem: 1_000_000, parts: 1 })
  /** Runs lines of shell in which `tintype` is the program. */
  const sh = (lines: string[], ...through: string[]) => {
    const tintype = `tintype() { "${process.execPath}" "${TINTYPE}" at "${store}" "$@"; }`
    const script = [tintype, ...lines].join('\n')
    const [program = 'sh', ...args] = [...through, 'sh', '-c', script]
    const env = { HOME: home.path, TINTYPE_CACHE_DIR: join(home.path, 'cache') }
    return runProgram(program, args, { env: { ...env, TINTYPE_PASSPHRASE: PASSPHRASE } })
  }
  return { ...home, [Symbol.dispose]: home[Symbol.dispose], store, source, sh }
}

const LEFTOVERS = (store: string) => `find "${store}" -name 'tmp.*' -o -path '*/locks/*'`

describe.skipIf(!canMount)('a full disk', () => {
  it('ends the backup with its name and what to do; with more room the next one completes', async () => {
    using home = await aHome()
    const { store, source } = home

    const ran = await home.sh(
      [
        `mount -t tmpfs -o size=6m tmpfs "${store}"`,
        `tintype create ${CHEAP_KDF.join(' ')} --quiet`,
        `tintype backup "${source}"; echo "code $?"`,
        LEFTOVERS(store),
        'tintype ls --json; echo "listed $?"',
        `mount -o remount,size=64m "${store}"`,
        `tintype backup --quiet "${source}"; echo "code $?"`,
        'tintype check --full --quiet; echo "checked $?"',
      ],
      'unshare',
      '-Urm',
    )

    expect(ran.stderr).toMatch(/packfiles.*the disk is full \(ENOSPC\)/)
    expect(ran.stderr).toContain('No snapshot was made. Free some space')
    expect(withoutSummaries(ran.stdout)).toEqual(['code 74', 'listed 0', 'code 0', 'checked 0'])
  })

  it('without room even for a lock is told as such, and can still be read', async () => {
    using home = await aHome()
    const { store, source } = home

    const ran = await home.sh(
      [
        `mount -t tmpfs -o size=4k tmpfs "${store}"`,
        `tintype create ${CHEAP_KDF.join(' ')} --quiet`,
        `tintype backup --json "${source}" | head -n 1; tintype backup "${source}"`,
        'echo "code $?"',
        LEFTOVERS(store),
        'tintype ls --json; echo "listed $?"',
      ],
      'unshare',
      '-Urm',
    )

    expect(ran.stderr).toMatch(/locks.*the disk is full \(ENOSPC\)/)
    expect(withoutSummaries(ran.stdout)).toEqual(['code 74', 'listed 0'])
  })
})

describe.skipIf(!hasLimits)('a limit on the size of files', () => {
  it('ends the backup as a full disk does, and leaves nothing half-written', async () => {
    using home = await aHome()
    const { store, source } = home
    const created = await runTintype(home.path, ['at', store, 'create', ...CHEAP_KDF])
    expect(created.code, created.stderr).toBe(0)

    const ran = await home.sh([
      `(ulimit -f 4000; tintype backup "${source}"); echo "code $?"`,
      LEFTOVERS(store),
      `tintype backup --quiet "${source}"; echo "code $?"`,
      'tintype check --full --quiet; echo "checked $?"',
    ])

    expect(ran.stderr).toMatch(/packfiles.*\(EFBIG\)/)
    expect(withoutSummaries(ran.stdout)).toEqual(['code 74', 'code 0', 'checked 0'])
  })
})

/** What the script itself said, and every file that it found. */
function withoutSummaries(stdout: string): string[] {
  return stdout.split('\n').filter((line) => /^(code|listed|checked|\/)/.test(line))
}
