/**
 * Makes the repositories of test/fixtures/golden, each with what it must hold:
 *
 *     sudo npx tsx scripts/golden/make.ts --plakar FILE --plakar-zstd FILE [NAME…]
 *
 * `--plakar` is the released plakar (`.ci/install-plakar FILE` builds it), `--plakar-zstd` the same
 * built with kloset 1.1.4 (`scripts/golden/build-plakar-zstd FILE` builds it), which is the first that knows
 * Zstandard. CONFIG is written by us, so that sizes are small and every algorithm has its turn;
 * everything else in a repository of plakar is plakar's.
 *
 * Runs as root, in /golden, where host and machine have no name of their own: plakar records both.
 * @module
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { Golden, GoldenSnapshot } from './golden.ts'
import { makeLikePlakar10 } from './like-plakar-1-0.ts'
import { makeOurs } from './ours.ts'
import { changeSourceTree, describeTree, makeSourceTree } from './source-tree.ts'
import { SPECS, type Spec, writeConfig } from './specs.ts'

const PASSPHRASE = 'golden passphrase'

const ROOT = '/golden'
const SOURCE = `${ROOT}/source`
const TARGET = fileURLToPath(new URL('../../test/fixtures/golden/', import.meta.url))
const NOBODY = 65_534

const { values, positionals } = parseArgs({
  options: { plakar: { type: 'string' }, 'plakar-zstd': { type: 'string' } },
  allowPositionals: true,
})
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name)

rmSync(ROOT, { recursive: true, force: true })
mkdirSync(`${ROOT}/home`, { recursive: true, mode: 0o777 })
chmodSync(`${ROOT}/home`, 0o777)
mkdirSync(TARGET, { recursive: true })
writeFileSync(`${ROOT}/machine-id`, '00000000000000000000000000000000\n')
cpSync(values.plakar!, `${ROOT}/plakar`)
cpSync(values['plakar-zstd']!, `${ROOT}/plakar-zstd`)
try {
  for (const spec of SPECS) if (wanted(spec.name)) await makeWithPlakar(spec)
  if (wanted('like-plakar-1.0')) await likePlakar10()
  for (const name of ['ours', 'ours-zstd-sha256']) if (wanted(name)) ours(name)
} finally {
  rmSync(ROOT, { recursive: true, force: true })
}

async function makeWithPlakar(spec: Spec): Promise<void> {
  const store = `${ROOT}/${spec.name}`
  const program = spec.zstd ? 'plakar-zstd' : 'plakar'
  await writeConfig(store, spec, PASSPHRASE)
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, store])
  freshSource()
  const snapshots: GoldenSnapshot[] = []
  // Nobody may read everything but one file: that makes an error in the snapshot.
  writeFileSync(`${SOURCE}/unreadable`, 'nobody reads this', { mode: 0o600 })
  snapshots.push(backUp(program, store, NOBODY, ['unreadable'], []))
  rmSync(`${SOURCE}/unreadable`)
  changeSourceTree(SOURCE)
  snapshots.push(backUp(program, store, 0, [], ['second']))
  if (spec.removesOne) {
    writeFileSync(`${SOURCE}/gone soon`, 'only in a snapshot that is removed')
    const { id } = backUp(program, store, 0, [], [])
    plakar(program, 0, ['at', store, 'rm', '-apply', id])
  }
  pack(spec.name, store, {
    madeWith: `plakar 1.1.4 with kloset ${spec.zstd ? '1.1.4' : '1.1.3'}`,
    ...(spec.encrypted ? { passphrase: PASSPHRASE } : {}),
    snapshots,
  })
}

async function likePlakar10(): Promise<void> {
  const spec = SPECS.find(({ name }) => name === 'sha256-legacy')!
  const original = `${ROOT}/original`
  await writeConfig(original, spec, PASSPHRASE)
  freshSource()
  const snapshot = backUp('plakar', original, 0, [], [])
  const store = `${ROOT}/like-plakar-1.0`
  const id = await makeLikePlakar10(original, store)
  pack('like-plakar-1.0', store, {
    madeWith: 'plakar 1.1.4, rewritten by us into the form that plakar 1.0 gave its records',
    snapshots: [{ ...snapshot, id }],
  })
}

function ours(name: string): void {
  const store = `${ROOT}/${name}`
  const args = name === 'ours' ? [] : ['--hashing', 'sha256', '--compression', 'zstd']
  const home = `${ROOT}/home/${name}`
  mkdirSync(home)
  const snapshots = makeOurs({ home, store, args, passphrase: PASSPHRASE, run: inNamespace })
  pack(name, store, { madeWith: 'tintype 0.1.0', passphrase: PASSPHRASE, snapshots })
}

function freshSource(): void {
  rmSync(SOURCE, { recursive: true, force: true })
  mkdirSync(SOURCE)
  makeSourceTree(SOURCE)
}

function backUp(
  program: string,
  store: string,
  user: number,
  errors: string[],
  tags: string[],
): GoldenSnapshot {
  const entries = describeTree(SOURCE).filter(({ path }) => !errors.includes(path))
  const tag = tags.length === 0 ? [] : ['-tag', tags.join(',')]
  const output = plakar(program, user, ['at', store, 'backup', ...tag, SOURCE])
  const id = /^([0-9a-f]{8}): backup completed/m.exec(output)?.[1]
  if (id === undefined) throw new Error(`no snapshot in: ${output}`)
  return { id, below: SOURCE, entries, errors: errors.map((path) => `${SOURCE}/${path}`), tags }
}

function plakar(program: string, user: number, args: string[]): string {
  const home = `${ROOT}/home/${program}-${user}`
  const env = {
    HOME: home,
    XDG_CACHE_HOME: `${home}/cache`,
    XDG_CONFIG_HOME: `${home}/config`,
    XDG_DATA_HOME: `${home}/data`,
    PLAKAR_PASSPHRASE: PASSPHRASE,
    PLAKAR_LOCKLESS: '1',
    PATH: process.env.PATH ?? '',
  }
  mkdirSync(home, { recursive: true })
  chownSync(home, user, user)
  const as = ['setpriv', '--reuid', `${user}`, '--regid', `${user}`, '--clear-groups']
  inNamespace([...as, `${ROOT}/${program}`, '-disable-security-check'], env)
  return inNamespace([...as, `${ROOT}/${program}`, '-stdio', ...args], env)
}

/** Runs a command where the host is called `golden`, and gives what it printed. */
function inNamespace(command: readonly string[], env: Record<string, string>): string {
  const script = `hostname golden
    for file in /etc/machine-id /var/lib/dbus/machine-id; do
      [ ! -e $file ] || mount --bind ${ROOT}/machine-id $file
    done
    exec "$@" 2>&1`
  return execFileSync('unshare', ['-um', 'sh', '-c', script, 'sh', ...command], {
    env,
    encoding: 'utf8',
  })
}

function pack(name: string, store: string, golden: Golden): void {
  const tar = execFileSync(
    'tar',
    [
      '-C',
      store,
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '-cf',
      '-',
      'CONFIG',
      'packfiles',
      'states',
    ],
    { maxBuffer: 1e9 },
  )
  const packed = gzipSync(tar, { level: 9 })
  writeFileSync(`${TARGET}${name}.tar.gz`, packed)
  writeFileSync(
    `${TARGET}${name}.expected.json.gz`,
    gzipSync(`${JSON.stringify(golden, null, 1)}\n`, { level: 9 }),
  )
  process.stdout.write(`${name}: ${packed.length} bytes\n`)
}
