/**
 * What a remote of rclone really is, through all remotes that stand in front of others: aliases,
 * encryption, unions and so on name the next one in `remote` or `upstreams`.
 *
 *   remote    = gp:album/x             alias, crypt, cache, chunker, compress, hasher
 *   upstreams = gp:album "b c:x:ro"    union, each perhaps with :ro, :nc or :writeback
 *   upstreams = a=gp: b=other:         combine
 *
 * Environment beats file, as in rclone: `RCLONE_CONFIG_<NAME>_<KEY>`, then `RCLONE_<TYPE>_<KEY>`
 * (fs/configmap, rclone 1.60).
 * @module
 */

/** The sections of rclone's configuration file. */
export type RemoteSections = Readonly<Record<string, Readonly<Record<string, unknown>>>>
type Environment = Readonly<Record<string, string | undefined>>

const LINK_KEYS = ['remote', 'upstreams'] as const

/** rclone finds a backend by name, prefix of its options, or name without spaces (fs.Find). */
export function isGooglePhotosType(type: string): boolean {
  return ['googlephotos', 'gphotos'].includes(type.replaceAll(' ', '').toLowerCase())
}

/** The type of a remote, undefined when nothing configures it. */
export function remoteType(
  name: string,
  sections: RemoteSections,
  env: Environment,
): string | undefined {
  return configured(name, 'type', sections, env)
}

/** Names of all remotes there are. */
export function remoteNames(sections: RemoteSections, env: Environment): string[] {
  const fromEnv = Object.keys(env).flatMap((variable) => {
    const match = /^RCLONE_CONFIG_(.+)_TYPE$/.exec(variable)
    return match ? [match[1]!.toLowerCase()] : []
  })
  return [...new Set([...Object.keys(sections), ...fromEnv])].sort()
}

/** Whether `name`, or any remote behind it, is Google Photos. */
export function leadsToGooglePhotos(
  name: string,
  sections: RemoteSections,
  env: Environment,
): boolean {
  const seen = new Set<string>()
  const waiting = [name]
  for (let remote = waiting.pop(); remote !== undefined; remote = waiting.pop()) {
    if (seen.has(remote)) continue
    seen.add(remote)
    if (remote.startsWith(':')) {
      if (isGooglePhotosType(remote.slice(1))) return true
      continue
    }
    const type = remoteType(remote, sections, env)
    if (type === undefined) continue
    if (isGooglePhotosType(type)) return true
    for (const key of LINK_KEYS) {
      const links = configured(remote, key, sections, env) ?? env[optionVariable(type, key)] ?? ''
      waiting.push(...remotesIn(links))
    }
  }
  return false
}

/** The remotes that a value of `remote` or `upstreams` may name; too many do no harm. */
function remotesIn(value: string): string[] {
  const words = [value, ...(value.match(/"(?:[^"]|"")*"|\S+/g) ?? [])]
  return words.flatMap((word) => {
    const bare = word.replace(/^"|"$/g, '')
    return [bare, bare.slice(bare.indexOf('=') + 1)].flatMap(remoteIn)
  })
}

/** `name` of `name:path`, `:type` of `:type:path`, and what parameters of either refer to. */
function remoteIn(reference: string): string[] {
  const match = /^(:?[^:,/\\]+)((?:,[^:"']*(?:"[^"]*"|'[^']*'|[^:"'])*)?):/.exec(reference)
  if (match === null) return []
  const parameters = [...match[2]!.matchAll(/=["']?([^"',]+)/g)].map(([, value]) => value!)
  return [match[1]!, ...parameters.flatMap((value) => remoteIn(value.includes(':') ? value : ''))]
}

function configured(
  name: string,
  key: string,
  sections: RemoteSections,
  env: Environment,
): string | undefined {
  const section = name.toUpperCase().replaceAll('-', '_')
  const value = env[`RCLONE_CONFIG_${section}_${key.toUpperCase()}`] ?? sections[name]?.[key]
  return value === undefined || value === '' ? undefined : String(value)
}

function optionVariable(type: string, key: string): string {
  return `RCLONE_${type.toUpperCase().replaceAll(/[ -]/g, '_')}_${key.toUpperCase()}`
}
