/**
 * Members of albums of which only a sidecar came: the photo may be in the library since an older
 * export, or come with a later one. It is the only one of that title and second, or it is not taken.
 * @module
 */
import type { WaitingMember } from '../library.ts'
import type { KeptItem } from './library.ts'

export class WaitingMembers {
  readonly #items: ReadonlyMap<string, KeptItem>
  /** Made when the first one asks. Undefined for what several items share. */
  #byCapture: Map<string, string | undefined> | undefined

  constructor(items: ReadonlyMap<string, KeptItem>) {
    this.#items = items
  }

  /** The id of its item. */
  find({ title, taken }: WaitingMember): string | undefined {
    this.#byCapture ??= this.#index()
    return this.#byCapture.get(`${taken} ${title}`)
  }

  #index(): Map<string, string | undefined> {
    const byCapture = new Map<string, string | undefined>()
    for (const { id, title, taken } of this.#items.values()) {
      if (taken?.source !== 'sidecar' || taken.instant === undefined) continue
      const key = `${taken.instant} ${title}`
      byCapture.set(key, byCapture.has(key) ? undefined : id)
    }
    return byCapture
  }
}

/** Both, sorted, each once. */
export function joinWaiting(
  a: readonly WaitingMember[] = [],
  b: readonly WaitingMember[] = [],
): WaitingMember[] {
  const byKey = new Map([...a, ...b].map((one) => [`${one.taken} ${one.title}`, one]))
  return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one)
}
