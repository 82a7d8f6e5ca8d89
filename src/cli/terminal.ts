/**
 * The two outputs of the program: results on stdout, everything else on stderr.
 *
 * Results are collected and written in larger pieces, and every write is awaited: a million lines
 * into a slow pipe cost no memory. A reader who went away (`| head`) is not an error; a disk that
 * is full is. The live status stands at the bottom of the terminal and steps aside for lines.
 * @module
 */
import type { Writable } from 'node:stream'
import { codeOf } from '../util/coded-error.ts'
import { plain, type Style, styleFor } from './style.ts'

/** Results are handed to stdout when this many UTF-16 units have come together. */
const PIECE_UNITS = 64 * 1024

export type Output = Writable & { isTTY?: boolean; columns?: number }

export interface TerminalOptions {
  stdout: Output
  stderr: Output
  env: Readonly<Record<string, string | undefined>>
}

export class Terminal {
  /** For text on stdout, and on stderr. */
  style: Style
  readonly noteStyle: Style
  /** A live status can be drawn. */
  readonly canDraw: boolean
  readonly #stdout: Output
  readonly #stderr: Output
  #pending = ''
  #failure: Error | undefined
  #status: readonly string[] = []
  #drawn = 0

  constructor({ stdout, stderr, env }: TerminalOptions) {
    this.#stdout = stdout
    this.#stderr = stderr
    this.style = styleFor(stdout, env)
    this.noteStyle = styleFor(stderr, env)
    this.canDraw = stderr.isTTY === true && env.TERM !== 'dumb'
    stdout.on('error', (error: Error) => this.#remember(error))
    stderr.on('error', () => {}) // nobody reads it; the work goes on
  }

  /** Nobody reads the results any more. */
  get closed(): boolean {
    return codeOf(this.#failure) === 'EPIPE'
  }

  /** Columns of the terminal that shows stderr. */
  get columns(): number {
    return this.#stderr.columns || 80
  }

  /** With `--json` nothing on stdout may be coloured. */
  withoutStyle(): void {
    this.style = plain
  }

  /** One line of the result. `text` is ours, or went through `printable`. */
  async line(text = ''): Promise<void> {
    this.#pending += `${text}\n`
    if (this.#pending.length >= PIECE_UNITS) await this.#push()
  }

  async lines(texts: Iterable<string> | AsyncIterable<string>): Promise<void> {
    for await (const text of texts) {
      await this.line(text)
      if (this.closed) return
    }
  }

  /** One line of machine output. Undefined fields are left out. */
  async json(value: object): Promise<void> {
    await this.line(JSON.stringify(value))
  }

  async jsonLines(values: Iterable<object> | AsyncIterable<object>): Promise<void> {
    for await (const value of values) {
      await this.json(value)
      if (this.closed) return
    }
  }

  /** Raw content of a file. */
  async bytes(content: Uint8Array): Promise<void> {
    await this.#push()
    await this.#write(content)
  }

  /** One line beside the result, on stderr. */
  note(text: string): void {
    if (this.#pending !== '') this.#handOver()
    this.#redraw(`${text}\n`)
  }

  /** Text on stderr without a line end, for prompts. */
  ask(text: string): void {
    this.clearStatus()
    this.#stderr.write(text)
  }

  /** Replaces the live status. Lines must fit the terminal's width. */
  showStatus(lines: readonly string[]): void {
    if (!this.canDraw) return
    this.#status = lines
    this.#redraw('')
  }

  clearStatus(): void {
    if (this.#status.length === 0) return
    this.#status = []
    this.#redraw('')
  }

  /** Everything written has left the program. @throws what went wrong, but for a closed pipe */
  async flush(): Promise<void> {
    await this.#push()
    await written(this.#stderr, '')
  }

  async #push(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    if (text !== '') await this.#write(text)
  }

  async #write(content: string | Uint8Array): Promise<void> {
    this.clearStatus()
    if (this.#failure === undefined) {
      const failure = await written(this.#stdout, content)
      if (failure) this.#remember(failure)
    }
    if (this.#failure && !this.closed) throw this.#failure
  }

  /** Writes what is pending without waiting, to keep the order of results and notes. */
  #handOver(): void {
    const text = this.#pending
    this.#pending = ''
    if (this.#failure === undefined) this.#stdout.write(text)
  }

  #remember(failure: Error): void {
    this.#failure ??= failure
  }

  /**
   * Takes the drawn status away, writes `text` in its place and draws the status below: in one
   * write, so that nothing flickers.
   */
  #redraw(text: string): void {
    const up = this.#drawn > 1 ? `\u001b[${this.#drawn - 1}A` : ''
    const erase = this.#drawn > 0 ? `\r${up}\u001b[J` : ''
    this.#stderr.write(erase + text + this.#status.join('\n'))
    this.#drawn = this.#status.length
  }
}

function written(stream: Writable, content: string | Uint8Array): Promise<Error | undefined> {
  return new Promise((resolve) => {
    stream.write(content, (error) => resolve(error ?? undefined))
  })
}
