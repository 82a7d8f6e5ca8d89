/**
 * Every kind of source, loaded only when used.
 * @module
 */
import type { Source } from './source.ts'

/** Finds the source that lies at `locations`; fails when nothing of it is there. */
type OpenSource = (locations: readonly string[]) => Promise<Source>

const sources: Record<string, () => Promise<OpenSource>> = {
  takeout: () => import('./takeout/takeout-source.ts').then(({ openTakeout }) => openTakeout),
}

/** The source that `locations` make together: `takeout:PATH` or plain paths, taken for Takeout. */
export async function openSource(locations: readonly string[]): Promise<Source> {
  const kind = kindOf(locations[0] ?? '')
  const open = await sources[kind]!()
  return open(locations.map((location) => withoutKind(location, kind)))
}

/** What does not begin with the name of a source is a path, colons and all. */
function kindOf(location: string): string {
  const kind = location.slice(0, Math.max(location.indexOf(':'), 0))
  return Object.hasOwn(sources, kind) ? kind : 'takeout'
}

function withoutKind(location: string, kind: string): string {
  return location.startsWith(`${kind}:`) ? location.slice(kind.length + 1) : location
}
