/**
 * The one type that holds a passphrase or token. Whatever prints it prints `***`; only `reveal`
 * gives the text away, at the place that needs it.
 * @module
 */
import { inspect } from 'node:util'

const MASK = '***'

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself. Call it where it is used, and keep the result in no field. */
  reveal(): string {
    return this.#text
  }

  get isEmpty(): boolean {
    return this.#text === ''
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
