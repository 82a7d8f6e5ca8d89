/**
 * A destination that keeps nothing but what proves what it was given: photos that were decrypted
 * for a drill never reach a disk.
 * @module
 */
import { createHash } from 'node:crypto'
import type { Destination, FileToWrite, Written } from '../../destinations/destination.ts'

export interface ReceivedFile {
  /** 64 hex digits. */
  sha256: string
  bytes: number
  modified: Date
}

export class HashingDestination implements Destination {
  readonly location = 'memory'
  readonly files = new Map<string, ReceivedFile>()
  /** Targets by path. */
  readonly links = new Map<string, string>()

  async writeFile({ path, bytes, size, modified }: FileToWrite): Promise<Written> {
    const hash = createHash('sha256')
    let received = 0
    for await (const piece of bytes) {
      hash.update(piece)
      received += piece.length
    }
    if (received !== size) throw new Error(`${received} bytes came, ${size} were announced`)
    this.files.set(path, { sha256: hash.digest('hex'), bytes: received, modified })
    return 'written'
  }

  async writeLink(path: string, target: string): Promise<Written> {
    this.links.set(path, target)
    return 'written'
  }

  async finishFolder(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
