/**
 * The double as a process of its own.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { KEY_PAIR } from './s3-double.ts'

export interface S3Server extends AsyncDisposable {
  /** A place in its bucket. */
  location(prefix: string): string
  /** What a client needs to know besides. */
  env: Record<string, string>
}

const PROGRAM = fileURLToPath(new URL('serve.ts', import.meta.url))

/** @param args options of serve.ts */
export async function startS3Server(...args: string[]): Promise<S3Server> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const [port] = (await once(lines, 'line')) as [string]
  return {
    location: (prefix) => `s3+http://127.0.0.1:${port}/photos/${prefix}`,
    env: {
      AWS_ACCESS_KEY_ID: KEY_PAIR.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY_PAIR.secretAccessKey,
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await exited
    },
  }
}
