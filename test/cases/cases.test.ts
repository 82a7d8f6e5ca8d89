import { describe, expect, it } from 'vitest'
import { type Case, DEFAULT_CASES, readCases } from './case.ts'
import { mergeCases } from './merge.ts'
import { scoreCase } from './score.ts'
import { surveyCase } from './survey-of-case.ts'
import { vary } from './variations.ts'

const cases = readCases(DEFAULT_CASES)
const isMissing = 'missing' in cases
if (isMissing) process.stderr.write(`skipped: ${cases.missing}\n`)

const PLAIN = { shuffle: false, parts: false, nfd: false, merge: false }

function scoreAll(all: readonly Case[], variation: typeof PLAIN, seed = 1) {
  const trees = variation.merge
    ? mergeCases(all, seed)
    : all.map((each) => ({ whole: each, members: [each] }))
  return trees.flatMap(({ whole, members }) => {
    const { surveyed, facts } = surveyCase(vary(whole, variation, seed))
    return members.map((each) => ({
      ...{ id: each.id, with: whole.id, strict: each.strict },
      ...scoreCase(each, surveyed, facts),
    }))
  })
}

describe.skipIf(isMissing)('the cases of the Takeout reference', () => {
  const all = isMissing ? [] : cases

  it.for([
    ['as they are', PLAIN],
    ['shuffled', { ...PLAIN, shuffle: true }],
    ['spread over parts', { ...PLAIN, parts: true }],
    ['with decomposed names', { ...PLAIN, nfd: true }],
    ['several merged into one export', { ...PLAIN, merge: true }],
    ['all of that', { shuffle: true, parts: true, nfd: true, merge: true }],
  ] as const)('%s: every strict one is right, and no pair is wrong', ([, variation]) => {
    const scored = scoreAll(all, variation)

    expect(scored.flatMap(({ wrongPairs }) => wrongPairs)).toEqual([])
    expect(scored.filter(({ strict, failures }) => strict && failures.length > 0)).toEqual([])
  })
})
