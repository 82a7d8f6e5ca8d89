/**
 * Where Tintype keeps its own files, by the custom of each system:
 *
 *   | folder | Linux and others (XDG)          | macOS                                   | Windows                  |
 *   | ------ | ------------------------------- | --------------------------------------- | ------------------------ |
 *   | config | ~/.config/tintype               | ~/Library/Application Support/tintype   | %APPDATA%\tintype        |
 *   | cache  | ~/.cache/tintype                | ~/Library/Caches/tintype                | %LOCALAPPDATA%\tintype\cache |
 *   | data   | ~/.local/share/tintype          | ~/Library/Application Support/tintype   | %LOCALAPPDATA%\tintype   |
 *
 * `XDG_CONFIG_HOME`, `XDG_CACHE_HOME` and `XDG_DATA_HOME` count on every system but Windows, when
 * they are absolute (XDG Base Directory Specification 0.8: relative ones must be ignored).
 * An option beats `TINTYPE_CONFIG_DIR` and `TINTYPE_CACHE_DIR`, which beat the table.
 * @module
 */
import { posix, win32 } from 'node:path'

export interface Folders {
  config: string
  /** Deleting it costs time only. */
  cache: string
  data: string
}

export interface FolderCircumstances {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  homeDir: string
  /** `--config-dir` and `--cache-dir`. */
  configDir?: string | undefined
  cacheDir?: string | undefined
}

export function foldersOf(circumstances: FolderCircumstances): Folders {
  const { env } = circumstances
  const usual = usualFolders(circumstances)
  return {
    config: circumstances.configDir ?? (env.TINTYPE_CONFIG_DIR || usual.config),
    cache: circumstances.cacheDir ?? (env.TINTYPE_CACHE_DIR || usual.cache),
    data: usual.data,
  }
}

function usualFolders({ platform, env, homeDir }: FolderCircumstances): Folders {
  if (platform === 'win32') return windowsFolders(env, homeDir)
  const mac = platform === 'darwin'
  const base = (variable: string, ...fallback: string[]) => {
    const set = env[variable]
    return set?.startsWith('/') ? set : posix.join(homeDir, ...fallback)
  }
  const support = ['Library', 'Application Support']
  const inTintype = (folder: string) => posix.join(folder, 'tintype')
  return {
    config: inTintype(base('XDG_CONFIG_HOME', ...(mac ? support : ['.config']))),
    cache: inTintype(base('XDG_CACHE_HOME', ...(mac ? ['Library', 'Caches'] : ['.cache']))),
    data: inTintype(base('XDG_DATA_HOME', ...(mac ? support : ['.local', 'share']))),
  }
}

function windowsFolders(env: FolderCircumstances['env'], homeDir: string): Folders {
  const roaming = env.APPDATA || win32.join(homeDir, 'AppData', 'Roaming')
  const local = env.LOCALAPPDATA || win32.join(homeDir, 'AppData', 'Local')
  return {
    config: win32.join(roaming, 'tintype'),
    cache: win32.join(local, 'tintype', 'cache'),
    data: win32.join(local, 'tintype'),
  }
}
