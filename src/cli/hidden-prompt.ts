/**
 * Reads a line from a terminal without showing it.
 *
 * The keyboard is read raw, so the keys that usually act do not: Enter and Ctrl-D end the line,
 * Backspace and Ctrl-U take back, Ctrl-C interrupts. Arrow keys and the like are passed over.
 * @module
 */
import { StringDecoder } from 'node:string_decoder'
import { InterruptedError } from './interruption.ts'

/** The part of `process.stdin` that a prompt needs. */
export interface Keyboard {
  isTTY?: boolean
  setRawMode?(raw: boolean): unknown
  on(event: 'data', listener: (keys: Uint8Array) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'data', listener: (keys: Uint8Array) => void): unknown
  off(event: 'end', listener: () => void): unknown
  resume(): unknown
  pause(): unknown
}

export function canPrompt(keyboard: Keyboard): boolean {
  return keyboard.isTTY === true && typeof keyboard.setRawMode === 'function'
}

export interface HiddenLineOptions {
  /** Asks the question; called once nothing typed is shown any more. */
  ask: () => void
  /** Gives the question up: a signal came, and not from this keyboard. */
  signal: AbortSignal
}

/** @throws {InterruptedError} on Ctrl-C, on abort, or when the terminal goes away */
export async function readHiddenLine(
  keyboard: Keyboard,
  { ask, signal }: HiddenLineOptions,
): Promise<string> {
  if (signal.aborted) throw new InterruptedError()
  const line = new HiddenLine()
  const decoder = new StringDecoder('utf8')
  const { promise, resolve, reject } = settledLater()
  const giveUp = () => reject(new InterruptedError())
  const onKeys = (keys: Uint8Array) => {
    const ended = line.type(decoder.write(Buffer.from(keys)))
    if (ended === 'interrupted') giveUp()
    if (ended === 'entered') resolve()
  }
  keyboard.setRawMode?.(true)
  keyboard.on('data', onKeys)
  keyboard.on('end', giveUp)
  signal.addEventListener('abort', giveUp)
  try {
    ask()
    keyboard.resume()
    await promise
    return line.text
  } finally {
    signal.removeEventListener('abort', giveUp)
    keyboard.off('data', onKeys)
    keyboard.off('end', giveUp)
    keyboard.pause()
    keyboard.setRawMode?.(false)
  }
}

function settledLater() {
  let resolve = (): void => {}
  let reject = (_reason: Error): void => {}
  const promise = new Promise<void>((resolved, rejected) => {
    resolve = resolved
    reject = rejected
  })
  return { promise, resolve, reject }
}

/** ESC, then a control sequence (arrow keys, pasting) or one more character (Alt). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys arrive as control characters
const KEY_SEQUENCE = /\u001b(\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O])?/g

/** What was typed so far, key by key. */
class HiddenLine {
  text = ''

  type(keys: string): 'entered' | 'interrupted' | undefined {
    for (const key of keys.replace(KEY_SEQUENCE, '')) {
      if (key === '\u0003') return 'interrupted'
      if (key === '\r' || key === '\n' || key === '\u0004') return 'entered'
      this.#apply(key)
    }
    return undefined
  }

  #apply(key: string): void {
    if (key === '\u007f' || key === '\b') this.text = [...this.text].slice(0, -1).join('')
    else if (key === '\u0015') this.text = ''
    else if (key >= ' ') this.text += key
  }
}
