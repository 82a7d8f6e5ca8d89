import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { describe, expect, it, test } from 'vitest'
import { commands } from './commands/index.ts'
import type { Host } from './host.ts'
import { runProgram } from './program.ts'

/** Runs the program in a pipe. */
async function run(argv: string[], env: Record<string, string> = {}) {
  const written = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(piece, _encoding, done) {
        written[name] += piece
        done()
      },
    })
  const host: Host = {
    argv,
    env,
    stdin: Object.assign(new EventEmitter(), { resume() {}, pause() {} }),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    signals: new EventEmitter(),
    platform: 'linux',
    homeDir: '/home/ann',
    processors: 2,
    now: () => new Date(0),
    ticksMs: () => 0,
    exit() {},
  }
  const code = await runProgram(host)
  return { code, ...written, lines: written.stdout.trimEnd().split('\n'), host }
}

describe('the program', () => {
  it('without a command explains itself, as wrong usage', async () => {
    const { code, stdout } = await run([])

    expect(code).toBe(64)
    expect(stdout).toContain('tintype [global options] [at STORE] COMMAND')
  })

  test.for([
    { argv: ['help'] },
    { argv: ['--help'] },
    { argv: ['help', 'backup'] },
    { argv: ['backup', '--help'] },
    { argv: ['-h', 'backup'] },
  ])('$argv is help, and no error', async ({ argv }) => {
    const { code, stdout, stderr } = await run(argv)

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(argv.includes('backup') ? 'backup [--full]' : 'Be sure\n')
  })

  test.for(commands.map(({ name }) => ({ name })))('$name --help explains it', async ({ name }) => {
    const { code, stdout } = await run([name, '--help'])

    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`Usage\\n {2}tintype .*${name}`))
  })

  it('tells its version, as a line or for machines', async () => {
    const { version } = JSON.parse((await run(['version', '--json'])).stdout)

    expect(version).toMatch(/^\d+\.\d+\.\d+/)
    expect((await run(['--version'])).stdout).toMatch(`tintype ${version} `)
  })

  test.for([
    { argv: ['bakcup'], because: 'no such command' },
    { argv: ['backup'], because: 'no source' },
    { argv: ['ls', 'a', 'b'], because: 'too much' },
    { argv: ['create', '--kdf-memory', '4'], because: 'out of bounds' },
    { argv: ['create', '--plaintext', '--kdf-memory', '8'], because: 'contradictory' },
    { argv: ['check', '--quick', '--full'], because: 'contradictory' },
    { argv: ['restore', '--layout', 'flat'], because: 'not in this version' },
    { argv: ['restore', '--metadata', 'embed'], because: 'not in this version' },
    { argv: ['completion', 'csh'], because: 'not a known shell' },
    { argv: ['help', 'nothing'], because: 'no such command' },
    { argv: ['--json', 'cat', 'latest:/a'], because: 'bytes are not JSON' },
  ])('$argv is wrong usage: $because', async ({ argv }) => {
    const { code, stderr } = await run(argv)

    expect(code).toBe(64)
    expect(stderr).toMatch(/^tintype: .+\n/)
  })

  it('says with --json what went wrong, as the last line on stdout', async () => {
    const { code, lines, stderr } = await run(['--json', 'bakcup'])

    expect(code).toBe(64)
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        ...{ type: 'error', code: 'USAGE', message: 'unknown command "bakcup"' },
        hint: 'Did you mean "backup"?',
      },
    ])
    expect(stderr).toContain('Did you mean "backup"?')
  })

  it('ends a failed backup with a result line that says so', async () => {
    const { lines } = await run(['--json', 'backup', '@phone'])

    const [error, result] = lines.map((line) => JSON.parse(line))
    expect(error).toMatchObject({ type: 'error', code: 'NAME_NOT_CONFIGURED' })
    expect(result).toMatchObject({ type: 'result', status: 'failed', items: 0, seconds: 0 })
  })

  test.for([{ argv: ['at', '@nas', 'ls'] }, { argv: ['inspect', '@phone'] }])(
    '$argv names what is not configured',
    async ({ argv }) => {
      const { code, stderr } = await run(argv)

      expect(code).toBe(78)
      expect(stderr).toContain('is not configured')
    },
  )

  it('takes the passphrase out of the environment before anything else runs', async () => {
    const { host, stdout, stderr } = await run(['version', '-v'], { TINTYPE_PASSPHRASE: 'hush' })

    expect(host.env).not.toHaveProperty('TINTYPE_PASSPHRASE')
    expect(stdout + stderr).not.toContain('hush')
  })

  it('shows with --verbose where an error came from', async () => {
    expect((await run(['--verbose', 'at', '@x', 'ls'])).stderr).toMatch(/ {4}at .*store-location/)
    expect((await run(['at', '@x', 'ls'])).stderr).not.toContain('store-location')
  })

  it('explains all commands to machines', async () => {
    const { lines } = await run(['help', '--json'])

    expect(lines.map((line) => JSON.parse(line).name)).toEqual(commands.map(({ name }) => name))
  })
})
