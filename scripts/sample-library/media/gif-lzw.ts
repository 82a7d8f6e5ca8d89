/**
 * The compression of GIF: LZW with codes of 9 to 12 bits, low bits first, in blocks of up to 255
 * bytes. The table starts anew when it is full. Source: GIF89a, appendix F.
 * @module
 */
const MIN_CODE_BITS = 8
const CLEAR = 256
const END = 257
const MAX_CODES = 4096

/** Image data of a frame: code size, blocks, terminator. `indexes` are colours, a byte each. */
export function lzwCompress(indexes: Uint8Array): Buffer {
  const codes = new CodeWriter()
  let table = new Map<number, number>()
  let nextCode = END + 1
  let bits = MIN_CODE_BITS + 1
  let prefix = -1

  codes.write(CLEAR, bits)
  for (const index of indexes) {
    const known = prefix < 0 ? index : table.get(prefix * 256 + index)
    if (known !== undefined) {
      prefix = known
      continue
    }
    codes.write(prefix, bits)
    table.set(prefix * 256 + index, nextCode)
    if (nextCode === 1 << bits && bits < 12) bits += 1
    nextCode += 1
    if (nextCode === MAX_CODES) {
      codes.write(CLEAR, bits)
      table = new Map()
      nextCode = END + 1
      bits = MIN_CODE_BITS + 1
    }
    prefix = index
  }
  codes.write(prefix, bits)
  codes.write(END, bits)
  return codes.finish()
}

class CodeWriter {
  readonly #bytes: number[] = []
  #pending = 0
  #pendingBits = 0

  write(code: number, bits: number): void {
    this.#pending |= code << this.#pendingBits
    this.#pendingBits += bits
    while (this.#pendingBits >= 8) {
      this.#bytes.push(this.#pending & 0xff)
      this.#pending >>>= 8
      this.#pendingBits -= 8
    }
  }

  finish(): Buffer {
    if (this.#pendingBits > 0) this.#bytes.push(this.#pending & 0xff)
    const parts: Buffer[] = [Buffer.from([MIN_CODE_BITS])]
    for (let at = 0; at < this.#bytes.length; at += 255) {
      const block = this.#bytes.slice(at, at + 255)
      parts.push(Buffer.from([block.length, ...block]))
    }
    return Buffer.concat([...parts, Buffer.from([0])])
  }
}
