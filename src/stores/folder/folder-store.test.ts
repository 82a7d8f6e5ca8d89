import { mkdtempSync, rmSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { utf8 } from '../../util/bytes.ts'
import { writeFully } from '../../util/durable-file.ts'
import { collect, describeStore } from '../store.conformance.ts'
import { NotAStoreError, StoreExistsError, StoreReadError, StoreWriteError } from '../store.ts'
import { FolderStore } from './folder-store.ts'

const scratch = mkdtempSync(join(tmpdir(), 'folder-store-'))
let places = 0
afterAll(() => rmSync(scratch, { recursive: true }))

function vacantPlace(): string {
  places += 1
  return join(scratch, `place-${places}`)
}

async function aStore(now?: () => Date): Promise<FolderStore> {
  const store = new FolderStore(vacantPlace(), now)
  await store.create(utf8('CONFIG'))
  return store
}

const NAME = 'ab'.repeat(32)
const isRoot = process.getuid?.() === 0

describeStore('folder', async () => new FolderStore(vacantPlace()))

describe('the folder of a store', () => {
  it('is laid out as Plakar expects: 256 buckets each, readable by its owner only', async () => {
    const store = await aStore()
    const at = (path: string) => join(store.location, path)

    await store.put('packfile', NAME, [utf8('x')])
    await store.put('lock', NAME, [utf8('x')])

    expect((await readdir(store.location)).toSorted()).toEqual([
      'CONFIG',
      'locks',
      'packfiles',
      'states',
    ])
    expect(await readdir(at('packfiles'))).toHaveLength(256)
    expect(await readdir(at('states'))).toHaveLength(256)
    expect(await readFile(at(`packfiles/ab/${NAME}`), 'utf8')).toBe('x')
    expect(await readFile(at(`locks/${NAME}`), 'utf8')).toBe('x')
    expect((await stat(at(`packfiles/ab/${NAME}`))).mode & 0o777).toBe(0o600)
    expect((await stat(at('packfiles/ab'))).mode & 0o777).toBe(0o700)
    expect((await stat(at('CONFIG'))).mode & 0o777).toBe(0o600)
  })

  it('may exist before, when it is empty', async () => {
    const place = vacantPlace()
    await mkdir(place)

    await new FolderStore(place).create(utf8('CONFIG'))

    expect(await readdir(place)).toContain('CONFIG')
  })

  it('is not made where other files are', async () => {
    const place = vacantPlace()
    await mkdir(place)
    await writeFile(join(place, 'holiday.jpg'), 'x')

    await expect(new FolderStore(place).create(utf8('CONFIG'))).rejects.toThrow(StoreExistsError)

    expect(await readdir(place)).toEqual(['holiday.jpg'])
  })

  it('is not made in the place of a file', async () => {
    const place = vacantPlace()
    await writeFile(place, 'x')

    await expect(new FolderStore(place).create(utf8('CONFIG'))).rejects.toThrow(StoreExistsError)
    await expect(new FolderStore(place).getConfig()).rejects.toThrow(NotAStoreError)
  })

  it('passes over files that are not its own', async () => {
    const store = await aStore()
    const at = (path: string) => join(store.location, path)
    await writeFile(at('packfiles/tmp.123'), 'growing')
    await writeFile(at(`packfiles/ab/${NAME}.frozen`), 'foreign')
    await writeFile(at(`packfiles/00/${NAME}`), 'in the wrong bucket')
    await mkdir(at(`packfiles/cd/${'cd'.repeat(32)}`))

    expect(await collect(store.list('packfile'))).toEqual([])
  })

  it('may lack empty buckets, which some programs do not copy', async () => {
    const store = await aStore()
    await store.put('state', NAME, [utf8('x')])
    await rm(join(store.location, 'states/cd'), { recursive: true })
    await rm(join(store.location, 'locks'), { recursive: true })

    await store.put('state', 'cd'.repeat(32), [utf8('y')])
    await store.put('lock', NAME, [utf8('z')])

    expect(await collect(store.list('state'))).toEqual([NAME, 'cd'.repeat(32)])
    expect(await collect(store.list('lock'))).toEqual([NAME])
  })

  it('does not look empty when a whole folder of it is gone', async () => {
    const store = await aStore()
    await rm(join(store.location, 'states'), { recursive: true })

    await expect(collect(store.list('state'))).rejects.toThrow(StoreReadError)
  })

  it('is tidied of what dead runs left, but not of what is being written', async () => {
    const now = new Date('2024-05-01T12:00:00Z')
    const store = await aStore(() => now)
    const at = (path: string) => join(store.location, path)
    for (const name of ['tmp.1', 'packfiles/tmp.2', 'states/tmp.3', 'states/tmp.4', 'tmp.mine']) {
      await writeFile(at(name), 'half')
      await utimes(at(name), now, new Date('2024-05-01T10:59:59Z'))
    }
    await utimes(at('states/tmp.4'), now, new Date('2024-05-01T11:00:01Z'))

    await store.put('lock', NAME, [utf8('x')])

    expect(await readdir(store.location)).not.toContain('tmp.1')
    expect(await readdir(store.location)).toContain('tmp.mine')
    expect(await readdir(at('packfiles'))).not.toContain('tmp.2')
    expect(await readdir(at('states'))).not.toContain('tmp.3')
    expect(await readdir(at('states'))).toContain('tmp.4')
  })
})

describe('when the disk does not take a write', () => {
  it('the error names the file and the reason, and no part is left', async () => {
    const store = await aStore()
    await rm(join(store.location, 'packfiles/ab'), { recursive: true })
    await writeFile(join(store.location, 'packfiles/ab'), 'a file where the bucket should be')

    const failure = await store.put('packfile', NAME, [utf8('x')]).catch((error) => error)

    expect(failure).toBeInstanceOf(StoreWriteError)
    expect(failure.message).toContain(NAME)
    expect(failure.cause).toMatchObject({ code: 'EEXIST' })
    const left = await readdir(join(store.location, 'packfiles'))
    expect(left.filter((name) => name.startsWith('tmp.'))).toEqual([])
  })

  it('a temporary that cannot take its final name is removed', async () => {
    const store = await aStore()
    await mkdir(join(store.location, `packfiles/ab/${NAME}/occupied`), { recursive: true })

    await expect(store.put('packfile', NAME, [utf8('x')])).rejects.toThrow(StoreWriteError)

    const left = await readdir(join(store.location, 'packfiles'))
    expect(left.filter((name) => name.startsWith('tmp.'))).toEqual([])
  })

  it.for([
    { code: 'ENOSPC', says: 'disk is full', hint: 'Free some space' },
    { code: 'EDQUOT', says: 'quota', hint: 'Free some space' },
    { code: 'EIO', says: 'error', hint: 'failing' },
    { code: 'EFBIG', says: 'size', hint: 'Check' },
  ])('$code is explained', ({ code, says, hint }) => {
    const cause = Object.assign(new Error(`${code}: something`), { code })

    const failure = new StoreWriteError('/disk/packfiles/ab', cause)

    expect(failure.message).toContain('/disk/packfiles/ab')
    expect(failure.message).toContain(says)
    expect(failure.message).toContain(code)
    expect(failure.hint).toContain(hint)
    expect(failure.cause).toBe(cause)
  })

  it.skipIf(isRoot)('a folder that cannot be made leaves nothing behind', async () => {
    const place = vacantPlace()
    await mkdir(place)
    await chmod(place, 0o500)

    await expect(new FolderStore(place).create(utf8('CONFIG'))).rejects.toThrow(StoreWriteError)

    expect(await readdir(place)).toEqual([])
  })

  it('bytes that the system takes piecemeal are all written', async () => {
    const taken: number[] = []
    const slow = {
      async write(bytes: Uint8Array, at: number) {
        taken.push(bytes[at]!)
        return { bytesWritten: 1, buffer: bytes }
      },
    }

    await writeFully(slow as unknown as Parameters<typeof writeFully>[0], utf8('abc'))

    expect(taken).toEqual([...utf8('abc')])
  })

  it('a system that takes nothing more is an error, not a shorter file', async () => {
    const full = {
      async write(bytes: Uint8Array) {
        return { bytesWritten: 0, buffer: bytes }
      },
    }

    const writing = writeFully(full as unknown as Parameters<typeof writeFully>[0], utf8('abc'))

    await expect(writing).rejects.toThrow('only 0 of 3 bytes')
  })
})
