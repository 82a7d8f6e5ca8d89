import { describe, expect, it } from 'vitest'
import type { RecoveryKit } from '../../operations/recovery-kit.ts'
import { kitHtml } from './kit-html.ts'
import { type KitContext, kitPage } from './kit-page.ts'
import { kitText } from './kit-text.ts'

const CONFIG = Buffer.from('a configuration '.repeat(20))

const kit: RecoveryKit = {
  made: '2026-11-21T10:00:00Z',
  repository: {
    id: '0123456789abcdef0123456789abcdef',
    location: "/media/Ann's disk/photos",
    created: '2024-05-01T10:00:00Z',
    encrypted: true,
    hashing: 'BLAKE3',
    compression: 'LZ4',
    chunking: 'fastcdc-v1.0.0 1 2 3',
    snapshots: 12,
  } as RecoveryKit['repository'],
  newest: {
    ...{ id: 'ab'.repeat(32), taken: '2026-11-20T10:00:00Z', items: 90_000, bytes: 5e11 },
    ...{ source: 'takeout', status: 'complete' },
  },
  decryption: ['The passphrase becomes a key.'],
  config: { base64: CONFIG.toString('base64'), bytes: CONFIG.length, sha256: 'c0ffee' },
}

const context: KitContext = { version: '0.1.0', places: [], copies: [], hint: undefined }

const textOf = (given: Partial<KitContext> = {}, changed: Partial<RecoveryKit> = {}) =>
  kitText(kitPage({ ...kit, ...changed }, { ...context, ...given })).join('\n')
const htmlOf = (given: Partial<KitContext> = {}) =>
  kitHtml(kitPage(kit, { ...context, ...given })).join('\n')

describe('the recovery kit', () => {
  it('tells where the store is and how to get everything back, in commands to copy', () => {
    const text = textOf()

    expect(text).toContain(`bin/tintype at '/media/Ann'\\''s disk/photos' restore --to ./photos`)
    expect(text).toContain(`plakar at '/media/Ann'\\''s disk/photos' restore -to ./photos abababab`)
    expect(text).toMatch(/12\n.*abababababababab of .*, 90,000 photos and videos, 500 GB/)
  })

  it('names the other places and the copies that this machine knows', () => {
    const text = textOf({
      places: [
        { location: "/media/Ann's disk/photos", lastUsed: '2026-11-20T10:00:00Z' },
        { location: 'rclone:nas:photos', lastUsed: '2026-10-01T10:00:00Z' },
      ],
      copies: [
        { id: 'f'.repeat(32), location: 's3://bucket/copy', lastSynced: '2026-09-01T10:00:00Z' },
      ],
    })

    expect(text).toMatch(/The same, elsewhere +rclone:nas:photos \(used 2026-10-01\)/)
    expect(text).toMatch(/A copy +s3:\/\/bucket\/copy \(synced 2026-09-01; store f{32}\)/)
    expect(text.match(/The same, elsewhere/g)).toHaveLength(1)
    expect(text).toContain('Account, keys or rclone settings for it are kept')
  })

  it('tells to copy a store that is no folder before another program opens it', () => {
    const repository = { ...kit.repository, location: 's3://bucket/photos' }

    const text = textOf({}, { repository })

    expect(text).toContain('Copy the store into a folder ./store first')
    expect(text).toContain('plakar at ./store ls')
  })

  it('leaves a line for the passphrase, and prints the hint when there is one', () => {
    expect(textOf()).toMatch(/Passphrase, by hand[^\n]*\n\n {2}_{60,}/)
    expect(textOf()).toMatch(/What reminds of it: _{30,}/)
    expect(textOf({ hint: 'the poem' })).toContain('What reminds of it: the poem')
  })

  it('says of a store without encryption that nobody needs a passphrase', () => {
    const repository = { ...kit.repository, encrypted: false }

    const text = textOf({}, { repository, decryption: [] })

    expect(text).toContain('NOT encrypted')
    expect(text).not.toContain('by hand')
  })

  it('holds CONFIG so that it can be typed and decoded', () => {
    for (const page of [textOf(), htmlOf()]) {
      const base64 = [...page.matchAll(/^(?: {2}|<pre>)?([A-Za-z0-9+/=]{16,64})(?:<\/pre>)?$/gm)]
      const decoded = Buffer.from(base64.map(([, line]) => line).join(''), 'base64')

      expect(decoded.equals(CONFIG)).toBe(true)
    }
  })

  it('fits the width of a page', () => {
    for (const line of textOf().split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('is one HTML file that loads nothing and runs nothing, whatever the texts are', () => {
    const hint = '<script>alert(1)</script> & "quotes" \u001b[31m'

    const html = htmlOf({ hint })

    expect(html).toContain(
      '&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot; \\x1b[31m',
    )
    expect(html).not.toMatch(/<script|<img|<link|src=|href=|url\(|@import/)
    expect(html).toContain(`default-src 'none'`)
  })
})
