import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lie, LyingRclone } from '../../../test/support/rclone/lying-rclone.ts'
import { NO_RCLONE, rcloneEnvironment } from '../../../test/support/rclone/rclone-world.ts'
import { codeOf } from '../../util/coded-error.ts'
import { collect } from '../store.conformance.ts'
import { RcloneStore } from './rclone-store.ts'

const NAME = 'ab'.repeat(32)
const OTHER_NAME = `cd${'ab'.repeat(31)}`

/** Other bytes each time: what is stored already must not stand for what is not. */
let files = 0
function aFile(): Uint8Array {
  files += 1
  return Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7 + files) & 0xff)
}

describe.skipIf(NO_RCLONE !== undefined)('an rclone that says "done" and is not', () => {
  const home = mkdtempSync(join(tmpdir(), 'lying-rclone-'))
  let rclone: LyingRclone
  let store: RcloneStore
  beforeAll(async () => {
    rclone = new LyingRclone(home)
    store = new RcloneStore('folder:store', { env: rclone.foundFirst(rcloneEnvironment(home)) })
    await store.create(new Uint8Array(400))
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    rmSync(home, { recursive: true })
  })

  it.for<{ path: string; lie: Lie }>([
    { path: '/operations/uploadfile', lie: 'torn' },
    { path: '/operations/uploadfile', lie: 'nothing' },
    { path: '/operations/uploadfile', lie: 'cut' },
    { path: '/operations/uploadfile', lie: 'busy' },
    { path: '/operations/movefile', lie: 'nothing' },
    { path: '/operations/movefile', lie: 'cut' },
    { path: '/operations/stat', lie: 'nothing' },
    { path: '/operations/stat', lie: 'half' },
    { path: '/operations/stat', lie: 'busy' },
  ])('is found out when $path is $lie, and asked again', async ({ path, lie }) => {
    const sound = aFile()
    rclone.lieOnceTo(path, lie)

    const failure = await store.put('state', NAME, [sound]).catch((error) => error)

    expect(codeOf(failure)).toBe('STORE_UNREACHABLE')
    rclone.honest()
    await store.put('state', NAME, [sound])
    expect(await store.get('state', NAME)).toEqual(sound)
    expect(readdirSync(join(home, 'remote/store')).filter((name) => /^tmp/.test(name))).toEqual([])
  })

  it('leaves nothing under the name of a packfile that was torn', async () => {
    rclone.lieOnceTo('/operations/uploadfile', 'torn')

    await expect(store.put('packfile', OTHER_NAME, [aFile()])).rejects.toThrow(
      '50000 of 100000 bytes',
    )

    expect(existsSync(join(home, `remote/store/packfiles/cd/${OTHER_NAME}`))).toBe(false)
  })

  it.for<Lie>(['cut', 'half', 'shorter', 'nothing', 'busy'])(
    'gives a listing that is %s, which is no listing',
    async (lie) => {
      await store.put('state', NAME, [aFile()])
      await store.put('state', OTHER_NAME, [aFile()])
      rclone.lieOnceTo('/operations/list', lie)

      const failure = await collect(store.list('state')).catch((error) => error)

      expect(codeOf(failure)).toBe('STORE_UNREACHABLE')
      expect((await collect(store.list('state'))).toSorted()).toEqual([NAME, OTHER_NAME])
    },
  )

  it.for<Lie>(['cut', 'half', 'nothing', 'busy'])(
    'gives a file that is %s, which is no shorter file',
    async (lie) => {
      await store.put('packfile', NAME, [aFile()])
      for (const range of [undefined, { offset: 1000, length: 5000 }]) {
        rclone.lieOnceTo('/[', lie)

        const failure = await store.get('packfile', NAME, range).catch((error) => error)

        expect(codeOf(failure)).toBe('STORE_UNREACHABLE')
      }
    },
  )

  it('may be killed: the next call starts it anew', async () => {
    const sound = aFile()
    await store.put('state', NAME, [sound])
    rclone.lieOnceTo('/[', 'die')

    const failure = await store.get('state', NAME).catch((error) => error)

    expect(codeOf(failure)).toBe('STORE_UNREACHABLE')
    await store.get('state', NAME).catch(() => {}) // perhaps it is still ending
    expect(await store.get('state', NAME)).toEqual(sound)
  })
})
