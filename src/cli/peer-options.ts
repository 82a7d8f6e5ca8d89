/**
 * The options of commands that work on two stores, for the passphrase of the other one.
 * @module
 */
import type { OptionTable } from './command.ts'

export const peerOptions = {
  peerPassphraseFile: {
    describe:
      'The first line of FILE is the passphrase of the other store; else $TINTYPE_PEER_PASSPHRASE, else a prompt',
    value: 'FILE',
    completes: 'file',
  },
  peerPassphraseCommand: {
    describe:
      'CMD prints the passphrase of the other store; no shell is used. Also $TINTYPE_PEER_PASSPHRASE_COMMAND',
    value: 'CMD',
  },
} as const satisfies OptionTable
