import { describe, expect, it, test } from 'vitest'
import { foldersOf } from './folders.ts'

const linux = { platform: 'linux', env: {}, homeDir: '/home/ann' } as const

describe('the folders of Tintype', () => {
  it('follow XDG on Linux', () => {
    expect(foldersOf(linux)).toEqual({
      config: '/home/ann/.config/tintype',
      cache: '/home/ann/.cache/tintype',
      data: '/home/ann/.local/share/tintype',
    })
  })

  it('follow the XDG variables where they are absolute', () => {
    const env = { XDG_CACHE_HOME: '/fast/cache', XDG_CONFIG_HOME: 'relative', XDG_DATA_HOME: '' }

    const folders = foldersOf({ ...linux, env })

    expect(folders).toEqual({
      config: '/home/ann/.config/tintype',
      cache: '/fast/cache/tintype',
      data: '/home/ann/.local/share/tintype',
    })
  })

  it('lie in Library on macOS', () => {
    const folders = foldersOf({ platform: 'darwin', env: {}, homeDir: '/Users/ann' })

    expect(folders).toEqual({
      config: '/Users/ann/Library/Application Support/tintype',
      cache: '/Users/ann/Library/Caches/tintype',
      data: '/Users/ann/Library/Application Support/tintype',
    })
  })

  it('lie in AppData on Windows', () => {
    const env = { LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local' }

    const folders = foldersOf({ platform: 'win32', env, homeDir: 'C:\\Users\\ann' })

    expect(folders).toEqual({
      config: 'C:\\Users\\ann\\AppData\\Roaming\\tintype',
      cache: 'C:\\Users\\ann\\AppData\\Local\\tintype\\cache',
      data: 'C:\\Users\\ann\\AppData\\Local\\tintype',
    })
  })

  const env = { TINTYPE_CACHE_DIR: '/env/cache', TINTYPE_CONFIG_DIR: '/env/config' }
  test.for([
    { given: { env }, cache: '/env/cache', because: 'the variable beats the custom' },
    { given: { env, cacheDir: '/opt' }, cache: '/opt', because: 'the option beats the variable' },
    {
      given: { env: { TINTYPE_CACHE_DIR: '' } },
      cache: '/home/ann/.cache/tintype',
      because: 'empty is not set',
    },
  ])('cache is $cache: $because', ({ given, cache }) => {
    expect(foldersOf({ ...linux, ...given }).cache).toBe(cache)
  })
})
