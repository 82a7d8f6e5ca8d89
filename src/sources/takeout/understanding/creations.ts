/**
 * What Google, or the person with its help, made of photos: photos of their own, never edited
 * renditions, because they have a sidecar of their own (reference: variants.md). Told by the origin in
 * the sidecar, else by the name, which is English and upper case in every language.
 * @module
 */

const BY_TYPE: Record<string, string> = {
  ANIMATION: 'animation',
  COLLAGE: 'collage',
  PANORAMA: 'panorama',
  MOVIE: 'movie',
}

const BY_SUFFIX: Record<string, string> = {
  ANIMATION: 'animation',
  MOTION: 'animation',
  COLLAGE: 'collage',
  PANO: 'panorama',
  EFFECTS: 'effects',
  HDR: 'effects',
  STYLIZED: 'effects',
  SMILE: 'mix',
  MIX: 'mix',
}

const SUFFIX = new RegExp(`-(${Object.keys(BY_SUFFIX).join('|')})(?:\\(\\d+\\))?\\.[A-Za-z0-9]+$`)
const MOVIE = /^Movie on .+\.(?:mp4|mov|m4v)$/

/** `animation`, `collage`, `panorama`, `movie`, `effects`, `mix`, `other`; undefined for photos. */
export function creationOf(
  title: string,
  origin: string | undefined,
  type: string | undefined,
): string | undefined {
  const said = type === undefined ? undefined : BY_TYPE[type.toUpperCase()]
  const named = SUFFIX.exec(title)?.[1]
  const byName = named !== undefined ? BY_SUFFIX[named] : MOVIE.test(title) ? 'movie' : undefined
  return said ?? byName ?? (origin === 'composition' ? 'other' : undefined)
}
