/**
 * The passphrase for a new store: typed twice, and not weak unless that is wanted.
 * @module
 */
import type { Secret } from '../config/secret.ts'
import { CodedError } from '../util/coded-error.ts'
import { canPrompt } from './hidden-prompt.ts'
import {
  askHidden,
  EmptyPassphraseError,
  givenPassphrase,
  PassphraseNeededError,
  type PassphraseSources,
  TRIES,
} from './passphrase.ts'
import { ENOUGH_BITS, passphraseBits } from './passphrase-strength.ts'
import { suggestPassphrase } from './suggest-passphrase.ts'
import type { Terminal } from './terminal.ts'

/** One that was given and not typed is warned about only, so that scripts go on. */
export async function choosePassphrase(
  sources: PassphraseSources,
  options: { allowWeak: boolean },
): Promise<Secret> {
  const given = await givenPassphrase(sources)
  if (given) return warnWhenWeak(given, options, sources.terminal)
  if (!canPrompt(sources.keyboard)) throw new PassphraseNeededError(sources.names)
  return chooseAtPrompt(sources, options)
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
    if (tries < TRIES - 1) object(objection, terminal)
  }
  throw objection
}

/** Says what is wrong; who has no good idea is offered one, made on this machine a moment ago. */
function object(objection: CodedError, terminal: Terminal): void {
  terminal.note(`${objection.message}. ${objection.hint ?? ''}`.trim())
  if (!(objection instanceof PassphrasesDifferError)) {
    terminal.note(`For example this one, made by chance just now: ${suggestPassphrase()}`)
  }
}

function objectionTo(passphrase: Secret, allowWeak: boolean): CodedError | undefined {
  if (passphrase.isEmpty) return new EmptyPassphraseError()
  const bits = passphraseBits(passphrase.reveal())
  return bits < ENOUGH_BITS && !allowWeak ? new WeakPassphraseError(bits) : undefined
}

function weakness(bits: number): string {
  return `The passphrase is weak: about ${Math.floor(bits)} of at least ${ENOUGH_BITS} bits`
}

export class WeakPassphraseError extends CodedError {
  readonly code = 'WEAK_PASSPHRASE'
  constructor(bits: number) {
    super(weakness(bits), {
      hint: 'Take five or more unrelated words that are no saying and no title, or add --weak-passphrase to use it all the same.',
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
