/**
 * One run of the program: understand the command line, run the command, tell how it ended.
 * @module
 */
import { foldersOf } from '../config/folders.ts'
import { Secret } from '../config/secret.ts'
import { exitCodeOf, type Outcome, outcomeOfError } from '../operations/outcome.ts'
import type { AnyCommand } from './command.ts'
import { help } from './commands/help.ts'
import { commands } from './commands/index.ts'
import { version } from './commands/version.ts'
import { type ContextParts, createContext } from './context.ts'
import { explainError, traceOf } from './explain-error.ts'
import type { Host } from './host.ts'
import { Interruption } from './interruption.ts'
import { type Invocation, parseCommandLine } from './parse-command-line.ts'
import { OWN_NAMES, PEER_NAMES } from './passphrase.ts'
import { Terminal } from './terminal.ts'

/** Runs `host.argv` and returns the exit code. Never throws. */
export async function runProgram(host: Host): Promise<number> {
  const secrets = {
    fromEnvironment: takeSecret(host.env, OWN_NAMES.variable),
    peerFromEnvironment: takeSecret(host.env, PEER_NAMES.variable),
  }
  const terminal = new Terminal(host)
  using interruption = new Interruption(host.signals, {
    onFirst: () =>
      terminal.note('Stopping… what is stored stays usable; the same command continues.'),
    onSecond: () => {
      terminal.clearStatus()
      host.exit(exitCodeOf('interrupted'))
    },
  })
  const { signal } = interruption
  const outcome = await runSafely(host, terminal, signal, secrets)
  return exitCodeOf(await flushed(terminal, outcome))
}

/** Takes a secret out of the environment, so that no child process inherits it. */
function takeSecret(env: Host['env'], variable: string): Secret | undefined {
  const text = env[variable]
  delete env[variable]
  return text === undefined ? undefined : new Secret(text)
}

async function runSafely(
  host: Host,
  terminal: Terminal,
  signal: AbortSignal,
  secrets: Pick<ContextParts, 'fromEnvironment' | 'peerFromEnvironment'>,
): Promise<Outcome> {
  const startedMs = host.ticksMs()
  let invocation: Invocation | undefined
  try {
    invocation = parseCommandLine(host.argv, commands)
    const { globals, store } = invocation
    if (globals.json) terminal.withoutStyle()
    const folders = foldersOf({ ...host, configDir: globals.configDir, cacheDir: globals.cacheDir })
    const context = createContext({
      ...{ terminal, globals, store, host, signal, folders, commands },
      ...secrets,
    })
    const { command, given } = chooseCommand(invocation)
    const outcome = await command.run(given, context)
    return asksForNothing(invocation) ? 'usage' : outcome
  } catch (thrown) {
    const json = invocation?.globals.json ?? host.argv.some((word) => /^--?json$/.test(word))
    const verbose = invocation?.globals.verbose ?? false
    const seconds = (host.ticksMs() - startedMs) / 1000
    const failedResult = json ? resultWhenFailed(invocation?.command, seconds) : undefined
    return await tellFailure(thrown, { terminal, json, verbose, signal, failedResult })
  }
}

function resultWhenFailed(command: AnyCommand | undefined, seconds: number): object | undefined {
  const counts = command?.countsWhenFailed
  if (counts === undefined) return undefined
  return { type: 'result', status: 'failed', ...counts, seconds: Math.round(seconds * 1000) / 1000 }
}

/** `--help` and `--version` turn every command line into that command; so does an empty one. */
function chooseCommand({ globals, command, options, args }: Invocation): {
  command: AnyCommand
  given: { options: Record<string, unknown>; args: string[] }
} {
  if (globals.version) return { command: version, given: { options: {}, args: [] } }
  if (command && !globals.help) return { command, given: { options, args } }
  return { command: help, given: { options: {}, args: command ? [command.name] : [] } }
}

function asksForNothing({ globals, command }: Invocation): boolean {
  return command === undefined && !globals.help && !globals.version
}

interface FailureOptions {
  terminal: Terminal
  json: boolean
  verbose: boolean
  signal: AbortSignal
  failedResult: object | undefined
}

async function tellFailure(thrown: unknown, options: FailureOptions): Promise<Outcome> {
  const { terminal, json, verbose, signal, failedResult } = options
  const outcome = signal.aborted ? 'interrupted' : outcomeOfError(thrown)
  const explanation =
    outcome === 'interrupted' ? { code: 'ABORTED', message: 'interrupted' } : explainError(thrown)
  const style = terminal.noteStyle
  terminal.clearStatus()
  terminal.note(`${style.bad('tintype:')} ${explanation.message}`)
  if ('hint' in explanation && explanation.hint) terminal.note(`  ${explanation.hint}`)
  if (verbose) for (const line of traceOf(thrown)) terminal.note(style.faint(line))
  if (json) await tellMachine(terminal, { type: 'error', ...explanation }, failedResult)
  return outcome
}

async function tellMachine(terminal: Terminal, error: object, result: object | undefined) {
  try {
    await terminal.json(error)
    if (result) await terminal.json(result)
  } catch {
    // stdout is what failed; stderr has said so
  }
}

/** Output that cannot be written (a full disk behind `>`) turns success into failure. */
async function flushed(terminal: Terminal, outcome: Outcome): Promise<Outcome> {
  try {
    await terminal.flush()
    return outcome
  } catch (thrown) {
    terminal.note(`tintype: the output could not be written: ${explainError(thrown).message}`)
    return outcome === 'done' ? outcomeOfError(thrown) : outcome
  }
}
