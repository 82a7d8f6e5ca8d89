/**
 * `recovery-kit`: the facts somebody needs who has the store, the passphrase and nothing else.
 *
 * None of them is secret. CONFIG is among them, byte for byte: it is a few hundred bytes that stand
 * in the store in clear, are written once, and without them no passphrase opens anything.
 * @module
 */
import { createHash } from 'node:crypto'
import type { EncryptionConfiguration } from '../kloset/configuration.ts'
import type { Repository } from '../kloset/repository.ts'
import { toHex } from '../util/bytes.ts'
import { describeRepository, type RepositoryDescription } from './describe-repository.ts'
import { listSnapshotLines, type SnapshotLine } from './list-snapshots.ts'

export interface RecoveryKit {
  /** ISO instant. */
  made: string
  repository: RepositoryDescription
  newest: SnapshotLine | undefined
  /** From the passphrase to the bytes, a sentence a step; empty when nothing is encrypted. */
  decryption: string[]
  /** CONFIG as base64, and the SHA-256 of its bytes. */
  config: { base64: string; bytes: number; sha256: string }
}

export async function recoveryKit(repository: Repository, made: Date): Promise<RecoveryKit> {
  const config = await repository.store.getConfig()
  const { encryption } = repository.configuration
  return {
    made: made.toISOString(),
    repository: await describeRepository(repository),
    newest: (await listSnapshotLines(repository))[0],
    decryption: encryption === null ? [] : decryptionSteps(encryption),
    config: {
      base64: Buffer.from(config).toString('base64'),
      bytes: config.length,
      sha256: createHash('sha256').update(config).digest('hex'),
    },
  }
}

/** In the words of docs/format, with the numbers of this repository. */
function decryptionSteps(encryption: EncryptionConfiguration): string[] {
  const { dataAlgorithm, subKeyAlgorithm, chunkSize } = encryption
  return [
    `The passphrase (its UTF-8 bytes) becomes a key of 32 bytes by ${keyDerivation(encryption)}.`,
    `Every stored piece begins with a key of its own, wrapped by that key with ${subKeyAlgorithm}.`,
    `With it the piece is decrypted, ${chunkSize} bytes at a time, with ${dataAlgorithm}.`,
  ]
}

function keyDerivation({ kdfParams }: EncryptionConfiguration): string {
  const { kdf, salt, argon2id, scrypt, pbkdf2 } = kdfParams
  const salted = `salt ${toHex(salt ?? new Uint8Array())}`
  if (argon2id) {
    const { memory, time, threads } = argon2id
    return `Argon2id version 1.3 with ${salted}, ${memory} KiB, ${time} passes, ${threads} thread${threads === 1 ? '' : 's'}`
  }
  if (scrypt) return `scrypt with ${salted}, N ${scrypt.n}, r ${scrypt.r}, p ${scrypt.p}`
  if (pbkdf2) {
    return `PBKDF2 with ${salted}, ${pbkdf2.iterations} iterations of HMAC-${pbkdf2.hashing}`
  }
  return `${kdf} with ${salted}`
}
