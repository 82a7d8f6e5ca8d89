/**
 * The sidecars of one folder by every name under which a media file may look for them.
 * @module
 */
import {
  type Candidate,
  type NameParts,
  type Reading,
  sidecarCandidates,
  splitCounter,
  splitTitle,
  titleFit,
  WEAK_RANK,
  withoutToken,
} from './names.ts'
import { folded, nfc, pushTo } from './text.ts'
import type { SidecarFile } from './tree.ts'

export interface Hit {
  sidecar: SidecarFile
  /** Lower is better: case, then title, then form of the name. */
  order: number
}

const CASE_PENALTY = 100_000
const TITLE_PENALTY = { agrees: 0, unknown: 10_000, differs: 20_000 }

export class SidecarIndex {
  readonly #exact = new Map<string, SidecarFile[]>()
  /** By name without token, and counter. */
  readonly #token = new Map<string, SidecarFile[]>()
  readonly #folded = new Map<string, SidecarFile[]>()
  /** By media name without extension, and counter. */
  readonly #stem = new Map<string, SidecarFile[]>()

  constructor(sidecars: readonly SidecarFile[]) {
    for (const sidecar of sidecars) this.#add(sidecar)
  }

  #add(sidecar: SidecarFile): void {
    const { base, counter } = splitCounter(sidecar.name)
    const bare = withoutToken(base)
    pushTo(this.#exact, sidecar.name, sidecar)
    pushTo(this.#folded, folded(sidecar.name), sidecar)
    if (bare !== undefined) {
      pushTo(this.#token, keyOf(bare, counter), sidecar)
      pushTo(this.#folded, folded(keyOf(bare, counter)), sidecar)
    }
    const { stem } = splitTitle(bare ?? base)
    pushTo(this.#stem, keyOf(stem, counter), sidecar)
  }

  /** Sidecars that may belong to a media file read this way. */
  find(reading: Reading, options: { ignoreCase: boolean }): Hit[] {
    return sidecarCandidates(reading).flatMap((candidate) => {
      const found = this.#lookUp(candidate, reading.counter, options.ignoreCase)
      return found.flatMap((sidecar) => hit(sidecar, candidate, reading, options.ignoreCase))
    })
  }

  #lookUp({ kind, name }: Candidate, counter: string, ignoreCase: boolean): SidecarFile[] {
    const key = nfc(kind === 'exact' ? name + counter : keyOf(name, counter))
    if (!ignoreCase) return (kind === 'exact' ? this.#exact : this.#token).get(key) ?? []
    const found = this.#folded.get(folded(key)) ?? []
    return found.length === 1 ? found : [] // only if unique
  }

  /** Sidecars of media with this stem, whatever their extension. */
  ofStem(stem: string, counter: string): SidecarFile[] {
    return this.#stem.get(keyOf(stem, counter)) ?? []
  }
}

/** No file name holds a NUL. */
const keyOf = (base: string, counter: string) => `${base}\0${counter}`

function hit(
  sidecar: SidecarFile,
  { rank, needsTitle }: Candidate,
  reading: Reading,
  ignoreCase: boolean,
): Hit[] {
  const fit = titleFit(sidecar.record?.title, reading)
  if (fit !== 'agrees' && needsTitle) return []
  if (fit === 'differs' && rank >= WEAK_RANK && !mayDiffer(sidecar, rank)) return []
  const order = (ignoreCase ? CASE_PENALTY : 0) + TITLE_PENALTY[fit] + rank * 10
  return [{ sidecar, order: order + reading.unlikely }]
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
