/**
 * What a command is given besides its own options: the outputs, the store it works on, and a way
 * to be stopped. Everything is opened only when a command asks for it.
 * @module
 */
import type { Folders } from '../config/folders.ts'
import type { Secret } from '../config/secret.ts'
import { storeLocation } from '../config/store-location.ts'
import type { Repository } from '../operations/open-repository.ts'
import type { openStore } from '../stores/registry.ts'
import { codeOf } from '../util/coded-error.ts'
import { type Progress, quietly } from '../util/progress.ts'
import { choosePassphrase } from './choose-passphrase.ts'
import type { AnyCommand } from './command.ts'
import type { GlobalOptions } from './global-options.ts'
import type { Host } from './host.ts'
import { LiveDisplay, StageNotes } from './live-display.ts'
import {
  findPassphrase,
  OWN_NAMES,
  type PassphraseSources,
  PEER_NAMES,
  TRIES,
} from './passphrase.ts'
import { printable } from './printable.ts'
import { shellWord } from './shell-word.ts'
import type { Terminal } from './terminal.ts'

type Store = Awaited<ReturnType<typeof openStore>>

export interface CommandContext {
  terminal: Terminal
  /** Machine output is wanted. */
  json: boolean
  quiet: boolean
  verbose: boolean
  signal: AbortSignal
  folders: Folders
  host: Host
  commands: readonly AnyCommand[]
  /** Runs long work with its progress shown, and takes the display away afterwards. */
  watch<T>(work: (progress: Progress) => Promise<T>): Promise<T>
  storeLocation(): string
  openStore(): Promise<Store>
  /**
   * Opens the store and unlocks it; asks for the passphrase where that is needed and possible.
   * Commands that only show what there is may use copies kept nearby of a store on a network; those
   * that write or prove something must see the store itself.
   */
  openRepository(options?: { copiesNearby: boolean }): Promise<Repository>
  /**
   * Opens another store besides, with a passphrase of its own: that of the `--peer-…` options, of
   * `$TINTYPE_PEER_PASSPHRASE` or `$TINTYPE_PEER_PASSPHRASE_COMMAND`, or typed.
   */
  openPeer(location: string, options: PeerOptions): Promise<Repository>
  choosePassphrase(options: { allowWeak: boolean }): Promise<Secret>
  /** For a store that is made besides. */
  choosePeerPassphrase(options: PeerOptions & { allowWeak: boolean }): Promise<Secret>
  /** A command for the person to type next, on the same store: `tintype at ./store ls`. */
  suggest(command: string): string
}

/** What a command with the options of peer-options.ts was given. */
export interface PeerOptions {
  peerPassphraseFile: string | undefined
  peerPassphraseCommand: string | undefined
}

export interface ContextParts {
  terminal: Terminal
  globals: GlobalOptions
  /** What stood after `at`. */
  store: string | undefined
  host: Host
  signal: AbortSignal
  folders: Folders
  fromEnvironment: Secret | undefined
  peerFromEnvironment: Secret | undefined
  commands: readonly AnyCommand[]
}

export function createContext(parts: ContextParts): CommandContext {
  const { terminal, globals, host, signal, folders, commands } = parts
  const at = parts.store === undefined ? '' : `at ${shellWord(printable(parts.store))} `
  const places = { env: host.env, platform: host.platform, keyboard: host.stdin, terminal, signal }
  const passphrases: PassphraseSources = {
    ...places,
    names: OWN_NAMES,
    file: globals.passphraseFile,
    command: globals.passphraseCommand,
    fromEnvironment: parts.fromEnvironment,
  }
  const peerPassphrases = (options: PeerOptions): PassphraseSources => ({
    ...places,
    names: PEER_NAMES,
    file: options.peerPassphraseFile,
    command: options.peerPassphraseCommand,
    fromEnvironment: parts.peerFromEnvironment,
  })
  const location = () =>
    storeLocation({
      at: parts.store,
      fromEnvironment: host.env.TINTYPE_STORE,
      dataDir: folders.data,
      platform: host.platform,
    })
  const openStoreHere = (cacheDir?: string) =>
    openStoreAt(location(), {
      host,
      signal,
      terminal,
      ...(cacheDir === undefined ? {} : { cacheDir }),
    })
  return {
    terminal,
    json: globals.json,
    quiet: globals.quiet,
    verbose: globals.verbose,
    signal,
    folders,
    host,
    commands,
    watch: (work) => watch(work, progressFor(terminal, globals, host)),
    storeLocation: location,
    openStore: () => openStoreHere(),
    openRepository: ({ copiesNearby } = { copiesNearby: false }) =>
      unlock(
        () => openStoreHere(copiesNearby ? folders.cache : undefined),
        passphrases,
        folders.cache,
      ),
    openPeer: (peer, options) =>
      unlock(
        () => openStoreAt(peer, { host, signal, terminal }),
        peerPassphrases(options),
        folders.cache,
      ),
    choosePassphrase: (options) => choosePassphrase(passphrases, options),
    choosePeerPassphrase: (options) => choosePassphrase(peerPassphrases(options), options),
    suggest: (command) => `tintype ${at}${command}`,
  }
}

interface OpenStoreOptions {
  host: Host
  signal: AbortSignal
  terminal: Terminal
  cacheDir?: string
}

/** Shorter waits for a store on a network are nobody's concern. */
const QUIET_WAIT_MS = 3000

async function openStoreAt(
  location: string,
  { host, signal, terminal, cacheDir }: OpenStoreOptions,
): Promise<Store> {
  const { openStore } = await import('../stores/registry.ts')
  const settings = { env: { ...host.env }, ...(cacheDir === undefined ? {} : { cacheDir }) }
  const onWait = (reason: Error, waitMs: number) => {
    if (waitMs < QUIET_WAIT_MS) return
    const seconds = Math.round(waitMs / 1000)
    terminal.note(`${printable(reason.message)}; trying again in ${seconds} s`)
  }
  return openStore(location, settings, { signal, onWait })
}

/** Opens the repository; a person who mistyped the passphrase is asked again. */
async function unlock(
  openStoreHere: () => Promise<Store>,
  passphrases: PassphraseSources,
  cacheDir: string,
): Promise<Repository> {
  for (let tries = 1; ; tries++) {
    let typed = false
    const store = await openStoreHere()
    const { openRepositoryIn } = await import('../operations/open-repository.ts')
    try {
      return await openRepositoryIn(store, {
        cacheDir,
        passphrase: async () => {
          const found = await findPassphrase(
            passphrases,
            `Passphrase for ${printable(store.location)}: `,
          )
          typed = found.typed
          return found.passphrase.reveal()
        },
      })
    } catch (problem) {
      await store[Symbol.asyncDispose]()
      const again = typed && codeOf(problem) === 'WRONG_PASSPHRASE' && tries < TRIES
      if (!again) throw problem
      passphrases.terminal.note('That is not the passphrase. Try again.')
    }
  }
}

function progressFor(terminal: Terminal, globals: GlobalOptions, host: Host): () => Progress {
  if (globals.quiet) return () => quietly
  if (terminal.canDraw && !globals.noProgress) return () => new LiveDisplay(terminal, host.ticksMs)
  return () => (globals.verbose ? new StageNotes(terminal) : quietly)
}

async function watch<T>(
  work: (progress: Progress) => Promise<T>,
  start: () => Progress,
): Promise<T> {
  const progress = start()
  try {
    return await work(progress)
  } finally {
    if (progress instanceof LiveDisplay) progress[Symbol.dispose]()
  }
}
