/**
 * The real `plakar server`, on a store in a folder, at a free port of this computer.
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
  const port = await freePort()
  const args = ['-stdio', 'at', store, 'server', '-listen', `127.0.0.1:${port}`]
  const child = spawn(PLAKAR ?? 'plakar', options.allowDelete ? [...args, '-allow-delete'] : args, {
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
      if (said.includes('listening on')) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`plakar server ended with ${code}: ${said}`)))
  })
  const exited = once(child, 'exit')
  return {
    url: `http://127.0.0.1:${port}`,
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
