/**
 * A passphrase in a file: its first line.
 * @module
 */
import { type FileHandle, open } from 'node:fs/promises'
import { Secret } from '../config/secret.ts'
import { CodedError, codeOf } from '../util/coded-error.ts'
import { printable } from './printable.ts'

/** A passphrase is a line; a file without one in its first bytes is something else. */
export const LONGEST_FIRST_LINE_BYTES = 64 * 1024

/** Group or others may read. */
const READABLE_BY_OTHERS = 0o044

export interface FilePassphrase {
  passphrase: Secret
  /** A plain file, and other users of this machine may read it. Windows tells nothing. */
  readableByOthers: boolean
}

/** The first line of `file`, without its end. Works for pipes such as `/dev/fd/3` too. */
export async function readPassphraseFile(file: string): Promise<FilePassphrase> {
  try {
    await using handle = await open(file, 'r')
    const buffer = Buffer.alloc(LONGEST_FIRST_LINE_BYTES)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null)
      length += bytesRead
      if (bytesRead === 0 || buffer.subarray(0, length).includes(0x0a)) break
    }
    const passphrase = new Secret(firstLine(buffer.toString('utf8', 0, length)))
    return { passphrase, readableByOthers: await isReadableByOthers(handle) }
  } catch (problem) {
    throw new PassphraseFileError(file, problem)
  }
}

/** `text` up to its first line end, whichever kind it is. */
export function firstLine(text: string): string {
  return text.replace(/\n[\s\S]*$/, '').replace(/\r$/, '')
}

async function isReadableByOthers(handle: FileHandle): Promise<boolean> {
  if (process.platform === 'win32') return false
  const status = await handle.stat()
  return status.isFile() && (status.mode & READABLE_BY_OTHERS) !== 0
}

export class PassphraseFileError extends CodedError {
  readonly code = 'PASSPHRASE_FILE_UNREADABLE'
  constructor(file: string, cause: unknown) {
    const reason =
      codeOf(cause) === 'ENOENT' ? 'there is no such file' : (codeOf(cause) ?? 'unknown')
    super(`cannot read the passphrase from ${printable(file)}: ${reason}`, {
      hint: 'Check the path, and that you may read it.',
      cause,
    })
  }
}
