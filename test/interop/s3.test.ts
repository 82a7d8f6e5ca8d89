/**
 * Our client against a server that others wrote (s3rver), and a client that others wrote (rclone)
 * against our server, so that the two do not only agree with each other.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import S3rver from 's3rver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openS3 } from '../../src/stores/s3/open-s3.ts'
import { collect, describeStore } from '../../src/stores/store.conformance.ts'
import { equalBytes, fromUtf8, utf8 } from '../../src/util/bytes.ts'
import { NO_PLAKAR, runPlakar, stopPlakar } from '../support/plakar.ts'
import { CHEAP_KDF, jsonLines, runProgram, runTintype } from '../support/run-program.ts'
import { S3Double } from '../support/s3/s3-double.ts'
import { sharedSample } from '../support/shared-sample.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const NAME = 'ab'.repeat(32)
const CONTENT = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 31) & 0xff)

describe('with s3rver', () => {
  const folder = temporaryFolder()
  const bucket = 'photos'
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder.path,
    configureBuckets: [{ name: bucket, configs: [] }],
  })
  const env = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' }
  let port = 0
  let places = 0

  beforeAll(async () => {
    port = (await server.run()).port
  })
  afterAll(async () => {
    await server.close()
    folder[Symbol.dispose]()
  })

  const open = (partBytes?: number) => {
    places += 1
    const place = `//127.0.0.1:${port}/${bucket}/place-${places}`
    return openS3('s3+http', place, { env }, partBytes === undefined ? {} : { partBytes })
  }

  describeStore('S3 (s3rver)', () => open())

  it('a large file goes up in parts', async () => {
    await using store = await open(20_000)
    await store.create(utf8('CONFIG'))

    await store.put('packfile', NAME, [CONTENT.subarray(0, 33_000), CONTENT.subarray(33_000)])

    expect(equalBytes(await store.get('packfile', NAME), CONTENT)).toBe(true)
    const part = await store.get('packfile', NAME, { offset: 19_990, length: 20 })
    expect(equalBytes(part, CONTENT.subarray(19_990, 20_010))).toBe(true)
  })

  it('a bucket is made when it does not exist', async () => {
    await using store = await openS3('s3+http', `//127.0.0.1:${port}/another`, { env })

    await store.create(utf8('CONFIG'))

    expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
  })
})

const NO_RCLONE =
  spawnSync('rclone', ['version']).status === 0 ? undefined : 'rclone is not installed'

function runRclone(
  double: S3Double,
  home: string,
  args: string[],
  keyPair: Record<string, string> = double.env,
) {
  const remote = {
    RCLONE_CONFIG_DOUBLE_TYPE: 's3',
    RCLONE_CONFIG_DOUBLE_PROVIDER: 'Other',
    RCLONE_CONFIG_DOUBLE_ENV_AUTH: 'true',
    RCLONE_CONFIG_DOUBLE_ENDPOINT: `http://127.0.0.1:${double.port}`,
    RCLONE_CONFIG_DOUBLE_UPLOAD_CUTOFF: '6Mi',
    RCLONE_CONFIG_DOUBLE_CHUNK_SIZE: '5Mi',
    RCLONE_RETRIES: '1',
    RCLONE_LOW_LEVEL_RETRIES: '1',
  }
  const env = { HOME: home, XDG_CONFIG_HOME: home, ...remote, ...keyPair }
  return runProgram('rclone', args, { env })
}

describe(`rclone as the client${NO_RCLONE ? ` (skipped: ${NO_RCLONE})` : ''}`, () => {
  it.skipIf(NO_RCLONE)('copies a store out as the folder that Plakar has', async () => {
    using home = temporaryFolder()
    await using double = await S3Double.start({ pageSize: 2 })
    const place = double.location('store').slice('s3+http:'.length)
    await using store = await openS3('s3+http', place, { env: double.env }, { partBytes: 30_000 })
    await store.create(utf8('CONFIG'))
    await store.put('packfile', NAME, [CONTENT])
    await store.put('state', NAME, [utf8('state')])
    await store.put('lock', NAME, [utf8('lock')])
    const out = join(home.path, 'out')

    const ran = await runRclone(double, home.path, ['copy', 'double:photos/store', out])

    expect(ran.code, ran.stderr).toBe(0)
    expect(readFileSync(join(out, 'CONFIG'), 'utf8')).toBe('CONFIG')
    expect(equalBytes(readFileSync(join(out, `packfiles/ab/${NAME}`)), CONTENT)).toBe(true)
    expect(readFileSync(join(out, `states/ab/${NAME}`), 'utf8')).toBe('state')
    expect(readFileSync(join(out, `locks/${NAME}`), 'utf8')).toBe('lock')
  })

  it.skipIf(NO_RCLONE)(
    'copies a folder in, and our client reads it: small, and in parts',
    async () => {
      using home = temporaryFolder()
      await using double = await S3Double.start({ pageSize: 2 })
      const from = join(home.path, 'in')
      for (const kind of ['packfiles/ab', 'states/ab']) {
        mkdirSync(join(from, kind), { recursive: true })
      }
      const large = new Uint8Array(11 * 1_048_576).map((_, at) => at * 13)
      writeFileSync(join(from, 'CONFIG'), 'CONFIG')
      writeFileSync(join(from, 'packfiles/ab', NAME), large)
      writeFileSync(join(from, 'states/ab', NAME), 'state')

      const ran = await runRclone(double, home.path, ['copy', from, 'double:photos/store'])
      const checked = await runRclone(double, home.path, ['check', from, 'double:photos/store'])

      expect([ran.code, checked.code], ran.stderr + checked.stderr).toEqual([0, 0])
      expect(double.operations()).toContain('CompleteMultipartUpload')
      const place = double.location('store').slice('s3+http:'.length)
      await using store = await openS3('s3+http', place, { env: double.env })
      expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
      expect(await collect(store.list('packfile'))).toEqual([NAME])
      expect(equalBytes(await store.get('packfile', NAME), large)).toBe(true)
      expect(fromUtf8(await store.get('state', NAME))).toBe('state')
    },
  )

  it.skipIf(NO_RCLONE)('is refused by our server when its signature is wrong', async () => {
    using home = temporaryFolder()
    await using double = await S3Double.start()
    const wrong = { ...double.env, AWS_SECRET_ACCESS_KEY: 'another one' }

    const ran = await runRclone(double, home.path, ['lsf', 'double:photos'], wrong)

    expect(ran.code).not.toBe(0)
    expect(ran.stderr).toContain('SignatureDoesNotMatch')
  })
})

/** Buckets know no empty folders; plakar writes to those that `create` made. */
function makeEmptyFolders(store: string): void {
  mkdirSync(join(store, 'locks'), { recursive: true })
  for (let byte = 0; byte < 256; byte++) {
    for (const kind of ['packfiles', 'states']) {
      mkdirSync(join(store, kind, byte.toString(16).padStart(2, '0')), { recursive: true })
    }
  }
}

const NO_PLAKAR_OR_RCLONE = NO_PLAKAR ?? NO_RCLONE

describe(`plakar${NO_PLAKAR_OR_RCLONE ? ` (skipped: ${NO_PLAKAR_OR_RCLONE})` : ''}`, () => {
  it.skipIf(NO_PLAKAR_OR_RCLONE)('opens what lies in our bucket, and we what it made', async () => {
    using home = temporaryFolder()
    await using double = await S3Double.start()
    const { exports } = await sharedSample()
    const ours = double.location('ours')
    const tintype = (...args: string[]) => runTintype(home.path, args, { env: double.env })
    await runPlakar(home.path, ['-disable-security-check'])
    await tintype('at', ours, 'create', ...CHEAP_KDF)
    await tintype('at', ours, 'backup', exports[0].folder)

    // Its S3 integration is a package of its own; the keys it uses are those of its folders.
    const copy = join(home.path, 'copy')
    await runRclone(double, home.path, ['copy', 'double:photos/ours', copy])
    makeEmptyFolders(copy)
    const checked = await runPlakar(home.path, ['at', copy, 'check'])
    const saved = await runPlakar(home.path, ['at', copy, 'backup', exports[1].folder])
    await stopPlakar(home.path)
    await runRclone(double, home.path, ['copy', copy, 'double:photos/theirs'])
    const theirs = await tintype('at', double.location('theirs'), 'check', '--full')
    const listed = await tintype('at', double.location('theirs'), 'ls', '--json')

    expect([checked.code, saved.code], checked.stderr + saved.stderr).toEqual([0, 0])
    expect(theirs.code, theirs.stdout + theirs.stderr).toBe(0)
    expect(jsonLines(listed)).toHaveLength(2)
  })
})
