import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { utf8 } from '../../util/bytes.ts'
import { createPlainKernels, loadKernels } from '../kernels/kernels.ts'
import {
  type Chunker,
  type ChunkerParameters,
  createChunker,
  UnsupportedChunkerError,
} from './fastcdc.ts'

interface Configuration {
  algorithm: string
  min: number
  normal: number
  max: number
  files: Record<string, { chunks: number; sha256OfCommaJoinedLengths: string }>
}

const { configurations } = JSON.parse(
  readFileSync(new URL('./fixtures/cdc-vectors.json', import.meta.url), 'utf8'),
) as { configurations: Record<string, Configuration> }

const LONGEST_BYTES = 20_000_000
const kernels = loadKernels({ arenaBytes: 30_000_000 })
const stream = kernels.allocate(LONGEST_BYTES)
stream.set(sha256Stream(LONGEST_BYTES))
const zeros = kernels.allocate(9_000_000)

test.for(Object.entries(configurations))(
  'files are cut where the reference cuts them: configuration %s',
  ([_name, configuration]) => {
    const chunker = createChunker(parametersOf(configuration), kernels)

    const lengths = Object.keys(configuration.files).map((file) => [
      file,
      summary(chunkLengths(chunker, fileNamed(file))),
    ])

    expect(Object.fromEntries(lengths)).toEqual(configuration.files)
  },
)

test.for([
  ['WebAssembly, content outside its memory', kernels],
  ['TypeScript', createPlainKernels(0)],
] as const)('boundaries are the same with %s', ([_name, other]) => {
  for (const name of ['default', 'legacy', 'odd'] as const) {
    const parameters = parametersOf(configurations[name]!)
    const outside = Uint8Array.from(stream.subarray(0, 3_000_000))

    const lengths = chunkLengths(createChunker(parameters, other), outside)

    expect(summary(lengths)).toEqual(configurations[name]!.files.s3000000)
  }
})

describe('a chunker', () => {
  const parameters = {
    algorithm: 'FastCDC-v1.0.0',
    minBytes: 1024,
    normalBytes: 4096,
    maxBytes: 16_384,
  }

  it('cuts an empty content into one empty chunk', () => {
    expect(createChunker(parameters, kernels).cut(new Uint8Array(0))).toBe(0)
  })

  it('never cuts beyond its largest chunk, whatever it is shown', () => {
    expect(createChunker(parameters, kernels).cut(new Uint8Array(100_000))).toBe(16_384)
  })

  it('finds the old chunks again after a few bytes were put in front', () => {
    const chunker = createChunker(parameters, kernels)
    const before = boundaries(chunker, stream.subarray(0, 500_000))
    const after = boundaries(chunker, prefixed(utf8('new bytes'), stream.subarray(0, 500_000)))

    const kept = after.filter((boundary) => before.includes(boundary - 9))

    expect(kept.length).toBeGreaterThan(before.length * 0.9)
  })

  it('cuts with the old masks where the algorithm is an old one, keyed by name or not', () => {
    const sizes = { minBytes: 65_536, normalBytes: 1_048_576, maxBytes: 4_194_304 }
    const cut = (algorithm: string) =>
      summary(chunkLengths(createChunker({ algorithm, ...sizes }, kernels), stream))

    expect(cut('FASTCDC')).toEqual(cut('kfastcdc'))
    expect(cut('FASTCDC')).not.toEqual(cut('fastcdc-v1.0.0'))
  })

  it('takes the sizes of the reference where CONFIG says 0', () => {
    const unset = { algorithm: 'fastcdc-v1.0.0', minBytes: 0, normalBytes: 0, maxBytes: 0 }
    const set = { ...unset, minBytes: 2048, normalBytes: 8192, maxBytes: 65_536 }
    const content = stream.subarray(0, 300_000)

    const lengths = chunkLengths(createChunker(unset, kernels), content)

    expect(lengths).toEqual(chunkLengths(createChunker(set, kernels), content))
  })

  it('cuts where sizes are equal, as far as there is anything to choose', () => {
    const same = { algorithm: 'fastcdc-v1.0.0', minBytes: 1024, normalBytes: 1024, maxBytes: 1024 }

    const lengths = chunkLengths(createChunker(same, kernels), stream.subarray(0, 2500))

    expect(lengths).toEqual([1024, 1024, 452])
  })

  test.for<Partial<ChunkerParameters>>([
    { algorithm: 'ultracdc' },
    { algorithm: 'jc-v1.0.0' },
    { algorithm: '' },
    { minBytes: 63 },
    { normalBytes: 1023 },
    { maxBytes: 4095 },
    { minBytes: 1024.5 },
    { maxBytes: 2 ** 31 },
  ])('refuses %o rather than cut differently', (change) => {
    expect(() => createChunker({ ...parameters, ...change }, kernels)).toThrow(
      UnsupportedChunkerError,
    )
  })
})

/** First `length` bytes of SHA-256("kloset-cdc" || u32 LE of 0), then of 1, and so on. */
function sha256Stream(length: number): Uint8Array {
  const bytes = Buffer.alloc(Math.ceil(length / 32) * 32)
  const seed = Buffer.from('kloset-cdc\0\0\0\0')
  for (let i = 0; i * 32 < bytes.length; i++) {
    seed.writeUInt32LE(i, 10)
    createHash('sha256')
      .update(seed)
      .digest()
      .copy(bytes, i * 32)
  }
  return bytes.subarray(0, length)
}

function fileNamed(name: string): Uint8Array {
  return name === 'zeros9000000' ? zeros : stream.subarray(0, Number(name.slice(1)))
}

function parametersOf({ algorithm, min, normal, max }: Configuration): ChunkerParameters {
  return { algorithm, minBytes: min, normalBytes: normal, maxBytes: max }
}

function chunkLengths(chunker: Chunker, content: Uint8Array): number[] {
  const lengths: number[] = []
  let at = 0
  do {
    lengths.push(chunker.cut(content.subarray(at, at + chunker.maxBytes)))
    at += lengths.at(-1)!
  } while (at < content.length)
  return lengths
}

function boundaries(chunker: Chunker, content: Uint8Array): number[] {
  let at = 0
  return chunkLengths(chunker, content).map((length) => {
    at += length
    return at
  })
}

function prefixed(prefix: Uint8Array, content: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, content])
}

function summary(lengths: number[]) {
  const joined = createHash('sha256').update(lengths.join(','))
  return { chunks: lengths.length, sha256OfCommaJoinedLengths: joined.digest('hex') }
}
