import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { afterAll, describe, expect, it } from 'vitest'
import { NO_RCLONE, rcloneEnvironment } from '../../../test/support/rclone/rclone-world.ts'
import { concatBytes, utf8 } from '../../util/bytes.ts'
import { codeOf } from '../../util/coded-error.ts'
import { collect } from '../store.conformance.ts'
import { RcloneStore } from './rclone-store.ts'

const home = mkdtempSync(join(tmpdir(), 'rclone-refusals-'))
afterAll(() => rmSync(home, { recursive: true }))

async function failureOf(
  rest: string,
  env: Record<string, string>,
): Promise<Error & { hint?: string }> {
  await using store = new RcloneStore(rest, { env })
  return await store.getConfig().then(
    () => new Error('it opened'),
    (error) => error,
  )
}

/** As rclone encrypts its configuration: secretbox under SHA-256 of `[password][rclone-config]`. */
function encryptedConfiguration(text: string, password: string): string {
  const nonce = new Uint8Array(24).fill(7)
  const key = sha256(utf8(`[${password}][rclone-config]`))
  const box = xsalsa20poly1305(key, nonce).encrypt(utf8(text))
  const base64 = Buffer.from(concatBytes([nonce, box])).toString('base64')
  return `# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n${base64}`
}

it('a computer without rclone is told what to install', async () => {
  const failure = await failureOf('drive:x', { PATH: `relative:.:${home}` })

  expect(codeOf(failure)).toBe('RCLONE_MISSING')
  expect(failure.hint).toContain('Install rclone 1.60')
})

it('an rclone that is too old is named, with its version', async () => {
  writeFileSync(
    join(home, 'rclone'),
    `#!${process.execPath}
require('node:http').createServer((_, response) => response.end('{"version":"v1.53.3","decomposed":[1,53,3]}'))
  .listen(0, '127.0.0.1', function () {
    process.stderr.write('Serving remote control on http://127.0.0.1:' + this.address().port + '/\\n')
  })
`,
    { mode: 0o755 },
  )

  const failure = await failureOf('drive:x', { PATH: home })

  expect(codeOf(failure)).toBe('RCLONE_TOO_OLD')
  expect(failure.message).toContain('v1.53.3')
})

describe.skipIf(NO_RCLONE !== undefined)('rclone', () => {
  const env = NO_RCLONE === undefined ? rcloneEnvironment(home) : {}

  it('is not asked for a remote it does not have', async () => {
    const failure = await failureOf('clowd:x', env)

    expect(codeOf(failure)).toBe('RCLONE_REMOTE_UNKNOWN')
    expect(failure.message).toContain('disk, folder, locked')
  })

  it('is refused with Google Photos behind an alias', async () => {
    const behind = {
      ...env,
      RCLONE_CONFIG_GP_TYPE: 'google photos',
      RCLONE_CONFIG_MINE_TYPE: 'alias',
      RCLONE_CONFIG_MINE_REMOTE: 'gp:album',
    }

    expect(codeOf(await failureOf('gp:album/x', behind))).toBe('GOOGLE_PHOTOS_STORE')
    expect((await failureOf('mine:x', behind)).message).toContain('mine:x is Google Photos')
  })

  it('does not ask for the password of its configuration, which would hang', async () => {
    const config = join(home, 'encrypted.conf')
    writeFileSync(config, encryptedConfiguration('[secret]\ntype = memory\n', 'open sesame'))
    const locked = { ...env, RCLONE_CONFIG: config }

    const failure = await failureOf('secret:x', locked)

    expect(codeOf(failure)).toBe('RCLONE_FAILED')
    expect(failure.hint).toContain('RCLONE_CONFIG_PASS')
    const opened = await failureOf('secret:x', { ...locked, RCLONE_CONFIG_PASS: 'open sesame' })
    expect(codeOf(opened)).toBe('NOT_A_STORE')
  })

  it('is not led astray by options in the environment', async () => {
    await using store = new RcloneStore('folder:astray', {
      env: {
        ...env,
        RCLONE_DRY_RUN: 'true',
        RCLONE_EXCLUDE: '*',
        RCLONE_MAX_SIZE: '1',
        RCLONE_LOG_FILE: join(home, 'hidden.log'),
        RCLONE_RC_ADDR: 'localhost:5572',
      },
    })
    await store.create(utf8('CONFIG'))
    await store.put('state', 'ab'.repeat(32), [utf8('kept')])

    expect(await collect(store.list('state'))).toEqual(['ab'.repeat(32)])
  })
})
