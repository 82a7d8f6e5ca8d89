import { resolve } from 'node:path'
import { expect, it, test } from 'vitest'
import { FolderStore } from './folder/folder-store.ts'
import { PtarStore } from './ptar/ptar-store.ts'
import { openStore, UnknownStoreSchemeError } from './registry.ts'
import { NotAStoreError } from './store.ts'

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

test.for(['s3://host/bucket', 'rclone:remote:path', 'https://example.org/x.ptar'])(
  '%s is refused by the name of its scheme',
  async (location) => {
    await expect(openStore(location)).rejects.toThrow(UnknownStoreSchemeError)
  },
)

it('opens a place where nothing is, and says so when asked for the repository', async () => {
  await using folder = await openStore('no/such/folder')
  await using file = await openStore('no/such/file.ptar')

  await expect(folder.getConfig()).rejects.toThrow(NotAStoreError)
  await expect(file.getConfig()).rejects.toThrow(NotAStoreError)
})

it('tells another thread how to open the same store', async () => {
  await using store = await openStore('some/where')

  const { module, location } = store.threadOpener!
  const registry: { openStore: typeof openStore } = await import(/* @vite-ignore */ module)
  await using opened = await registry.openStore(location)

  expect(opened.location).toBe(store.location)
})
