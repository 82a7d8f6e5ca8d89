/**
 * The packfiles that states name, and what they say of them. Names are never used again, so that one
 * was deleted is final, in whatever order states are read.
 * @module
 */
import { ResourceType } from '../resource-type.ts'
import type { Colours } from './colours.ts'

export interface IndexedPackfile {
  name: string
  isPublished: boolean
  isDeleted: boolean
}

export class PackfileList {
  /** A location names its packfile by the place in this list. */
  readonly all: IndexedPackfile[]
  /** Named by states, and not in the store; known to this object only. */
  absent: ReadonlySet<string> = new Set()
  readonly #colours: Colours
  readonly #ordinals = new Map<string, number>()

  constructor(colours: Colours, all: IndexedPackfile[] = []) {
    this.#colours = colours
    this.all = all
    for (const [ordinal, { name }] of all.entries()) this.#ordinals.set(name, ordinal)
  }

  /** The place of a packfile, which it gets when it has none. */
  ordinal(name: string): number {
    const known = this.#ordinals.get(name)
    if (known !== undefined) return known
    const ordinal = this.all.push({ name, isPublished: false, isDeleted: false }) - 1
    this.#ordinals.set(name, ordinal)
    return ordinal
  }

  named(name: string): IndexedPackfile {
    return this.all[this.ordinal(name)]!
  }

  find(name: string): number | undefined {
    return this.#ordinals.get(name)
  }

  /** Whether any state ever published, coloured or deleted a packfile of this name. */
  knows(name: string): boolean {
    const ordinal = this.find(name)
    if (ordinal === undefined) return false
    const { isPublished, isDeleted } = this.all[ordinal]!
    return isPublished || isDeleted || this.#since(name) !== undefined
  }

  /** Whether what lies in it may be referred to; what is about to be swept may not. */
  isLive(packfile: IndexedPackfile): boolean {
    if (!isPresent(packfile) || this.absent.has(packfile.name)) return false
    return this.#since(packfile.name) === undefined
  }

  *live(): Generator<string> {
    for (const packfile of this.all) if (this.isLive(packfile)) yield packfile.name
  }

  /** Coloured ones included. */
  *present(): Generator<string> {
    for (const packfile of this.all) if (isPresent(packfile)) yield packfile.name
  }

  *deleted(): Generator<string> {
    for (const packfile of this.all) if (packfile.isDeleted) yield packfile.name
  }

  /** Those about to be swept, and since when (ns). */
  coloured(): Map<string, bigint> {
    const coloured = new Map<string, bigint>()
    for (const name of this.present()) {
      const when = this.#since(name)
      if (when !== undefined) coloured.set(name, when)
    }
    return coloured
  }

  #since(name: string): bigint | undefined {
    return this.#colours.since(ResourceType.PACKFILE, name)
  }
}

/** Whether a packfile was published and not deleted. */
export function isPresent(packfile: IndexedPackfile): boolean {
  return packfile.isPublished && !packfile.isDeleted
}
