import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { fromHex, toHex } from '../util/bytes.ts'
import { type Configuration, decodeConfiguration, encodeConfiguration } from './configuration.ts'
import { loadBlake3 } from './crypto/blake3.ts'
import { MalformedConfigurationError } from './damage.ts'
import { configurationMac } from './repository-keys.ts'
import { ResourceType } from './resource-type.ts'
import { requireSupported, UnsupportedRepositoryError } from './supported-configuration.ts'
import { peel, unwrap } from './wrapper.ts'

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
            error instanceof UnsupportedRepositoryError
          expect(isTyped).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})

test.for<{ what: string; change: (configuration: Configuration) => void }>([
  {
    what: 'compression ZSTD',
    change: (c) => {
      c.compression!.algorithm = 'ZSTD'
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
