/**
 * The content module of a copy: reads files out of another repository, each byte verified, on
 * whichever thread writes them.
 *
 * A thread opens the other store itself but does not load its index, which may be large: a recipe
 * brings a state of its own that says where the chunks of its files lie, and nothing else.
 * @module
 */
import type { Store, StoreSettings, ThreadOpener } from '../../stores/store.ts'
import type { Configuration } from '../configuration.ts'
import { loadBlake3 } from '../crypto/blake3.ts'
import { VERSION_1_0_0, VERSION_1_1_0 } from '../format-version.ts'
import { NO_MAC } from '../mac-hex.ts'
import { contentBytes, readContent } from '../reading/content-reader.ts'
import type { ObjectRecord } from '../records/object.ts'
import { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { type BlobLocation, decodeState, encodeState } from '../state/state-codec.ts'
import { requireSupported, requireVersion } from '../supported-configuration.ts'
import type { OpenContent } from '../workers/content.ts'
import { readFrom } from '../writing/input-window.ts'
import { randomId } from '../writing/publication.ts'

/** A file's content, as the repository it is copied from has it. */
export interface SourceContent {
  id: number
  object: ObjectRecord
  /** Names it in errors. */
  path: string
}

/** Structured-cloneable when it is for a thread, and secret. */
export type CopyRecipe =
  | { contents: readonly SourceContent[]; repository: Repository }
  | { contents: readonly SourceContent[]; source: SourceForThread; state: Uint8Array }

interface SourceForThread {
  opener: ThreadOpener
  configuration: Configuration
  key: Uint8Array | undefined
}

/** By location: a thread opens each repository once. */
const opened = new Map<string, Promise<Repository>>()

/** What a thread of another writer needs to read `contents`; without threads, the repository itself. */
export function recipeFor(
  repository: Repository,
  contents: readonly SourceContent[],
  threaded: boolean,
): CopyRecipe {
  const opener = repository.store.threadOpener
  if (!threaded || opener === undefined) return { contents, repository }
  const { configuration, secret } = repository
  const source = { opener, configuration, key: secret.encryptionKey }
  return { contents, source, state: stateOf(repository, contents) }
}

export async function* openContents(recipe: CopyRecipe): AsyncGenerator<OpenContent> {
  const repository = await repositoryOf(recipe)
  for (const content of recipe.contents) yield openContent(repository, content)
}

function openContent(repository: Repository, { id, object, path }: SourceContent): OpenContent {
  const read = readFrom(readContent(repository, object, path))
  return {
    id,
    size: contentBytes(object),
    read,
    finish: () => ({ contentType: object.contentType, facts: undefined }),
    entropyOf: entropiesOf(object),
  }
}

/** Where a chunk is cut as it was before, its entropy is known, too. */
function entropiesOf({ chunks }: ObjectRecord): (at: number, length: number) => number | undefined {
  let next = 0
  let offset = 0
  return (at, length) => {
    for (; next < chunks.length && offset < at; next++) offset += chunks[next]!.length
    const chunk = chunks[next]
    return chunk !== undefined && offset === at && chunk.length === length
      ? chunk.entropy
      : undefined
  }
}

async function repositoryOf(recipe: CopyRecipe): Promise<Repository> {
  if ('repository' in recipe) return recipe.repository
  const { location } = recipe.source.opener
  const opening = opened.get(location) ?? openInThread(recipe.source)
  opened.set(location, opening)
  const repository = await opening
  repository.index.ingest(randomId(), decodeState(recipe.state, VERSION_1_1_0))
  return repository
}

async function openInThread({ opener, configuration, key }: SourceForThread): Promise<Repository> {
  const module: { openStore(location: string, settings: StoreSettings): Promise<Store> } =
    await import(opener.module)
  const store = await module.openStore(opener.location, opener.settings)
  const settings = requireSupported(configuration, store.location)
  await loadBlake3()
  return new Repository({ store, configuration, settings, key })
}

/** A state that only says where these contents lie. It is never stored. */
function stateOf(repository: Repository, contents: readonly SourceContent[]): Uint8Array {
  const locations = contents.flatMap(({ object }) =>
    object.chunks.flatMap(({ contentMac }) => locationsOf(repository, contentMac)),
  )
  const packfiles = [...new Set(locations.map(({ packfile }) => packfile))]
  return encodeState(
    {
      parent: NO_MAC,
      timestamp: 0n,
      locations,
      packfiles: packfiles.map((packfile) => ({ packfile })),
    },
    NO_MAC,
  )
}

function locationsOf({ index, store }: Repository, mac: string): BlobLocation[] {
  return index.locations(ResourceType.CHUNK, mac).map(({ version, ...place }) => {
    requireVersion(`blob ${mac.slice(0, 12)}…`, version, VERSION_1_0_0, store.location)
    return { type: ResourceType.CHUNK, mac, ...place }
  })
}
