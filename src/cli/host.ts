/**
 * The machine and process the program runs in, as arguments: tests bring their own.
 * @module
 */
import type { Keyboard } from './hidden-prompt.ts'
import type { SignalSource } from './interruption.ts'
import type { Output } from './terminal.ts'

export interface Host {
  /** What follows `tintype`. */
  argv: readonly string[]
  env: Record<string, string | undefined>
  stdin: Keyboard
  stdout: Output
  stderr: Output
  signals: SignalSource
  platform: NodeJS.Platform
  homeDir: string
  /** Processors this process may use. */
  processors: number
  now(): Date
  /** A clock in milliseconds that never jumps. */
  ticksMs(): number
  /** Ends the process at once. */
  exit(code: number): void
}
