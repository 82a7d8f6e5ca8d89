/**
 * The options every command takes, before or after its name.
 * @module
 */
import type { OptionTable, ValuesOf } from './command.ts'

export const globalOptions = {
  json: { describe: 'Machine output: one JSON object a line on stdout, nothing else there' },
  quiet: { describe: 'Say less', short: 'q' },
  verbose: { describe: 'Say more; with an error, where it came from', short: 'v' },
  noProgress: { describe: 'No live display (there is none in a pipe anyway)' },
  passphraseFile: {
    describe: 'The first line of FILE is the passphrase; else $TINTYPE_PASSPHRASE, else a prompt',
    value: 'FILE',
    completes: 'file',
  },
  passphraseCommand: {
    describe:
      'CMD prints the passphrase, e.g. "pass show photos"; no shell is used. Also $TINTYPE_PASSPHRASE_COMMAND',
    value: 'CMD',
  },
  configDir: {
    describe: 'Folder of the configuration; else $TINTYPE_CONFIG_DIR',
    value: 'DIR',
    completes: 'folder',
  },
  cacheDir: {
    describe: 'Folder of the cache; else $TINTYPE_CACHE_DIR. Deleting it costs time only',
    value: 'DIR',
    completes: 'folder',
  },
  help: { describe: 'Explain the command', short: 'h' },
  version: { describe: 'Tell the version' },
} as const satisfies OptionTable

export type GlobalOptions = ValuesOf<typeof globalOptions>
