/**
 * The sidecars of one folder by every name under which a media file may look for them.
 * @module
 */
import {
  type Candidate,
  type NameParts,
  type Reading,
  splitCounter,
  splitTitle,
  strongCandidates,
  titleFit,
  WEAK_RANK,
  weakCandidates,
  withoutToken,
} from './names.ts'
import { folded, groupBy, nfc, pushTo } from './text.ts'
import type { SidecarFile } from './tree.ts'

export interface Hit {
  sidecar: SidecarFile
  /** Lower is better: case, then title, then form of the name. */
  order: number
}

const CASE_PENALTY = 100_000
const TITLE_PENALTY = { agrees: 0, unknown: 10_000, differs: 20_000 }

export class SidecarIndex {
  readonly #sidecars: readonly SidecarFile[]
  readonly #exact = new Map<string, SidecarFile[]>()
  /** By name without token, and counter. */
  readonly #token = new Map<string, SidecarFile[]>()
  /** Made when something is left over that only a changed case explains. */
  #folded: Map<string, SidecarFile[]> | undefined
  /** By media name without extension, and counter. Made when an original is absent. */
  #stem: Map<string, SidecarFile[]> | undefined

  constructor(sidecars: readonly SidecarFile[]) {
    this.#sidecars = sidecars
    for (const sidecar of sidecars) {
      const { bare, counter } = partsOf(sidecar)
      pushTo(this.#exact, sidecar.name, sidecar)
      if (bare !== undefined) pushTo(this.#token, keyOf(bare, counter), sidecar)
    }
  }

  /** Sidecars that may belong to a media file read this way, by the regular names. */
  findRegular(reading: Reading): Hit[] {
    return this.#hits(strongCandidates(reading), reading, 0)
  }

  findWeak(reading: Reading): Hit[] {
    return this.#hits(weakCandidates(reading), reading, 0)
  }

  /** The same in any case, where only one sidecar has such a name. */
  findIgnoringCase(reading: Reading): Hit[] {
    const candidates = [...strongCandidates(reading), ...weakCandidates(reading)]
    return this.#hits(candidates, reading, CASE_PENALTY)
  }

  #hits(candidates: readonly Candidate[], reading: Reading, penalty: number): Hit[] {
    const hits: Hit[] = []
    for (const candidate of candidates) {
      const { kind, name } = candidate
      const key = nfc(kind === 'exact' ? name + reading.counter : keyOf(name, reading.counter))
      const exact = kind === 'exact' ? this.#exact : this.#token
      const found = penalty > 0 ? this.#onlyFolded(key) : exact.get(key)
      for (const sidecar of found ?? []) {
        const order = orderOf(sidecar, candidate, reading)
        if (order !== undefined) hits.push({ sidecar, order: order + penalty })
      }
    }
    return hits
  }

  #onlyFolded(key: string): SidecarFile[] | undefined {
    this.#folded ??= this.#foldedNames()
    const found = this.#folded.get(folded(key))
    return found?.length === 1 ? found : undefined
  }

  #foldedNames(): Map<string, SidecarFile[]> {
    const names = new Map<string, SidecarFile[]>()
    for (const sidecar of this.#sidecars) {
      const { bare, counter } = partsOf(sidecar)
      pushTo(names, folded(sidecar.name), sidecar)
      if (bare !== undefined) pushTo(names, folded(keyOf(bare, counter)), sidecar)
    }
    return names
  }

  /** Sidecars of media with this stem, whatever their extension. */
  ofStem(stem: string, counter: string): SidecarFile[] {
    this.#stem ??= groupBy(this.#sidecars, (sidecar) => {
      const parts = partsOf(sidecar)
      return keyOf(splitTitle(parts.bare ?? parts.base).stem, parts.counter)
    })
    return this.#stem.get(keyOf(stem, counter)) ?? []
  }
}

function partsOf({ name }: SidecarFile) {
  const { base, counter } = splitCounter(name)
  return { base, counter, bare: withoutToken(base) }
}

/** No file name holds a NUL. */
const keyOf = (base: string, counter: string) => `${base}\0${counter}`

/** Undefined when the sidecar's title forbids it. */
function orderOf(sidecar: SidecarFile, { rank, needsTitle }: Candidate, reading: Reading) {
  const fit = titleFit(sidecar.record?.title, reading)
  if (fit !== 'agrees' && needsTitle) return undefined
  if (fit === 'differs' && rank >= WEAK_RANK && !mayDiffer(sidecar, rank)) return undefined
  return TITLE_PENALTY[fit] + rank * 10 + reading.unlikely
}

/**
 * A weak form with another title: titles get renamed in the product, so one without extension says
 * little. One that names another file says it all, but for a clip's `.metadata.json`, which carries
 * the title of the still.
 */
function mayDiffer({ record }: SidecarFile, rank: number): boolean {
  if (record?.takenSeconds === undefined) return false
  return rank === METADATA_RANK || splitTitle(record.title ?? '').extension === ''
}

const METADATA_RANK = 50

/** The media name as title without extension, whose counter stands before its last dot. */
export function misplacedCounter({ stem, extension }: NameParts): Reading | undefined {
  const [, before, counter, after] = /^(.+)(\([1-9]\d*\))(\.[^.]+)$/s.exec(stem) ?? []
  if (before === undefined || extension === '') return undefined
  return { stem: before + after, extension: '', counter: counter!, unlikely: 2 }
}
