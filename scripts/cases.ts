/**
 * Scores every case of the Takeout reference through `inspect`'s understanding of an export.
 *
 *   npm run cases -- [--file PATH] [--kind KIND] [--verbose] [--shuffle] [--parts] [--nfd] [--merge]
 *                 [--seed N]
 *
 * Prints passed and total per kind, strict and soft apart, and wrong pairs separately: one photo
 * with another's metadata is worse than ten without. Fails on any wrong pair, and below 95 % of the
 * strict cases.
 * @module
 */
import { parseArgs } from 'node:util'
import { type Case, DEFAULT_CASES, readCases } from '../test/cases/case.ts'
import { type Merged, mergeCases } from '../test/cases/merge.ts'
import { type Score, scoreCase } from '../test/cases/score.ts'
import { surveyCase } from '../test/cases/survey-of-case.ts'
import { vary } from '../test/cases/variations.ts'

const REQUIRED_SHARE = 0.95

const { values: options } = parseArgs({
  options: {
    file: { type: 'string', default: DEFAULT_CASES },
    kind: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    shuffle: { type: 'boolean', default: false },
    parts: { type: 'boolean', default: false },
    nfd: { type: 'boolean', default: false },
    merge: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})

interface Scored extends Score {
  each: Case
}

function main(): number {
  if (options.help) {
    console.log('npm run cases -- [--file PATH] [--kind KIND] [--verbose]')
    console.log('                 [--shuffle] [--parts] [--nfd] [--merge] [--seed N]')
    return 0
  }
  const cases = readCases(options.file)
  if ('missing' in cases) {
    console.log(cases.missing)
    return 0
  }
  const chosen = cases.filter(({ kind }) => options.kind === undefined || kind === options.kind)
  const seed = Number(options.seed)
  const trees = options.merge
    ? mergeCases(chosen, seed)
    : chosen.map((each) => ({ whole: each, members: [each] }))
  const scored = trees.flatMap(score)
  if (options.verbose) for (const each of scored) printFailures(each)
  return printTable(scored)
}

function score({ whole, members }: Merged): Scored[] {
  const { surveyed, facts } = surveyCase(vary(whole, options, Number(options.seed)))
  return members.map((each) => ({ each, ...scoreCase(each, surveyed, facts) }))
}

function printFailures({ each, failures }: Scored): void {
  if (failures.length === 0) return
  console.log(`${each.id} (${each.kind}, ${each.strict ? 'strict' : 'soft'})`)
  for (const failure of failures) console.log(`    ${failure}`)
}

function printTable(scored: readonly Scored[]): number {
  const kinds = [...new Set(scored.map(({ each }) => each.kind))].sort()
  console.log('kind              strict        soft     wrong pairs')
  for (const kind of kinds)
    printRow(
      kind,
      scored.filter(({ each }) => each.kind === kind),
    )
  printRow('all', scored)

  const strict = scored.filter(({ each }) => each.strict)
  const share = strict.filter(isPassed).length / Math.max(1, strict.length)
  const wrong = scored.flatMap(({ wrongPairs }) => wrongPairs)
  for (const pair of wrong) console.log(pair)
  return wrong.length > 0 || (strict.length > 0 && share < REQUIRED_SHARE) ? 1 : 0
}

const isPassed = ({ failures }: Scored) => failures.length === 0

function printRow(name: string, scored: readonly Scored[]): void {
  const share = (isStrict: boolean) => {
    const some = scored.filter(({ each }) => each.strict === isStrict)
    return `${some.filter(isPassed).length}/${some.length}`
  }
  const wrong = scored.reduce((sum, { wrongPairs }) => sum + wrongPairs.length, 0)
  const columns = [share(true).padStart(9), share(false).padStart(9), String(wrong).padStart(11)]
  console.log(name.padEnd(15) + columns.join('   '))
}

process.exitCode = main()
