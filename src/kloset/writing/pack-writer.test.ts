import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { equalBytes, toHex } from '../../util/bytes.ts'
import { loadBlake3 } from '../crypto/blake3.ts'
import { createMac, type Mac } from '../crypto/mac.ts'
import { createEncoding, type Encoding } from '../encoding.ts'
import { loadKernels } from '../kernels/kernels.ts'
import { decodeFooter, decodeIndex } from '../packfile/packfile-codec.ts'
import { ResourceType } from '../resource-type.ts'
import { unwrap } from '../wrapper.ts'
import { TRAILING_BYTES } from './pack-builder.ts'
import { PackWriter, type WrittenPack } from './pack-writer.ts'
import { WriteGuard, WriterFailedError } from './write-guard.ts'

beforeAll(loadBlake3)

describe('a packfile', () => {
  it('holds every blob where its index says, and is named by its body', async () => {
    const { writer, written, store, mac, encoding } = aWriter({ targetBytes: 1 << 20 })
    const plain = [randomBytes(10), randomBytes(5000), new Uint8Array()]
    for (const bytes of plain) await writer.add(chunk(bytes, mac))
    await writer.flush()

    const file = await store.get('packfile', written[0]!.name)
    const { body } = unwrap(file, ResourceType.PACKFILE, mac)
    const { index, footer } = readTrailer(body, encoding)

    expect(toHex(mac.of(body))).toBe(written[0]!.name)
    expect(footer.indexMac).toEqual(mac.of(index))
    expect(index).toEqual(written[0]!.index)
    expect(file.length).toBe(written[0]!.sizeBytes)
    const blobs = recordsOf(written[0]!)
      .slice(0, 3)
      .map(({ offset, length }, at) => {
        return encoding.decode(body.subarray(offset, offset + length), plain[at]!.length)
      })
    expect(blobs.map(toHex)).toEqual(plain.map(toHex))
  })

  it('ends with random bytes that other readers may read into', async () => {
    const { writer, written, mac } = aWriter({ targetBytes: 1 << 20 })
    await writer.add(chunk(randomBytes(100), mac))
    await writer.flush()

    const last = recordsOf(written[0]!).at(-1)!

    expect(last).toMatchObject({ type: ResourceType.RANDOM, length: TRAILING_BYTES })
  })

  it('is closed when it reaches its target, so that many follow each other', async () => {
    const { writer, written, mac } = aWriter({ targetBytes: 10_000 })
    for (let n = 0; n < 20; n++) await writer.add(chunk(randomBytes(4000), mac))
    await writer.flush()

    expect(written.length).toBe(7) // three blobs each
    expect(written.flatMap(recordsOf).length).toBe(20 + 7)
  })

  it('takes a blob larger than any area on its own', async () => {
    const { writer, written, store, mac, encoding } = aWriter({ targetBytes: 10_000 })
    const huge = randomBytes(26 * 1024 * 1024)
    await writer.add(chunk(huge, mac))
    await writer.flush()

    const { name } = written[0]!
    const { offset, length } = recordsOf(written[0]!)[0]!
    const blob = await store.get('packfile', name, { offset: 16 + offset, length })

    expect(equalBytes(encoding.decode(blob, huge.length), huge)).toBe(true)
  })

  it('is not written at all when there is nothing to write', async () => {
    const { writer, written } = aWriter({ targetBytes: 10_000 })

    await writer.flush()

    expect(written).toEqual([])
  })
})

describe('writing packfiles', () => {
  it('reports a packfile only when the store has it', async () => {
    const store = new SlowStore()
    const { writer, written, mac } = aWriter({ targetBytes: 1000, store })
    await writer.add(chunk(randomBytes(1000), mac))
    await writer.add(chunk(randomBytes(1000), mac)) // starts to write the first

    expect(written).toEqual([])
    store.letGo()
    await writer.flush()
    expect(written).toHaveLength(2)
  })

  it('fails for good after one failed write', async () => {
    const store = new FullStore()
    const { writer, written, mac } = aWriter({ targetBytes: 1000, store })
    await writer.add(chunk(randomBytes(10), mac))

    const first = await writer.flush().catch((error: unknown) => error)
    store.hasRoom = true
    const second = await writer.add(chunk(randomBytes(10), mac)).catch((error: unknown) => error)

    expect(first).toBeInstanceOf(WriterFailedError)
    expect(first).toMatchObject({ code: 'WRITER_FAILED', cause: { code: 'ENOSPC' } })
    expect(second).toBe(first)
    expect(written).toEqual([])
  })

  it('lets nothing in after the run was cancelled, but puts away what it has', async () => {
    const cancel = new AbortController()
    const { writer, store, written, mac } = aWriter({ targetBytes: 1000, signal: cancel.signal })
    await writer.add(chunk(randomBytes(10), mac))

    cancel.abort()

    await expect(writer.add(chunk(randomBytes(10), mac))).rejects.toThrow('aborted')
    await writer.flush()
    expect(await packfilesOf(store)).toEqual(written.map(({ name }) => name))
    const blobs = written.flatMap(({ index }) => decodeIndex(index))
    expect(blobs.filter(({ type }) => type === ResourceType.CHUNK)).toHaveLength(1)
  })

  it.each(['a bit flips', 'the length is wrong'])(
    'never stores what does not decode to what was meant: %s',
    async (fault) => {
      const { writer, store, written, mac } = aWriter({
        targetBytes: 1 << 20,
        disturb: (out, length) => {
          if (fault === 'a bit flips') out[length >> 1]! ^= 0x10
          return fault === 'a bit flips' ? length : length - 1
        },
      })
      await writer.add(chunk(randomBytes(3000), mac))

      const failure = await writer.flush().catch((error: unknown) => error)

      expect(failure).toMatchObject({ cause: { code: 'SELF_CHECK_FAILED' } })
      expect(await packfilesOf(store)).toEqual([])
      expect(written).toEqual([])
    },
  )
})

interface WriterOptions {
  targetBytes: number
  store?: MemoryStore
  signal?: AbortSignal
  /** Stands for faulty memory: changes what was encoded. Returns its length. */
  disturb?: (out: Uint8Array, length: number) => number
}

function aWriter(options: WriterOptions) {
  const { targetBytes, store = new MemoryStore(), disturb } = options
  const kernels = loadKernels()
  const mac = createMac('BLAKE3', new Uint8Array(32).fill(7))
  const encryption = {
    key: new Uint8Array(32).fill(9),
    subKeyAlgorithm: 'AES256-KW' as const,
    chunkBytes: 65_536,
  }
  const sound = createEncoding({ compression: 'LZ4', encryption }, kernels)
  const encoding: Encoding = {
    ...sound,
    encodeInto(plain, style, out) {
      const length = sound.encodeInto(plain, style, out)
      return disturb === undefined ? length : disturb(out, length)
    },
  }
  const written: WrittenPack[] = []
  const signal = options.signal ?? new AbortController().signal
  const writer = new PackWriter({
    store,
    tools: { mac, encoding },
    guard: new WriteGuard(store.location, signal),
    allocate: (bytes) => new Uint8Array(bytes),
    targetBytes,
    checkOneIn: 1,
    now: () => new Date(0),
    onWritten: (pack) => written.push(pack),
  })
  return { writer, written, store, mac, encoding }
}

function chunk(bytes: Uint8Array, mac: Mac) {
  return { type: ResourceType.CHUNK, mac: mac.of(bytes), bytes, style: 'store' as const }
}

function recordsOf({ index }: WrittenPack) {
  return decodeIndex(index)
}

function readTrailer(body: Uint8Array, encoding: Encoding) {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const footerStart = body.length - 4 - view.getUint32(body.length - 4, true)
  const footer = decodeFooter(encoding.decode(body.subarray(footerStart, body.length - 4), 56))
  const encodedIndex = body.subarray(footer.indexOffset, footerStart)
  return { footer, index: encoding.decode(encodedIndex, footer.count * 56) }
}

async function packfilesOf(store: MemoryStore): Promise<string[]> {
  const names: string[] = []
  for await (const name of store.list('packfile')) names.push(name)
  return names
}

/** Keeps every write waiting until it is let go. */
class SlowStore extends MemoryStore {
  letGo!: () => void
  readonly #go = new Promise<void>((resolve) => {
    this.letGo = resolve
  })

  override async put(...args: Parameters<MemoryStore['put']>): Promise<void> {
    await this.#go
    await super.put(...args)
  }
}

class FullStore extends MemoryStore {
  hasRoom = false

  override async put(...args: Parameters<MemoryStore['put']>): Promise<void> {
    if (!this.hasRoom) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    await super.put(...args)
  }
}
