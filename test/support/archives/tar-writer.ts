/**
 * Writes `.tgz` archives for tests and for the sample library. Long names become pax headers, as
 * in Google's archives; `addWithGnuLongName` writes the older form.
 * @module
 */
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

const FIXED_TIME = new Date(Date.UTC(2024, 0, 2, 3, 4, 6))

export interface TarLink {
  type: 'symlink' | 'link' | 'fifo' | 'character-device' | 'directory'
  target?: string
}

export class TarWriter {
  readonly #pack = pack()

  add(name: string, content: Uint8Array): this {
    this.#pack.entry({ name, size: content.length, mtime: FIXED_TIME }, Buffer.from(content))
    return this
  }

  /** A member that is not a regular file. */
  addOther(name: string, { type, target }: TarLink): this {
    this.#pack.entry({ name, type, mtime: FIXED_TIME, ...(target ? { linkname: target } : {}) })
    return this
  }

  /** A regular file whose name comes in a GNU `L` member before it. */
  addWithGnuLongName(name: string, content: Uint8Array): this {
    const bytes = Buffer.from(`${name}\0`)
    // tar-stream writes no type L: asGnuLongLinks makes this one such
    this.#pack.entry(
      { name: '././@LongLink', type: 'contiguous-file', size: bytes.length, mtime: FIXED_TIME },
      bytes,
    )
    return this.add('cut-short', content)
  }

  /** The plain tar. */
  async finishTar(): Promise<Uint8Array> {
    this.#pack.finalize()
    return asGnuLongLinks(await buffer(this.#pack))
  }

  async finish(): Promise<Uint8Array> {
    return gzipSync(await this.finishTar(), { level: 1 })
  }
}

/** Turns the members named `././@LongLink` into type `L`, with their checksum made right. */
function asGnuLongLinks(tar: Buffer): Buffer {
  const marker = '././@LongLink'
  for (let at = tar.indexOf(marker); at >= 0; at = tar.indexOf(marker, at + 512)) {
    tar[at + 156] = 'L'.charCodeAt(0)
    tar.fill(' ', at + 148, at + 156)
    const sum = tar.subarray(at, at + 512).reduce((total, byte) => total + byte, 0)
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1')
  }
  return tar
}
