/**
 * Makes src/kloset/compression/fixtures/zstd-vectors.json with the `zstd` program of the system:
 *
 *     npx tsx scripts/golden/make-zstd-vectors.ts
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { ZSTD_CONTENTS } from '../../src/kloset/compression/fixtures/zstd-contents.ts'

const OPTIONS = ['--fast=3', '-3', '-19', '--ultra -22', '-3 --no-check', '-9 --no-content-size']
const target = new URL('../../src/kloset/compression/fixtures/zstd-vectors.json', import.meta.url)

const version = execFileSync('zstd', ['--version'], { encoding: 'utf8' }).trim()
const vectors = Object.entries(ZSTD_CONTENTS).flatMap(([content, make]) =>
  (content === 'long text' ? ['-19'] : OPTIONS).map((options) => {
    const args = [...options.split(' '), '-c', '-q']
    // a pipe hides the length, so that the option about it means something
    const frame = execFileSync('zstd', args, { input: make() })
    return { content, options, frame: frame.toString('base64') }
  }),
)
writeFileSync(target, `${JSON.stringify({ madeWith: version, vectors }, null, 1)}\n`)
process.stdout.write(`${vectors.length} frames\n`)
