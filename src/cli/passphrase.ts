/**
 * Where the passphrase comes from: `--passphrase-file`, else `TINTYPE_PASSPHRASE`, else the person.
 * @module
 */
import { open } from 'node:fs/promises'
import { Secret } from '../config/secret.ts'
import { CodedError, codeOf } from '../util/coded-error.ts'
import { canPrompt, type Keyboard, readHiddenLine } from './hidden-prompt.ts'
import { ENOUGH_BITS, passphraseBits } from './passphrase-strength.ts'
import { printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

/** A passphrase is a line; a file without one in its first bytes is something else. */
const LONGEST_FIRST_LINE_BYTES = 64 * 1024

/** How often a person may try. */
export const TRIES = 3

export interface PassphraseSources {
  /** `--passphrase-file`. */
  file: string | undefined
  /** `TINTYPE_PASSPHRASE`, which no child process sees any more. */
  fromEnvironment: Secret | undefined
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
  if (!canPrompt(sources.keyboard)) throw new PassphraseNeededError()
  return { passphrase: await askHidden(sources, question), typed: true }
}

/** The passphrase for a new store: typed twice, and not weak unless that is wanted. */
export async function choosePassphrase(
  sources: PassphraseSources,
  options: { allowWeak: boolean },
): Promise<Secret> {
  const given = await givenPassphrase(sources)
  if (given) return warnWhenWeak(given, options, sources.terminal)
  if (!canPrompt(sources.keyboard)) throw new PassphraseNeededError()
  return chooseAtPrompt(sources, options)
}

async function givenPassphrase(sources: PassphraseSources): Promise<Secret | undefined> {
  const { file, fromEnvironment } = sources
  const given = file === undefined ? fromEnvironment : await readPassphraseFile(file)
  if (given?.isEmpty) throw new EmptyPassphraseError()
  return given
}

function warnWhenWeak(given: Secret, { allowWeak }: { allowWeak: boolean }, terminal: Terminal) {
  const bits = passphraseBits(given.reveal())
  if (bits < ENOUGH_BITS && !allowWeak) {
    terminal.note(terminal.noteStyle.warning(`Warning: ${weakness(bits)}.`))
  }
  return given
}

async function chooseAtPrompt(
  sources: PassphraseSources,
  { allowWeak }: { allowWeak: boolean },
): Promise<Secret> {
  const { terminal } = sources
  terminal.note(
    'Choose a passphrase. Without it nobody can read the store, and nobody can reset it:',
  )
  terminal.note('write it down and keep it apart from the store.')
  let objection: CodedError = new EmptyPassphraseError()
  for (let tries = 0; tries < TRIES; tries++) {
    const first = await askHidden(sources, 'New passphrase: ')
    const weak = objectionTo(first, allowWeak)
    if (weak === undefined) {
      if (first.equals(await askHidden(sources, 'Once more: '))) return first
      objection = new PassphrasesDifferError()
    } else {
      objection = weak
    }
    if (tries < TRIES - 1) terminal.note(`${objection.message}. ${objection.hint ?? ''}`.trim())
  }
  throw objection
}

function objectionTo(passphrase: Secret, allowWeak: boolean): CodedError | undefined {
  if (passphrase.isEmpty) return new EmptyPassphraseError()
  const bits = passphraseBits(passphrase.reveal())
  return bits < ENOUGH_BITS && !allowWeak ? new WeakPassphraseError(bits) : undefined
}

async function askHidden({ keyboard, terminal, signal }: PassphraseSources, question: string) {
  try {
    const ask = () => terminal.ask(question)
    return new Secret(await readHiddenLine(keyboard, { ask, signal }))
  } finally {
    terminal.ask('\n')
  }
}

/** The first line of `file`, without its end. Works for pipes such as `/dev/fd/3` too. */
export async function readPassphraseFile(file: string): Promise<Secret> {
  try {
    await using handle = await open(file, 'r')
    const buffer = Buffer.alloc(LONGEST_FIRST_LINE_BYTES)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null)
      length += bytesRead
      if (bytesRead === 0 || buffer.subarray(0, length).includes(0x0a)) break
    }
    const text = buffer.toString('utf8', 0, length)
    return new Secret(text.replace(/\n[\s\S]*$/, '').replace(/\r$/, ''))
  } catch (problem) {
    throw new PassphraseFileError(file, problem)
  }
}

function weakness(bits: number): string {
  return `The passphrase is weak: about ${Math.floor(bits)} of at least ${ENOUGH_BITS} bits`
}

/** A store is encrypted, no passphrase was given, and there is no terminal to ask at. */
export class PassphraseNeededError extends CodedError {
  readonly code = 'PASSPHRASE_NEEDED'
  constructor() {
    super('a passphrase is needed, and there is no terminal to ask for it', {
      hint: 'Use --passphrase-file FILE, set TINTYPE_PASSPHRASE, or run the command in a terminal.',
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

export class WeakPassphraseError extends CodedError {
  readonly code = 'WEAK_PASSPHRASE'
  constructor(bits: number) {
    super(weakness(bits), {
      hint: 'Take four or more unrelated words, or add --weak-passphrase to use it all the same.',
    })
  }
}

/** A new passphrase was typed twice, and not the same both times. */
export class PassphrasesDifferError extends CodedError {
  readonly code = 'PASSPHRASES_DIFFER'
  constructor() {
    super('The two passphrases differ', { hint: 'Type the same one twice.' })
  }
}

export class PassphraseFileError extends CodedError {
  readonly code = 'PASSPHRASE_FILE_UNREADABLE'
  constructor(file: string, cause: unknown) {
    const reason =
      codeOf(cause) === 'ENOENT' ? 'there is no such file' : (codeOf(cause) ?? 'unknown')
    super(`cannot read the passphrase from ${printable(file)}: ${reason}`, {
      hint: 'Check the path after --passphrase-file.',
      cause,
    })
  }
}
