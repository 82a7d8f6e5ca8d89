/**
 * The real `plakar server` and `plakar mount`, on a store in a folder, at a free port of this computer.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { PLAKAR } from '../plakar.ts'
import { PASSPHRASE } from '../run-program.ts'

export interface RunningServer extends AsyncDisposable {
  url: string
}

export async function startPlakarServer(
  home: string,
  store: string,
  options: { allowDelete: boolean },
): Promise<RunningServer> {
  const address = `127.0.0.1:${await freePort()}`
  const args = ['at', store, 'server', '-listen', address]
  const all = options.allowDelete ? [...args, '-allow-delete'] : args
  return listening(home, all, { says: 'listening on', url: `http://${address}` })
}

/** `plakar mount`, which serves the files of all snapshots by HTTP where FUSE may not be had. */
export async function startPlakarMount(home: string, store: string): Promise<RunningServer> {
  const url = `http://127.0.0.1:${await freePort()}`
  return listening(home, ['at', store, 'mount', '-to', url], { says: 'serving at', url })
}

/** Waits until plakar `says` that it answers. */
async function listening(
  home: string,
  args: readonly string[],
  { says, url }: { says: string; url: string },
): Promise<RunningServer> {
  const child = spawn(PLAKAR ?? 'plakar', ['-stdio', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_DATA_HOME: join(home, 'data'),
      PLAKAR_PASSPHRASE: PASSPHRASE,
    },
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer) => {
      said += String(text)
      if (said.includes(says)) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`plakar ended with ${code}: ${said}`)))
  })
  const exited = once(child, 'exit')
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
