import { resolve } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { codeOf } from '../util/coded-error.ts'
import { FolderStore } from './folder/folder-store.ts'
import { GooglePhotosStoreError } from './google-photos-error.ts'
import { PtarStore } from './ptar/ptar-store.ts'
import { openStore, UnknownStoreSchemeError } from './registry.ts'
import { NotAStoreError } from './store.ts'
import { CachedStore } from './wrappers/cached-store.ts'
import { RetryingStore } from './wrappers/retrying-store.ts'

test.for([
  { location: 'some/where', path: 'some/where', because: 'a path is a path' },
  { location: '/some/where', path: '/some/where', because: 'a path is a path' },
  { location: './a:b', path: './a:b', because: 'a scheme cannot begin with a dot' },
  { location: 'c:/repository', path: 'c:/repository', because: 'one letter is a drive' },
  { location: 'file:/some/where', path: '/some/where', because: 'Plakar writes it so' },
  { location: 'fs:///some/where', path: '/some/where', because: 'Plakar writes it so' },
  { location: 'fs:some/where', path: 'some/where', because: 'Plakar writes it so' },
])('$location is a folder: $because', async ({ location, path }) => {
  await using store = await openStore(location)

  expect(store).toBeInstanceOf(FolderStore)
  expect(store.location).toBe(resolve(path))
})

test.for(['x.ptar', '/some/where/X.PTAR', 'file:/x.ptar', 'ptar:///x'])(
  '%s is a .ptar file',
  async (location) => {
    await using store = await openStore(location)

    expect(store).toBeInstanceOf(PtarStore)
  },
)

test.for([
  { location: 'rclone:remote:path', at: 'rclone:remote:path' },
  { location: 'rclone://remote:/path/', at: 'rclone:remote:/path' },
  { location: 'http://127.0.0.1:9876/', at: 'http://127.0.0.1:9876' },
  { location: 'HTTPS://Example.org/photos', at: 'https://example.org/photos' },
  { location: 'ptar+https://example.org/x.ptar', at: 'ptar+https://example.org/x.ptar' },
])('$location lies on a network, where one asks again', async ({ location, at }) => {
  await using store = await openStore(location)

  expect(store).toBeInstanceOf(RetryingStore)
  expect(store.location).toBe(at)
  expect(store.threadOpener?.location).toBe(at)
})

it('keeps copies nearby of stores on a network, where it is told to', async () => {
  await using distant = await openStore('http://127.0.0.1', { env: {}, cacheDir: '/nowhere' })
  await using near = await openStore('some/where', { env: {}, cacheDir: '/nowhere' })

  expect(distant).toBeInstanceOf(CachedStore)
  expect(near).toBeInstanceOf(FolderStore)
})

test.for(['sftp://host/path', 'gs:bucket'])('%s is refused, and told what there is', async (at) => {
  const failure = await openStore(at).catch((error) => error)

  expect(failure).toBeInstanceOf(UnknownStoreSchemeError)
  for (const known of ['s3:', 'rclone:', 'https:', 'ptar+https:']) {
    expect(failure.hint).toContain(known)
  }
})

test.for([
  'gphotos:',
  'gphotos:album/x',
  'googlephotos://me',
  'google-photos:me',
  'https://photos.google.com/u/0/',
  's3://photos.google.com/bucket',
  'https://photoslibrary.googleapis.com/v1',
  'rclone::googlephotos:media',
  'rclone::gphotos,read_only=true:',
  'rclone::google photos:',
])('%s is refused, since Google Photos keeps no repositories', async (location) => {
  await expect(openStore(location)).rejects.toThrow(GooglePhotosStoreError)
})

test.for([
  { at: 'rclone:path/without/remote', because: 'names no remote' },
  { at: 'rclone::sftp,host=h,pass=hunter22:x', because: 'made up on the spot' },
  { at: 'rclone:drive,token=hunter22:x', because: 'options belong elsewhere' },
  { at: 'rclone:drive:a/../../b', because: 'leads out' },
  { at: 'http://ann:hunter22@host/', because: 'a password in a location' },
  { at: 'https://host/?token=hunter22', because: 'a token in a location' },
  { at: 'http:', because: 'no address' },
])('$at is refused: $because', async ({ at }) => {
  const failure = await openStore(at).catch((error) => error)

  expect(codeOf(failure)).toBe('STORE_LOCATION')
  expect(`${failure.message} ${failure.hint}`).not.toContain('hunter22')
})

describe('the token of a server', () => {
  const env = { TINTYPE_HTTP_TOKEN: 'a secret token' }

  it('does not go over the network for everybody to read', async () => {
    await expect(openStore('http://nas.example/', { env })).rejects.toThrow('everybody')
  })

  it.for(['https://nas.example/', 'http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1'])(
    'may go to %s',
    async (location) => {
      await using store = await openStore(location, { env })

      expect(store.location).not.toContain('secret')
    },
  )
})

test.for([
  { name: 'TINTYPE_LIMIT_UPLOAD', value: 'fast' },
  { name: 'TINTYPE_LIMIT_UPLOAD', value: '0' },
  { name: 'TINTYPE_LIMIT_DOWNLOAD', value: '-5' },
  { name: 'TINTYPE_CONNECTIONS', value: '0' },
  { name: 'TINTYPE_CONNECTIONS', value: '65' },
])('$name=$value is refused by its name', async ({ name, value }) => {
  const opening = openStore('http://127.0.0.1', { env: { [name]: value } })

  await expect(opening).rejects.toThrow(`${name}=${value}`)
})

it('opens a place where nothing is, and says so when asked for the repository', async () => {
  await using folder = await openStore('no/such/folder')
  await using file = await openStore('no/such/file.ptar')

  await expect(folder.getConfig()).rejects.toThrow(NotAStoreError)
  await expect(file.getConfig()).rejects.toThrow(NotAStoreError)
})

test.for([
  { at: 'some/where', env: {} },
  {
    at: 'http://127.0.0.1:1',
    env: { TINTYPE_LIMIT_UPLOAD: '1M', TINTYPE_LIMIT_DOWNLOAD: '2.5 MB/s' },
  },
])('tells another thread how to open the same store at $at', async ({ at, env }) => {
  await using store = await openStore(at, { env })

  const { module, location, settings } = structuredClone(store.threadOpener!)
  const registry: { openStore: typeof openStore } = await import(/* @vite-ignore */ module)
  await using opened = await registry.openStore(location, settings)

  expect(opened.location).toBe(store.location)
  expect(opened.constructor.name).toBe(store.constructor.name)
  expect(Object.keys(settings.paces ?? {})).toHaveLength(Object.keys(env).length)
})
