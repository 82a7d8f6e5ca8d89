/**
 * Where a passphrase comes from. What was given on the command line comes first, a person last:
 *
 *   --passphrase-file FILE, or --passphrase-command CMD   (one of them)
 *   $TINTYPE_PASSPHRASE, else $TINTYPE_PASSPHRASE_COMMAND
 *   a prompt, when there is a terminal
 *
 * A second store in the same run has a passphrase of its own and names of its own for all of these.
 * @module
 */
import { Secret } from '../config/secret.ts'
import { CodedError } from '../util/coded-error.ts'
import { canPrompt, type Keyboard, readHiddenLine } from './hidden-prompt.ts'
import { runPassphraseCommand } from './passphrase-command.ts'
import { readPassphraseFile } from './passphrase-file.ts'
import { printable } from './printable.ts'
import { shellWord } from './shell-word.ts'
import type { Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** How often a person may try. */
export const TRIES = 3

/** How the places are called where one passphrase may come from. */
export interface PassphraseNames {
  file: string
  command: string
  variable: string
  commandVariable: string
}

/** The store that a command works on. */
export const OWN_NAMES: PassphraseNames = {
  file: '--passphrase-file',
  command: '--passphrase-command',
  variable: 'TINTYPE_PASSPHRASE',
  commandVariable: 'TINTYPE_PASSPHRASE_COMMAND',
}

/** The other store of a command that works on two. */
export const PEER_NAMES: PassphraseNames = {
  file: '--peer-passphrase-file',
  command: '--peer-passphrase-command',
  variable: 'TINTYPE_PEER_PASSPHRASE',
  commandVariable: 'TINTYPE_PEER_PASSPHRASE_COMMAND',
}

export interface PassphraseSources {
  names: PassphraseNames
  /** The value of the option `names.file`. */
  file: string | undefined
  /** The value of the option `names.command`. */
  command: string | undefined
  /** `names.variable`, which no child process sees any more. */
  fromEnvironment: Secret | undefined
  /** Of the process, without secrets; `names.commandVariable` is looked up here. */
  env: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  keyboard: Keyboard
  terminal: Terminal
  signal: AbortSignal
}

/** The passphrase of an existing store, and whether a person typed it and may try again. */
export async function findPassphrase(
  sources: PassphraseSources,
  question: string,
): Promise<{ passphrase: Secret; typed: boolean }> {
  const given = await givenPassphrase(sources)
  if (given) return { passphrase: given, typed: false }
  if (!canPrompt(sources.keyboard)) throw new PassphraseNeededError(sources.names)
  return { passphrase: await askHidden(sources, question), typed: true }
}

/** The passphrase, where it comes from anything but a person. */
export async function givenPassphrase(sources: PassphraseSources): Promise<Secret | undefined> {
  const given = await fromWherever(sources)
  if (given?.isEmpty) throw new EmptyPassphraseError()
  return given
}

async function fromWherever(sources: PassphraseSources): Promise<Secret | undefined> {
  const { names, file, command, fromEnvironment, env } = sources
  if (file !== undefined && command !== undefined) {
    throw new UsageError(`${names.file} and ${names.command} exclude each other`)
  }
  if (file !== undefined) return fromFile(file, sources.terminal)
  const run = command ?? (fromEnvironment ? undefined : env[names.commandVariable])
  return run ? runPassphraseCommand(run, sources) : fromEnvironment
}

async function fromFile(file: string, terminal: Terminal): Promise<Secret> {
  const { passphrase, readableByOthers } = await readPassphraseFile(file)
  if (readableByOthers) {
    const name = printable(file)
    const text = `Warning: other users of this machine can read ${name}. Make it yours alone: chmod 600 ${shellWord(name)}`
    terminal.note(terminal.noteStyle.warning(text))
  }
  return passphrase
}

export async function askHidden(
  { keyboard, terminal, signal }: PassphraseSources,
  question: string,
): Promise<Secret> {
  try {
    const ask = () => terminal.ask(question)
    return new Secret(await readHiddenLine(keyboard, { ask, signal }))
  } finally {
    terminal.ask('\n')
  }
}

/** A store is encrypted, no passphrase was given, and there is no terminal to ask at. */
export class PassphraseNeededError extends CodedError {
  readonly code = 'PASSPHRASE_NEEDED'
  constructor({ file, command, variable }: PassphraseNames) {
    super('a passphrase is needed, and there is no terminal to ask for it', {
      hint: `Use ${file} FILE or ${command} CMD, set ${variable}, or run the command in a terminal.`,
    })
  }
}

export class EmptyPassphraseError extends CodedError {
  readonly code = 'EMPTY_PASSPHRASE'
  constructor() {
    super('the passphrase is empty', {
      hint: 'Give one, or make a store without encryption with: create --plaintext',
    })
  }
}
