/**
 * Copies of files in a folder of their own, for programs that cannot read without writing: what they
 * read is left alone.
 * @module
 */
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export class TemporaryCopy implements AsyncDisposable {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async make(): Promise<TemporaryCopy> {
    return new TemporaryCopy(await mkdtemp(join(tmpdir(), 'tintype-copy-')))
  }

  /** Where the copy of that name lies. */
  path(name: string): string {
    return join(this.#folder, name)
  }

  /** Copies `from`, in place of what was copied under that name before. */
  async take(from: string, name: string): Promise<void> {
    await copyFile(from, this.path(name))
  }

  /** The copy of that name goes away, if there is one. */
  async drop(name: string): Promise<void> {
    await rm(this.path(name), { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
