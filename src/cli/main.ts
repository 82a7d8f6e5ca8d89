/**
 * The program as a process: what `bin/tintype` starts.
 * @module
 */
import { availableParallelism, homedir } from 'node:os'
import type { Host } from './host.ts'
import { runProgram } from './program.ts'

/** Runs the command line of this process and ends it with the exit code of the contract. */
export async function main(): Promise<void> {
  const code = await runProgram(thisProcess())
  process.exit(code)
}

function thisProcess(): Host {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signals: process,
    platform: process.platform,
    homeDir: homedir(),
    processors: availableParallelism(),
    now: () => new Date(),
    ticksMs: () => performance.now(),
    exit: (code) => process.exit(code),
  }
}
