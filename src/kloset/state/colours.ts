/**
 * What is coloured: going to be swept, unless that is taken back.
 *
 * COLOURED entries say when; a DELETE of one, in a state of time T, takes back those up to T. That
 * gives the same result in whatever order states are read.
 * @module
 */

/** The newest COLOURED entry of a resource, and the newest DELETE of one. */
export interface Colour {
  coloured: bigint | undefined
  takenBack: bigint | undefined
}

export class Colours {
  /** By `TYPE:MAC`. */
  readonly all: Map<string, Colour>

  constructor(all = new Map<string, Colour>()) {
    this.all = all
  }

  add(type: number, mac: string, when: bigint): void {
    const colour = this.#of(type, mac)
    if (colour.coloured === undefined || when > colour.coloured) colour.coloured = when
  }

  takeBack(type: number, mac: string, when: bigint): void {
    const colour = this.#of(type, mac)
    if (colour.takenBack === undefined || when > colour.takenBack) colour.takenBack = when
  }

  /** Since when a resource is coloured (ns); undefined when it is not. */
  since(type: number, mac: string): bigint | undefined {
    const colour = this.all.get(`${type}:${mac}`)
    if (colour?.coloured === undefined) return undefined
    if (colour.takenBack !== undefined && colour.coloured <= colour.takenBack) return undefined
    return colour.coloured
  }

  /** Whether it was coloured once, be that taken back or not. */
  hasEver(type: number, mac: string): boolean {
    return this.all.get(`${type}:${mac}`)?.coloured !== undefined
  }

  /** When a colour was last taken back (ns). */
  takenBack(type: number, mac: string): bigint | undefined {
    return this.all.get(`${type}:${mac}`)?.takenBack
  }

  #of(type: number, mac: string): Colour {
    const key = `${type}:${mac}`
    const known = this.all.get(key)
    if (known !== undefined) return known
    const colour: Colour = { coloured: undefined, takenBack: undefined }
    this.all.set(key, colour)
    return colour
  }
}
