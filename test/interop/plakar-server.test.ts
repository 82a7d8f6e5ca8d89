/**
 * The real `plakar server`: what we believe of its protocol, and our commands on a store behind it.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpStore } from '../../src/stores/http/http-store.ts'
import { collect } from '../../src/stores/store.conformance.ts'
import { NotInStoreError, ShortReadError } from '../../src/stores/store.ts'
import { fileTree } from '../support/file-tree.ts'
import { NO_PLAKAR, runPlakar, stopPlakar } from '../support/plakar.ts'
import { type RunningServer, startPlakarServer } from '../support/plakar-server/start-server.ts'
import { CHEAP_KDF, jsonLines, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

const NAME = 'ab'.repeat(32)
const OTHER_NAME = `ab${'cd'.repeat(31)}`
let home: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'tintype-server-'))
  if (NO_PLAKAR === undefined) await runPlakar(home, ['-disable-security-check'])
})
afterAll(async () => {
  if (NO_PLAKAR === undefined) await stopPlakar(home)
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(NO_PLAKAR !== undefined)('plakar server', () => {
  it('keeps, gives, lists and removes what we send it, as we believe it does', async () => {
    const folder = join(home, 'protocol')
    await runTintype(home, ['at', folder, 'create', ...CHEAP_KDF])
    await using server = await startPlakarServer(home, folder, { allowDelete: true })
    await using store = new HttpStore('http', server.url.slice('http:'.length), { env: {} })
    const large = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) & 0xff)

    for (const kind of ['packfile', 'state', 'lock'] as const) {
      await store.put(kind, NAME, [large.subarray(0, 1000), large.subarray(1000)])
      await store.put(kind, OTHER_NAME, [])

      expect(await store.get(kind, NAME)).toEqual(large)
      expect(await store.get(kind, OTHER_NAME)).toHaveLength(0)
      const range = { offset: 999, length: 70_000 }
      expect(await store.get(kind, NAME, range)).toEqual(large.slice(999, 70_999))
      expect(await store.get(kind, NAME, { offset: 300_000, length: 0 })).toHaveLength(0)
      const beyond = { offset: 299_999, length: 2 }
      await expect(store.get(kind, NAME, beyond)).rejects.toThrow(ShortReadError)
      expect(await store.size(kind, NAME)).toBe(300_000)
      expect(await store.size(kind, OTHER_NAME)).toBe(0)
      expect((await collect(store.list(kind))).toSorted()).toEqual([NAME, OTHER_NAME])
      await store.remove(kind, NAME)
      await store.remove(kind, NAME)
      await expect(store.get(kind, NAME)).rejects.toThrow(NotInStoreError)
      await expect(store.size(kind, NAME)).rejects.toThrow(NotInStoreError)
    }
  })

  it.for([true, false])(
    'is backed up to, checked and restored from, deleting allowed: %s',
    async (allowDelete) => {
      const sample = await sharedSample()
      const folder = join(home, `store-${allowDelete}`)
      await runTintype(home, ['at', folder, 'create', ...CHEAP_KDF])
      await using server: RunningServer = await startPlakarServer(home, folder, { allowDelete })
      const at = (...args: string[]) => runTintype(home, ['at', server.url, ...args])

      for (const { folder: source } of sample.exports) {
        const ran = await at('backup', '--threads', '2', source)
        expect([0, 3], ran.stderr).toContain(ran.code)
      }

      const check = await at('check', '--full')
      expect(check, check.stderr).toMatchObject({ code: 0 })
      const [near, far] = [join(home, `near-${allowDelete}`), join(home, `far-${allowDelete}`)]
      await at('restore', '--to', far)
      await runTintype(home, ['at', folder, 'restore', '--to', near])
      expect(fileTree(far)).toEqual(fileTree(near))
      expect(Object.keys(fileTree(far)).length).toBeGreaterThan(50)
      expect(jsonLines(await at('ls', '--json'))).toHaveLength(2)
      // Where nothing may be deleted our locks stay, until they are seen to be nobody's.
      expect((await readdir(join(folder, 'locks'))).length > 0).toBe(!allowDelete)
    },
  )
})
