/**
 * How each kind of vector in docs/format/vectors.md is computed from what the page says goes in.
 * @module
 */
import { createHash } from 'node:crypto'
import { createChunker } from '../../src/kloset/chunking/fastcdc.ts'
import { GEAR_TABLE } from '../../src/kloset/chunking/gear-table.ts'
import { createEncryptionStream } from '../../src/kloset/crypto/encryption-stream.ts'
import { deriveKey, type KdfParameters } from '../../src/kloset/crypto/kdf.ts'
import { createMac, type HashingName, unkeyedHash } from '../../src/kloset/crypto/mac.ts'
import type { SubKeyAlgorithm } from '../../src/kloset/crypto/subkey.ts'
import { type CompressionName, createEncoding } from '../../src/kloset/encoding.ts'
import { createPlainKernels } from '../../src/kloset/kernels/kernels.ts'
import { encode, time } from '../../src/kloset/msgpack/schema.ts'
import { encodeFooter, encodeIndex } from '../../src/kloset/packfile/packfile-codec.ts'
import { encodeBtreeNode, encodeBtreeRoot } from '../../src/kloset/records/btree.ts'
import { emptyEntry, encodeEntry } from '../../src/kloset/records/entry.ts'
import { encodeLock } from '../../src/kloset/records/lock.ts'
import { encodeObject } from '../../src/kloset/records/object.ts'
import { emptySummary, encodeSummary } from '../../src/kloset/records/summary.ts'
import { encodeState } from '../../src/kloset/state/state-codec.ts'
import { wrap } from '../../src/kloset/wrapper.ts'
import { concatBytes, fromHex, toHex, utf8 } from '../../src/util/bytes.ts'

/** What goes in, by name; what comes out is `result`. */
export type Given = Record<string, string>

const kernels = createPlainKernels(0)
const VERSION = 0x10000
const EMPTY_NODE = { version: 0, keys: null, pointers: null, values: null, prev: null, next: null }

export const COMPUTE: Record<string, (given: Given) => string | Promise<string>> = {
  mac: ({ hashing, key, text = '' }) =>
    toHex(createMac(hashing as HashingName, fromHex(key!)).of(utf8(text))),
  'key of a repository that is not encrypted': ({ hashing, repositoryId }) =>
    toHex(unkeyedHash(hashing as HashingName, fromHex(repositoryId!))),
  argon2id: async ({ passphrase, salt, time, memoryKiB, threads }) =>
    derive(passphrase!, {
      ...{
        kdf: 'ARGON2ID',
        salt: fromHex(salt!),
        time: Number(time),
        memoryKiB: Number(memoryKiB),
      },
      ...{ threads: Number(threads), keyBytes: 32 },
    }),
  scrypt: async ({ passphrase, salt, n, r, p }) =>
    derive(passphrase!, {
      ...{ kdf: 'SCRYPT', salt: fromHex(salt!), n: Number(n), r: Number(r), p: Number(p) },
      keyBytes: 32,
    }),
  pbkdf2: async ({ passphrase, salt, iterations }) =>
    derive(passphrase!, {
      ...{ kdf: 'PBKDF2', salt: fromHex(salt!), iterations: Number(iterations) },
      ...{ hashing: 'SHA256', keyBytes: 32 },
    }),
  'encryption stream': ({ key, subKeyAlgorithm, random, text = '' }) =>
    seal(key!, subKeyAlgorithm!, random!, text),
  'SHA-256 of the decompressed bytes': ({ compression, frame }) => {
    const options = { compression: compression as CompressionName, encryption: undefined }
    const plain = createEncoding(options, kernels).decode(fromHex(frame!), 10_000)
    return createHash('sha256').update(plain).digest('hex')
  },
  'stored frame': ({ compression, text = '' }) => {
    const options = { compression: compression as CompressionName, encryption: undefined }
    return toHex(createEncoding(options, kernels).encode(utf8(text), 'store'))
  },
  envelope: ({ key, type, text }) =>
    toHex(
      concatBytes(wrap(Number(type), VERSION, [utf8(text!)], createMac('BLAKE3', fromHex(key!)))),
    ),
  'packfile index': ({ type, mac, offset, length }) =>
    toHex(
      encodeIndex([
        {
          type: Number(type),
          version: VERSION,
          mac: fromHex(mac!),
          offset: Number(offset),
          length: Number(length),
          flags: 0,
        },
      ]),
    ),
  'packfile footer': ({ timeNs, count, indexOffset, indexMac }) =>
    toHex(
      encodeFooter({
        timestamp: BigInt(timeNs!) as never,
        count: Number(count),
        indexOffset: Number(indexOffset),
        indexMac: fromHex(indexMac!),
      }),
    ),
  state: ({ parent, timeNs, id, blob, packfile, snapshot }) =>
    toHex(
      encodeState(
        {
          parent: parent!,
          timestamp: BigInt(timeNs!),
          locations: [{ type: 9, mac: blob!, packfile: packfile!, offset: 5, length: 100 }],
          packfiles: [{ packfile: packfile! }],
          coloured: [{ type: 5, mac: snapshot!, when: BigInt(timeNs!) }],
          deleted: [{ entryType: 3, blobType: 4, mac: packfile!, packfile: '0'.repeat(64) }],
        },
        id!,
      ),
    ),
  'state with a hold': ({ timeNs, id, hold, json }) =>
    toHex(
      encodeState(
        {
          ...{ parent: '0'.repeat(64), timestamp: BigInt(timeNs!), locations: [], packfiles: [] },
          holds: [{ id: hold!, when: BigInt(timeNs!), body: utf8(json!) }],
        },
        id!,
      ),
    ),
  time: ({ seconds, nanoseconds }) =>
    toHex(encode(time, { seconds: BigInt(seconds!), nanoseconds: Number(nanoseconds) })),
  lock: ({ seconds, hostname, exclusive }) =>
    toHex(
      encodeLock({
        ...{ version: VERSION, timestamp: { seconds: BigInt(seconds!), nanoseconds: 0 } },
        ...{ hostname: hostname!, exclusive: exclusive === 'true' },
      }),
    ),
  'entry of a directory': ({ parentPath, name, mode, seconds }) =>
    toHex(encodeEntry(entry(parentPath!, name!, Number(mode), seconds!))),
  object: ({ contentMac, length, contentType }) =>
    toHex(
      encodeObject({
        ...{
          version: VERSION,
          contentMac: contentMac!,
          contentType: contentType!,
          entropy: 0,
          flags: 0,
        },
        chunks: [
          {
            version: VERSION,
            contentMac: contentMac!,
            length: Number(length),
            entropy: 0,
            flags: 0,
          },
        ],
      }),
    ),
  'empty summary': () => toHex(encodeSummary(emptySummary())),
  'node of an empty tree': () => toHex(encodeBtreeNode(EMPTY_NODE)),
  'root of a tree': ({ node }) =>
    toHex(encodeBtreeRoot({ version: 0, order: 50, count: 0, root: node! })),
  'SHA-256 of the gear table': () => createHash('sha256').update(GEAR_TABLE).digest('hex'),
  'chunk lengths': ({ algorithm, min, normal, max, length }) =>
    chunkLengths(algorithm!, [min!, normal!, max!].map(Number), Number(length)),
}

async function derive(passphrase: string, parameters: KdfParameters): Promise<string> {
  return toHex(await deriveKey(utf8(passphrase), parameters))
}

function seal(key: string, subKeyAlgorithm: string, random: string, text: string): string {
  const drawn = fromHex(random)
  const options = {
    key: fromHex(key),
    subKeyAlgorithm: subKeyAlgorithm as SubKeyAlgorithm,
    chunkBytes: 65_536,
  }
  const stream = createEncryptionStream(options, kernels, (bytes) =>
    bytes.set(drawn.subarray(0, bytes.length)),
  )
  const sealed = new Uint8Array(stream.sealedBytes(utf8(text).length))
  stream.seal([utf8(text)], sealed)
  return toHex(sealed)
}

function entry(parentPath: string, name: string, mode: number, seconds: string) {
  const empty = emptyEntry()
  const modTime = { seconds: BigInt(seconds), nanoseconds: 0 }
  return {
    ...empty,
    version: VERSION,
    parentPath,
    fileInfo: { ...empty.fileInfo, name, mode, modTime },
  }
}

/** Of the bytes SHA-256("0"), SHA-256("1"), … one after the other. */
function chunkLengths(algorithm: string, [min, normal, max]: number[], length: number): string {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, n) =>
    createHash('sha256').update(`${n}`).digest(),
  )
  const content = Uint8Array.from(Buffer.concat(blocks).subarray(0, length))
  const parameters = { algorithm, minBytes: min!, normalBytes: normal!, maxBytes: max! }
  const chunker = createChunker(parameters, kernels)
  const lengths: number[] = []
  for (let at = 0; at < length; at += lengths.at(-1)!) {
    lengths.push(chunker.cut(content.subarray(at, at + max!)))
  }
  return lengths.join(' ')
}
