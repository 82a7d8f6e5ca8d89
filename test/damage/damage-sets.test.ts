/**
 * Whatever happens to downloaded archives: what can be saved is saved, what is saved is right,
 * every entry has a line in the ledger, and nobody says "complete" when something is missing.
 *
 * `SEED=n` begins with another set, `SLOW=1` tries 2,000.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../src/kloset/repository.ts'
import { fileLines } from '../../src/operations/file-lines.ts'
import type { LedgerRow } from '../../src/operations/import/ledger.ts'
import { importLibrary } from '../../src/operations/import-library.ts'
import { exitCodeOf, outcomeOfStatus } from '../../src/operations/outcome.ts'
import { readCatalogue } from '../../src/operations/read-catalogue.ts'
import { IMPORTS_PATH, LEDGER_NAME } from '../../src/operations/snapshot-tree.ts'
import { openSource } from '../../src/sources/registry.ts'
import { quietly } from '../../src/util/progress.ts'
import { type DamageSet, damageSet } from '../support/damage/damage-set.ts'
import { disagreements, type Outcome } from '../support/damage/disagreements.ts'
import { aRepositoryInMemory } from '../support/small-imports.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SETS = process.env.SLOW === '1' ? 2000 : 100
const FIRST = Number(process.env.SEED ?? 1)
/** Sets in one test: enough to be quick, few enough to find the one that fails. */
const AT_ONCE = 50

/** What came up in all sets: a test that meets no damage proves nothing. */
const seen = new Set<string>()

describe('a damaged set of archives', () => {
  for (let first = FIRST; first < FIRST + SETS; first += AT_ONCE) {
    it(`is saved as far as it goes, and nothing is passed over (sets ${first} to ${first + AT_ONCE - 1})`, async () => {
      const found: string[] = []
      for (let seed = first; seed < first + AT_ONCE; seed++) {
        const set = await damageSet(seed)
        const outcome = await imported(set)
        seen.add(`exit ${outcome.code}`)
        for (const { entries } of set.files) for (const { fate } of entries) seen.add(fate)
        const wrong = disagreements(set, outcome)
        if (wrong.length > 0)
          found.push(`SEED=${seed} (${set.story.join(', ')}): ${wrong.join('; ')}`)
      }
      expect(found).toEqual([])
    }, 600_000)
  }

  it('is, over all sets, whole, incomplete and useless, with entries of every fate', () => {
    expect([...seen].sort()).toEqual(
      ['exit 0', 'exit 1', 'exit 3', 'gone', 'hurt', 'unsure', 'whole'].filter(
        // chance may spare so few sets the worst
        (what) => SETS > 100 || what !== 'exit 1' || seen.has(what),
      ),
    )
  })
})

async function imported(set: DamageSet): Promise<Outcome> {
  using folder = temporaryFolder()
  for (const { name, bytes } of set.files) writeFileSync(join(folder.path, name), bytes)
  const repository = await aRepositoryInMemory()
  const report = await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal: new AbortController().signal, client: 'test' },
    ...{ threads: 0, cacheDir: undefined, reread: false },
  })
  const code = exitCodeOf(outcomeOfStatus(report.status))
  if (report.snapshot === undefined) return { report, code, rows: [], saved: new Set() }
  return { report, code, ...(await whatIsSaved(repository, report.snapshot)) }
}

async function whatIsSaved(repository: Repository, snapshot: string) {
  const reader = await openSnapshot(repository, snapshot)
  const rows: LedgerRow[] = []
  for await (const folder of reader.list(IMPORTS_PATH)) {
    for await (const line of fileLines(reader, `${folder.path}/${LEDGER_NAME}`)) {
      const row = JSON.parse(line)
      if (row.path !== undefined) rows.push(row)
    }
  }
  const { items } = await readCatalogue(repository, snapshot)
  return { rows, saved: new Set(items.flatMap(({ files }) => files.map(({ sha256 }) => sha256))) }
}
