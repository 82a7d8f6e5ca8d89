import { describe, expect, it, test } from 'vitest'
import type { CheckOutcome } from '../operations/check-repository.ts'
import type { ImportReport } from '../operations/import-library.ts'
import type { RestoreReport } from '../operations/restore-library.ts'
import type { Problem } from '../photos/library.ts'
import type { Inventory, InventorySummary } from '../sources/source.ts'
import { backupResultLine, backupSummary } from './backup-summary.ts'
import { checkLines, checkSummary } from './check-summary.ts'
import { inventorySummary, sumLines } from './inventory-summary.ts'
import { problemLines } from './problem-groups.ts'
import { plannedLines, restoreResultLine, restoreSummary } from './restore-summary.ts'
import { plain } from './style.ts'

const options = {
  style: plain,
  verbose: false,
  quiet: false,
  suggest: (command: string) => `tintype at ./s ${command}`,
}

const summary: InventorySummary = {
  ...{
    entries: 9430,
    media: 4711,
    sidecars: 4700,
    albumFiles: 12,
    other: 3,
    litter: 2,
    rejected: 2,
  },
  ...{
    items: 4500,
    albums: 23,
    copies: 91,
    edited: 120,
    clips: 0,
    orphanSidecars: 1,
    orphanMedia: 0,
  },
  exports: [{ id: '20240102T030405Z', parts: ['1.zip', '2.zip'], missing: [] }],
  bytes: 45_600_000_000,
}

const complete: InventorySummary = { ...summary, entries: 9428, rejected: 0, orphanSidecars: 0 }

function anInventory(problems: Problem[] = [], given: InventorySummary = complete): Inventory {
  const nothing = { entries: [], items: [], albums: [] }
  return { ...nothing, problems, summary: given, filesOfItem: new Map() }
}

const orphan = (path: string): Problem => ({ code: 'ORPHAN_SIDECAR', path, message: 'no photo' })

describe('the summary of an inspection', () => {
  it('begins with the verdict, and shows that the files add up', () => {
    const text = inventorySummary(anInventory(), options)

    expect(text[0]).toBe('All 9,428 files are accounted for; nothing seems to be missing.')
    expect(text).toEqual(
      expect.arrayContaining([
        '     4,711  photo and video files',
        '  +  4,700  metadata files of photos (dates, places, descriptions)',
        '  =  9,428  files in all, 45.6 GB',
        '  4,500 photos and videos as you know them, 23 albums',
        '  with 120 edited versions and 91 second copies (albums, duplicates)',
      ]),
    )
    expect(text.at(-1)).toBe('  tintype at ./s backup SOURCE…')
  })

  it('adds up: the lines before the total are its parts', () => {
    const numbers = sumLines(summary).map((line) =>
      Number(line.replace(/[^\d]*([\d,]+).*/, '$1').replaceAll(',', '')),
    )

    const total = numbers.pop()

    expect(numbers.reduce((sum, count) => sum + count, 0)).toBe(total)
  })

  it('says first of all that an archive is missing', () => {
    const exports = [{ id: 'X', parts: ['x-001.zip'], missing: ['x-002.zip', 'x-003.zip'] }]
    const problems: Problem[] = [{ code: 'MISSING_PART', path: 'x-002.zip', message: 'gone' }]

    const text = inventorySummary(anInventory(problems, { ...complete, exports }), options)

    expect(text[0]).toBe('Not complete: 2 archives are missing.')
    expect(text).toContain('    missing: x-003.zip')
  })

  it('is one line when little is to be said', () => {
    const text = inventorySummary(anInventory([orphan('a')]), { ...options, quiet: true })

    expect(text).toEqual(['Readable, but something is missing, damaged or was refused.'])
  })

  it('says when there are no photos, and does not suggest to save them', () => {
    const nothing = { ...complete, items: 0, media: 0 }

    const text = inventorySummary(anInventory([], nothing), options)

    expect(text[0]).toBe('No photos or videos were found here.')
    expect(text.join('\n')).not.toContain('backup')
  })
})

describe('problems', () => {
  it('are grouped, the gravest first, with what to do and a few names', () => {
    const problems: Problem[] = [
      ...['d', 'b', 'c', 'a'].map(orphan),
      { code: 'MISSING_PART', path: 'x-002.zip', message: 'not here' },
    ]

    const lines = problemLines(problems, { style: plain, named: 3 })

    expect(lines[0]).toBe('  1 archive is missing (MISSING_PART)')
    expect(lines.slice(3)).toEqual([
      '  4 metadata files without their photo or video (ORPHAN_SIDECAR)',
      '    no photo',
      '    - a',
      '    - b',
      '    - c',
      '    … and 1 more',
    ])
  })

  it('say each what is special about it', () => {
    const problems: Problem[] = [orphan('a'), { ...orphan('b'), message: 'other' }]

    expect(problemLines(problems, { style: plain, named: 3 }).slice(1)).toEqual([
      expect.stringContaining('perhaps in an archive that is missing'),
      '    - a: no photo',
      '    - b: other',
    ])
  })

  it('that solved themselves are not mixed with what is open', () => {
    const solved: Problem = { ...orphan('a'), resolved: true, message: 'found' }

    expect(problemLines([solved, orphan('b')], { style: plain, named: 3 })).toEqual([
      '  1 metadata file without its photo or video (ORPHAN_SIDECAR)',
      ...['    no photo', '    - b'],
      '  1 metadata file without its photo or video: solved (ORPHAN_SIDECAR)',
      ...['    found', '    - a'],
    ])
  })

  it('cannot drive the terminal by their names', () => {
    const lines = problemLines([orphan('\u001b[2J\u202e\n')], { style: plain, named: 1 })

    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u)
    expect(lines).toContain('    - \\x1b[2J\\u202e\\n')
  })

  it('of a later version are shown all the same', () => {
    const unknown = { code: 'ECLIPSE', path: 'a', message: 'dark' } as unknown as Problem

    expect(problemLines([unknown], { style: plain, named: 1 })).toEqual([
      '  1 ECLIPSE (ECLIPSE)',
      '    dark',
      '    - a',
    ])
  })
})

const imported: ImportReport = {
  status: 'complete',
  snapshot: 'ab12'.repeat(16),
  ...{ items: 4500, added: 4400, changed: 20, unchanged: 80, vanished: 0, failed: 0, refused: 0 },
  ...{ bytesRead: 44_100_000_000, bytesStored: 43_900_000_000, seconds: 720.1234 },
  summary: complete,
  problems: [],
}

describe('the summary of a backup', () => {
  it('says what is safe, what became of it, where it is and what to do next', () => {
    const text = backupSummary(imported, '/disk/store', options)

    expect(text[0]).toBe(
      'Saved. The library now holds 4,500 photos and videos, with everything that belongs to them.',
    )
    expect(text).toEqual(
      expect.arrayContaining([
        '  4,400  new in the store',
        '     20  changed since the last backup',
        '     80  already safe, unchanged',
        '  91 copies were recognised and stored only once',
        '  44.1 GB read in 12 min (61.2 MB/s); the store grew by 43.9 GB',
        '  /disk/store',
      ]),
    )
    expect(text.join('\n')).toContain('tintype at ./s check --full')
  })

  test.for([
    { status: 'incomplete', says: 'Saved, but not everything' },
    { status: 'failed', says: 'Nothing was saved.' },
  ] as const)('never claims more than is true: $status', ({ status, says }) => {
    const [verdict] = backupSummary({ ...imported, status }, '/s', options)

    expect(verdict).toMatch(new RegExp(`^${says}`))
  })

  it('says why nothing was saved, and nothing of a place where it would be', () => {
    const problem = { code: 'NOT_AN_ARCHIVE' as const, path: 'a.zip', message: 'a.zip is empty.' }
    const empty = { ...complete, entries: 0 }
    const { snapshot, ...rest } = imported
    const failed = { ...rest, status: 'failed' as const, summary: empty, problems: [problem] }

    const text = backupSummary(failed, '/disk/store', options).join('\n')

    expect(text).toContain('a.zip is empty.')
    expect(text).not.toMatch(/disk|What was there|What became of it|report|Next/)
  })

  it('has a line for machines, as the contract writes it', () => {
    expect(Object.keys(backupResultLine(imported))).toEqual([
      ...['type', 'status', 'snapshot', 'items', 'added', 'changed', 'unchanged', 'vanished'],
      ...['failed', 'refused', 'bytesRead', 'bytesStored', 'seconds', 'summary'],
    ])
    expect(backupResultLine(imported)).toMatchObject({
      type: 'result',
      seconds: 720.123,
      summary: complete,
    })
  })
})

const restored: RestoreReport = {
  ...{ status: 'complete', destination: './out', written: 12, bytes: 34_000_000, skipped: 0 },
  ...{ failed: 0, seconds: 2.5, problems: [] },
}

describe('the summary of a restore', () => {
  it('says what was written where', () => {
    expect(restoreSummary(restored, options)).toEqual([
      'Restored 12 files (34 MB) to ./out in 2.5 s.',
    ])
  })

  it('names what could not be written', () => {
    const problems = [{ path: 'a\n.jpg', message: 'damaged', code: 'DAMAGED_BLOB' }]
    const report: RestoreReport = {
      ...restored,
      status: 'incomplete',
      failed: 1,
      skipped: 2,
      problems,
    }

    expect(restoreSummary(report, options)).toEqual([
      'Restored 12 files (34 MB) to ./out in 2.5 s, but not everything: see below.',
      '  2 files already there',
      '',
      'What to look at',
      '  1 file could not be restored',
      '  - a\\n.jpg: damaged',
    ])
  })

  it('of a dry run lists the files and says that nothing was written', () => {
    const planned = [{ path: 'photos/a.jpg', bytes: 1000 }]

    expect(plannedLines({ ...restored, planned })).toEqual([
      'photos/a.jpg',
      '',
      'Would write 1 file (1 kB) to ./out. Nothing was written.',
    ])
  })

  it('has a line for machines with the fields of the contract', () => {
    expect(restoreResultLine(restored)).toMatchObject({
      ...{ type: 'result', status: 'complete', written: 12, bytes: 34_000_000 },
      ...{ skipped: 0, failed: 0, seconds: 2.5 },
    })
  })
})

const checked: CheckOutcome = {
  ...{ level: 'quick', status: 'sound', problems: [], snapshots: 2, files: 100 },
  ...{ bytes: 5_000_000, packfiles: 3, notRead: 'The contents of photos were not read.' },
  ...{ notes: [], packfilesRead: 0 },
}

describe('the summary of a check', () => {
  it('says what it did not read, and how to read it', () => {
    expect(checkSummary(checked, options)).toEqual([
      'Sound, as far as a quick check tells.',
      '  Looked at 2 snapshots, 3 packfiles, 100 files, 5 MB',
      '  The contents of photos were not read.',
      '',
      'Next',
      '  tintype at ./s check --full  reads every byte',
    ])
  })

  it('calls a store sound only when every byte was read', () => {
    const full: CheckOutcome = { ...checked, level: 'full', notRead: '' }

    expect(checkSummary(full, options)).toEqual([
      'Sound: every byte was read and is right.',
      '  Looked at 2 snapshots, 3 packfiles, 100 files, 5 MB',
    ])
  })

  it('names what is damaged and what to do before anything else', () => {
    const problems = [{ code: 'DAMAGED_BLOB', subject: 'photos/a.jpg', message: 'wrong bytes' }]

    const text = checkSummary({ ...checked, status: 'damaged', problems }, options)

    expect(text[0]).toBe('Damaged: 1 thing is not as it should be.')
    expect(text).toContain('  - photos/a.jpg: wrong bytes (DAMAGED_BLOB)')
    expect(text.join('\n')).toContain('Copy the store to another disk')
  })

  it('tells what is left over without calling it damage', () => {
    const notes = [
      { code: 'ORPHAN_PACKFILE', subject: 'packfile ab', message: 'no state names it' },
    ]

    const text = checkSummary({ ...checked, notes }, options)

    expect(text[0]).toBe('Sound, as far as a quick check tells.')
    expect(text).toContain('  - packfile ab: no state names it (ORPHAN_PACKFILE)')
    expect(checkLines({ ...checked, notes })[0]).toEqual({ type: 'note', ...notes[0] })
  })

  it('does not advise to store anew what vanished', () => {
    const problems = [{ code: 'SNAPSHOT_VANISHED', subject: 'snapshot ab', message: 'gone' }]

    const text = checkSummary({ ...checked, status: 'damaged', problems }, options).join('\n')

    expect(text).toContain('tintype at ./s check --accept')
    expect(text).not.toContain('--reread')
  })

  it('ends with a result line for machines', () => {
    const problems = [{ code: 'DAMAGED_BLOB', subject: 'a', message: 'b' }]

    expect(checkLines({ ...checked, status: 'damaged', problems })).toEqual([
      { type: 'problem', code: 'DAMAGED_BLOB', subject: 'a', message: 'b' },
      expect.objectContaining({ type: 'result', status: 'damaged', level: 'quick' }),
    ])
  })
})
