import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { loadBlake3 } from '../../src/kloset/crypto/blake3.ts'
import { StateEntryType } from '../../src/kloset/state/state-codec.ts'
import { COMPUTE, type Given } from './format-vectors.ts'

const folder = fileURLToPath(new URL('../../docs/format/', import.meta.url))
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'))
const page = (name: string) => readFileSync(join(folder, name), 'utf8')

interface Vector {
  kind: string
  given: Given
  result: string
}

/** A heading names the kind; in the block below it stand lines `name = value`, the last `result`. */
const vectors: Vector[] = page('vectors.md')
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => {
    const kind = section.slice(0, section.indexOf('\n')).trim()
    return [...section.matchAll(/```\n([\s\S]*?)```/g)].map(([, block]) => vectorOf(kind, block!))
  })

beforeAll(loadBlake3)

describe('docs/format', () => {
  test.for(vectors.map((vector, n) => ({ ...vector, n })))(
    'vector $n, $kind, is what the program computes',
    async ({ kind, given, result }) => {
      expect(await COMPUTE[kind]!(given)).toBe(result)
    },
  )

  it('has a vector of every kind', () => {
    expect([...new Set(vectors.map(({ kind }) => kind))].toSorted()).toEqual(
      Object.keys(COMPUTE).toSorted(),
    )
  })

  it('names every type of state entry that there is', () => {
    for (const [name, code] of Object.entries(StateEntryType)) {
      if (name === 'METADATA') continue
      expect(page('states.md')).toMatch(new RegExp(`^\\| ${code} \\| ${name} `, 'm'))
    }
  })

  test.for(pages)('%s leads to nothing that is not there', (name) => {
    const links = [...page(name).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target!)

    expect(links.filter((target) => !existsSync(join(folder, target)))).toEqual([])
  })

  it('has no page that its overview does not name', () => {
    const named = page('README.md')
    expect(pages.filter((name) => name !== 'README.md' && !named.includes(`](${name})`))).toEqual(
      [],
    )
  })
})

function vectorOf(kind: string, block: string): Vector {
  const lines = block.trimEnd().split('\n')
  const pairs = lines.map((line) => {
    const at = line.indexOf(' = ')
    return [line.slice(0, at).trim(), line.slice(at + 3)] as const
  })
  const { result = '', ...given } = Object.fromEntries(pairs) as Given
  return { kind, given, result }
}
