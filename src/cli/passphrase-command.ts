/**
 * A passphrase that a program prints, such as a password manager: the first line of its output.
 *
 * No shell runs (split-words.ts). The program may ask the person: it has the keyboard and stderr.
 * @module
 */
import { spawn } from 'node:child_process'
import { Secret } from '../config/secret.ts'
import { CodedError, codeOf } from '../util/coded-error.ts'
import { firstLine, LONGEST_FIRST_LINE_BYTES } from './passphrase-file.ts'
import { printable } from './printable.ts'
import { splitWords } from './split-words.ts'
import { UsageError } from './usage-error.ts'

/** Long enough for a person who has to unlock a password manager first. */
const TIMEOUT_MS = 120_000

export interface PassphraseCommandOptions {
  env: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  signal: AbortSignal
  timeoutMs?: number
}

/**
 * @throws {UsageError} when the line cannot be split
 * @throws {PassphraseCommandError} when it fails; its output is never shown
 */
export async function runPassphraseCommand(
  line: string,
  options: PassphraseCommandOptions,
): Promise<Secret> {
  const split = splitWords(line, options.platform)
  if ('objection' in split) {
    throw new UsageError(`the passphrase command cannot be used: ${split.objection}`, {
      hint: "Write program and arguments; what needs a shell is written: sh -c '…'",
    })
  }
  const [program = '', ...args] = split.words
  return new Secret(firstLine(await outputOf(program, args, options)))
}

function outputOf(
  program: string,
  args: readonly string[],
  { env, signal, timeoutMs = TIMEOUT_MS }: PassphraseCommandOptions,
): Promise<string> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const failed = (reason: string, cause?: unknown) =>
      reject(new PassphraseCommandError(program, reason, { cause }))
    const child = spawn(program, args, {
      stdio: ['inherit', 'pipe', 'inherit'],
      env: { ...env },
      timeout: timeoutMs,
      windowsHide: true,
    })
    const stop = () => child.kill()
    signal.addEventListener('abort', stop, { once: true })
    const pieces: Buffer[] = []
    let length = 0
    child.stdout.on('data', (piece: Buffer) => {
      length += piece.length
      if (length <= LONGEST_FIRST_LINE_BYTES) pieces.push(piece)
      else child.kill()
    })
    child.on('error', (cause) => {
      signal.removeEventListener('abort', stop)
      failed(codeOf(cause) === 'ENOENT' ? 'there is no such program' : String(codeOf(cause)), cause)
    })
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) reject(signal.reason)
      else if (length > LONGEST_FIRST_LINE_BYTES) failed('it prints far more than a passphrase')
      else if (code === 0) resolve(Buffer.concat(pieces).toString('utf8'))
      else if (code !== null) failed(`it ended with exit code ${code}`)
      else failed(`it was ended by ${killedBy}, after at most ${timeoutMs / 1000} s`)
    })
  })
}

/** The program that should print the passphrase did not. */
export class PassphraseCommandError extends CodedError {
  readonly code = 'PASSPHRASE_COMMAND_FAILED'
  constructor(program: string, reason: string, options: { cause?: unknown } = {}) {
    super(`the passphrase command ${printable(program)} gave no passphrase: ${reason}`, {
      hint: 'Run the command by itself: it must print the passphrase and end with exit code 0.',
      ...options,
    })
  }
}
