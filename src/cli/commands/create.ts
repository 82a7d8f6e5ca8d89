import { defineCommand } from '../command.ts'
import { printable } from '../printable.ts'
import { UsageError } from '../usage-error.ts'

export const create = defineCommand({
  name: 'create',
  summary: 'Make a new store, encrypted with a passphrase',
  description: [
    'A store is a folder that keeps the library encrypted, deduplicated and in versions; the program plakar opens it too. It must be new or empty.',
    'Nobody can read or reset a store without its passphrase. Keep a copy of it apart from the store.',
  ],
  options: {
    plaintext: { describe: 'Without encryption: whoever has the store sees the photos' },
    kdfMemory: {
      describe: "Memory that each guess at the passphrase costs (Argon2id's), default 256",
      value: 'MIB',
      integer: { min: 8, max: 4096 },
    },
    weakPassphrase: { describe: 'Accept a passphrase that is easy to guess' },
  },
  examples: [
    { line: 'create', does: 'in the default place' },
    { line: 'at /media/disk/photos create', does: 'on another disk' },
  ],
  needsStore: true,

  async run({ options }, { terminal, json, quiet, openStore, choosePassphrase, suggest }) {
    const { plaintext, kdfMemory, weakPassphrase } = options
    if (plaintext && kdfMemory !== undefined) {
      throw new UsageError('--kdf-memory has no meaning with --plaintext')
    }
    const { createRepositoryIn } = await import('../../operations/open-repository.ts')
    await using store = await openStore()
    const passphrase = plaintext ? undefined : await choosePassphrase({ allowWeak: weakPassphrase })
    await createRepositoryIn(store, {
      ...(passphrase ? { passphrase: passphrase.reveal() } : {}),
      ...(kdfMemory === undefined ? {} : { kdfMemoryMiB: kdfMemory }),
    })

    const { location } = store
    if (json) {
      await terminal.json({
        type: 'result',
        status: 'complete',
        store: location,
        encrypted: !plaintext,
      })
    } else if (!quiet) {
      const kind = plaintext ? 'store WITHOUT encryption' : 'encrypted store'
      await terminal.line(
        `Made an ${kind} at ${printable(location)}`.replace('an store', 'a store'),
      )
      await terminal.line(`Next: ${suggest('backup SOURCE…')}`)
    }
    return 'done'
  },
})
