import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { MemoryStore } from '../stores/memory/memory-store.ts'
import { concatBytes, fromHex, toHex } from '../util/bytes.ts'
import {
  type Configuration,
  decodeConfiguration,
  encodeConfiguration,
  type KdfConfiguration,
} from './configuration.ts'
import { loadBlake3 } from './crypto/blake3.ts'
import { UnacceptableKdfError } from './crypto/kdf.ts'
import { MalformedConfigurationError } from './damage.ts'
import { openRepository } from './repository.ts'
import { configurationMac } from './repository-keys.ts'
import { ResourceType } from './resource-type.ts'
import { requireSupported, UnsupportedRepositoryError } from './supported-configuration.ts'
import { peel, unwrap, wrap } from './wrapper.ts'

const vectors: { config: { case: string; fileHex: string }[] } = JSON.parse(
  readFileSync(
    new URL('../../test/fixtures/kloset/config-and-time-vectors.json', import.meta.url),
    'utf8',
  ),
)
const bodyOf = (name: string) => {
  const { fileHex } = vectors.config.find((vector) => vector.case === name)!
  return peel(fromHex(fileHex), ResourceType.CONFIG).body
}

beforeAll(loadBlake3)

test.for(vectors.config)('CONFIG $case is written as plakar writes it', ({ fileHex }) => {
  const { body } = peel(fromHex(fileHex), ResourceType.CONFIG)

  expect(toHex(encodeConfiguration(decodeConfiguration(body)))).toBe(toHex(body))
})

it('the trailer of a plaintext CONFIG is plain BLAKE3', () => {
  const { fileHex } = vectors.config.find((vector) => vector.case === 'c-plain')!

  const { version } = unwrap(fromHex(fileHex), ResourceType.CONFIG, configurationMac(undefined))

  expect(version).toBe(0x10000)
})

describe('a CONFIG', () => {
  const body = bodyOf('c-enc')

  it('is refused when any of its end is missing', () => {
    for (let length = 0; length < body.length; length++) {
      expect(() => decodeConfiguration(body.subarray(0, length))).toThrow(
        MalformedConfigurationError,
      )
    }
  })

  it('is understood, refused or called damaged, whatever its bytes are', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(changes, (changes) => {
        const bytes = body.slice()
        for (const [at, value] of changes) bytes[at % bytes.length] = value

        try {
          requireSupported(decodeConfiguration(bytes), 'somewhere')
        } catch (error) {
          const isTyped =
            error instanceof MalformedConfigurationError ||
            error instanceof UnsupportedRepositoryError ||
            error instanceof UnacceptableKdfError
          expect(isTyped).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})

test.for<{ what: string; change: (configuration: Configuration) => void }>([
  {
    what: 'compression BROTLI',
    change: (c) => {
      c.compression!.algorithm = 'BROTLI'
    },
  },
  {
    what: 'hashing SHA3/256',
    change: (c) => {
      c.hashing.algorithm = 'SHA3'
    },
  },
  {
    what: 'hashing BLAKE3/512',
    change: (c) => {
      c.hashing.bits = 512
    },
  },
  {
    what: 'encryption AES256-XTS',
    change: (c) => {
      c.encryption!.dataAlgorithm = 'AES256-XTS'
    },
  },
  {
    what: 'key wrapping RSA',
    change: (c) => {
      c.encryption!.subKeyAlgorithm = 'RSA'
    },
  },
  {
    what: 'in pieces of 1000000',
    change: (c) => {
      c.encryption!.chunkSize = 1_000_000
    },
  },
  {
    what: 'in pieces of 0',
    change: (c) => {
      c.encryption!.chunkSize = 0
    },
  },
  {
    what: 'key derivation BCRYPT',
    change: (c) => {
      c.encryption!.kdfParams.kdf = 'BCRYPT'
    },
  },
  {
    what: 'key derivation SCRYPT',
    change: (c) => {
      c.encryption!.kdfParams.kdf = 'SCRYPT'
    },
  },
])('a repository with $what is refused by name', ({ what, change }) => {
  const configuration = decodeConfiguration(bodyOf('c-enc'))
  change(configuration)

  expect(() => requireSupported(configuration, 'somewhere')).toThrow(UnsupportedRepositoryError)
  expect(() => requireSupported(configuration, 'somewhere')).toThrow(what)
})

describe('the key derivation that a CONFIG asks for', () => {
  test.for<{ what: string; change: (kdf: KdfConfiguration) => void }>([
    {
      what: '16 GiB of memory',
      change: (kdf) => {
        kdf.argon2id!.memory = 16 * 1024 ** 2
      },
    },
    {
      what: '8 KiB of memory',
      change: (kdf) => {
        kdf.argon2id!.memory = 8
      },
    },
    {
      what: 'a salt of one byte',
      change: (kdf) => {
        kdf.salt = new Uint8Array(1)
      },
    },
    {
      what: 'a key of 16 bytes',
      change: (kdf) => {
        kdf.argon2id!.keyLen = 16
      },
    },
  ])('is refused before anybody is asked for a passphrase: $what', async ({ change }) => {
    const configuration = decodeConfiguration(bodyOf('c-enc'))
    change(configuration.encryption!.kdfParams)
    const store = new MemoryStore('somewhere')
    const body = encodeConfiguration(configuration)
    await store.create(
      concatBytes(wrap(ResourceType.CONFIG, 0x10000, [body], configurationMac(undefined))),
    )
    let asked = false

    const opening = openRepository(store, {
      passphrase: async () => {
        asked = true
        return 'a passphrase'
      },
    })

    await expect(opening).rejects.toThrow(UnacceptableKdfError)
    expect(asked).toBe(false)
  })
})
