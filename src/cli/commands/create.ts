import { defineCommand } from '../command.ts'
import { printable } from '../printable.ts'
import { UsageError } from '../usage-error.ts'

const COMPRESSIONS = { lz4: 'LZ4', gzip: 'GZIP', zstd: 'ZSTD', none: null } as const

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
    hashing: {
      describe: 'What names and authenticates everything, BLAKE3 by default',
      value: 'NAME',
      choices: ['BLAKE3', 'SHA256'],
    },
    compression: {
      describe: 'Of metadata, lz4 by default; photos and videos are never compressed',
      value: 'NAME',
      choices: ['lz4', 'gzip', 'zstd', 'none'],
    },
    noCompression: { describe: 'The same as --compression none' },
  },
  examples: [
    { line: 'create', does: 'in the default place' },
    { line: 'at /media/disk/photos create', does: 'on another disk' },
  ],
  needsStore: true,

  async run({ options }, context) {
    const { terminal, json, quiet, openStore, choosePassphrase, suggest, folders } = context
    const { plaintext, kdfMemory, weakPassphrase, hashing, noCompression } = options
    if (plaintext && kdfMemory !== undefined) {
      throw new UsageError('--kdf-memory has no meaning with --plaintext')
    }
    const compression = noCompression ? 'none' : options.compression
    if (noCompression && (options.compression ?? 'none') !== 'none') {
      throw new UsageError(`--no-compression contradicts --compression ${options.compression}`)
    }
    const { createRepositoryIn } = await import('../../operations/open-repository.ts')
    await using store = await openStore()
    const passphrase = plaintext ? undefined : await choosePassphrase({ allowWeak: weakPassphrase })
    await createRepositoryIn(store, {
      cacheDir: folders.cache,
      ...(passphrase ? { passphrase: passphrase.reveal() } : {}),
      ...(kdfMemory === undefined ? {} : { kdfMemoryMiB: kdfMemory }),
      ...(hashing === undefined ? {} : { hashing }),
      ...(compression === undefined ? {} : { compression: COMPRESSIONS[compression] }),
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
      await terminal.line(`Then: ${suggest('recovery-kit --to recovery-kit.html')}, and print it`)
    }
    return 'done'
  },
})
