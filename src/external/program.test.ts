import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { environmentFor, findProgram, startGuarded } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'program-'))
afterAll(() => rmSync(folder, { recursive: true }))

function aProgram(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!${process.execPath}\n${text}`)
  chmodSync(path, 0o755)
  return path
}

/** Prints its process number and lives on; 'stubborn' does not mind being asked to end. */
const LIVES = `process.stderr.write('pid ' + process.pid + '\\n'); setInterval(() => {}, 1000)`

async function pidSaid(stream: NodeJS.ReadableStream): Promise<number> {
  let said = ''
  for await (const text of stream) {
    said += String(text)
    const found = /pid (\d+)/.exec(said)
    if (found) return Number(found[1])
  }
  throw new Error(`it said ${said}`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a program', () => {
  it('is found in an absolute folder of the search path, and nowhere else', async () => {
    const path = aProgram('tool', '')
    const here = relative(process.cwd(), folder)

    expect(await findProgram('tool', { PATH: ['/nowhere', folder].join(delimiter) })).toBe(path)
    expect(await findProgram('tool', { PATH: ['', '.', here].join(delimiter) })).toBeUndefined()
    expect(await findProgram('tool', {})).toBeUndefined()
  })

  it('is not found when it cannot be run', async () => {
    writeFileSync(join(folder, 'note'), 'text')

    expect(await findProgram('note', { PATH: folder })).toBeUndefined()
  })

  it('gets the variables it needs, and no secrets of ours', () => {
    const env = {
      PATH: '/bin',
      HOME: '/home/ann',
      TINTYPE_PASSPHRASE: 'secret',
      NODE_OPTIONS: '--require evil',
      RCLONE_CONFIG: '/rclone.conf',
    }

    const given = environmentFor(env, (name) => name.startsWith('RCLONE_'))

    expect(given).toEqual({ PATH: '/bin', HOME: '/home/ann', RCLONE_CONFIG: '/rclone.conf' })
  })
})

describe('a program that runs for us', () => {
  it('ends when it is not needed any more', async () => {
    const child = startGuarded(aProgram('lives', LIVES), [], { PATH: process.env.PATH ?? '' })
    const ended = once(child, 'exit')
    const pid = await pidSaid(child.stderr!)

    child.stdin!.destroy()
    await ended

    expect(isAlive(pid)).toBe(false)
  })

  it('ends when we are killed', async () => {
    const guarded = aProgram('lives', LIVES)
    const module = new URL('./program.ts', import.meta.url).pathname
    const script = `
      const { startGuarded } = await import(${JSON.stringify(module)})
      startGuarded(${JSON.stringify(guarded)}, [], {}).stderr.pipe(process.stdout)
    `
    const us = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = await pidSaid(us.stdout)
    expect(isAlive(pid)).toBe(true)

    us.kill('SIGKILL')

    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  })
})
