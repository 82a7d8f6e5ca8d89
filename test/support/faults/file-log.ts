/**
 * Writes down what a program asks of the file system below one folder, so that the states a power
 * cut may leave can be worked out afterwards (power-cut.ts).
 * @module
 */
import type * as fsPromises from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { relative, sep } from 'node:path'

/** Paths are relative to the folder, with `/`. A file keeps its number when it is renamed. */
export type FileEvent =
  | { act: 'mkdir'; path: string }
  | { act: 'create'; path: string; file: number }
  | { act: 'write'; file: number; bytes: Uint8Array }
  | { act: 'flush'; file: number }
  | { act: 'flush-folder'; path: string }
  | { act: 'rename'; from: string; to: string }
  | { act: 'remove'; path: string }
  /** The program told somebody that something is done. */
  | { act: 'said'; what: string }

type Fs = typeof fsPromises

export class FileLog {
  readonly events: FileEvent[] = []
  #root: string | undefined
  #files = 0

  /** From now on, what happens below `folder` is written down. */
  watch(folder: string): void {
    this.#root = folder
  }

  said(what: string): void {
    this.events.push({ act: 'said', what })
  }

  /** The file system calls a store makes, with this log listening. */
  around(fs: Fs): Pick<Fs, 'open' | 'rename' | 'rm' | 'mkdir'> {
    return {
      open: (async (path: string, flags?: string, mode?: number) => {
        const handle = await fs.open(path, flags, mode)
        const at = this.#within(path)
        return at === undefined ? handle : this.#listenTo(handle, at, flags ?? 'r')
      }) as Fs['open'],
      rename: (async (from: string, to: string) => {
        await fs.rename(from, to)
        const [a, b] = [this.#within(from), this.#within(to)]
        if (a !== undefined && b !== undefined) this.events.push({ act: 'rename', from: a, to: b })
      }) as Fs['rename'],
      rm: (async (path: string, options?: object) => {
        await fs.rm(path, options)
        const at = this.#within(path)
        if (at !== undefined) this.events.push({ act: 'remove', path: at })
      }) as Fs['rm'],
      mkdir: (async (path: string, options?: object) => {
        const made = await fs.mkdir(path, options)
        const at = this.#within(path)
        if (at !== undefined) this.events.push({ act: 'mkdir', path: at })
        return made
      }) as Fs['mkdir'],
    }
  }

  #within(path: string): string | undefined {
    if (this.#root === undefined) return undefined
    const at = relative(this.#root, path).split(sep).join('/')
    return at.startsWith('..') ? undefined : at
  }

  #listenTo(handle: FileHandle, path: string, flags: string): FileHandle {
    const isNew = flags.startsWith('w')
    const file = isNew ? ++this.#files : 0
    if (isNew) this.events.push({ act: 'create', path, file })
    const { events } = this
    return new Proxy(handle, {
      get(target, key) {
        if (key === 'write') {
          return async (bytes: Uint8Array, offset: number, length: number) => {
            const written = await target.write(bytes, offset, length)
            const kept = bytes.slice(offset, offset + written.bytesWritten)
            events.push({ act: 'write', file, bytes: kept })
            return written
          }
        }
        if (key === 'sync') {
          return async () => {
            await target.sync()
            events.push(isNew ? { act: 'flush', file } : { act: 'flush-folder', path })
          }
        }
        const value = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
}
