/**
 * Reports of imports, as `report` shows them, with as many problems as wanted.
 * @module
 */
import type { FullReport } from '../../src/cli/report-page/report-numbers.ts'
import type { Certificate } from '../../src/operations/certificate.ts'
import type { Problem, ProblemCode } from '../../src/photos/library.ts'

export function aReport(problems: readonly Problem[], more: Partial<FullReport> = {}): FullReport {
  const entries = 1000
  const id = 'takeout-20240115T101500Z'
  return {
    ...{ import: '20260101T100000000Z-0a1b2c3d', started: '2026-01-01T10:00:00.000Z', source: id },
    ...{ snapshot: '0a1b2c3d'.repeat(8), status: problems.length > 0 ? 'incomplete' : 'complete' },
    ...{ items: 480, added: 400, changed: 3, unchanged: 77, vanished: 0, failed: 0, refused: 0 },
    bytesRead: 5_000_000_000,
    extent: { kind: 'incremental', told: false, known: 80, present: 40, reason: 'it holds 50 %' },
    halves: { joined: 2, sidecars: problems.length, photos: 0 },
    library: {
      zones: {
        place: 300,
        written: 100,
        clock: 30,
        neighbours: 20,
        home: 10,
        unknown: 15,
        undated: 5,
      },
      incompleteAlbums:
        problems.length > 0
          ? [{ id: 'a'.repeat(20), title: 'Trip', present: 18, expected: 20 }]
          : [],
    },
    problems: [...problems],
    summary: {
      ...{ entries, media: 500, sidecars: 490, albumFiles: 7, other: 2, litter: 1, rejected: 0 },
      ...{
        items: 480,
        albums: 7,
        copies: 12,
        edited: 5,
        clips: 3,
        orphanSidecars: 0,
        orphanMedia: 0,
      },
      exports: [{ id, parts: [`${id}-001.zip`, `${id}-002.zip`], missing: [] }],
      bytes: 6_000_000_000,
      verdict: {
        answer: problems.length > 0 ? 'incomplete' : 'complete',
        reasons: [{ says: 'note', code: 'X', export: id, message: 'The overview page agrees.' }],
      },
    },
    accounts: {
      ends: { stored: 410, known: 78, copy: 12, kept: 499, ignored: 1 },
      ...{ entries, addUp: true },
      certificates: [aCertificate(id, problems.length === 0)],
    },
    ...more,
  }
}

function aCertificate(id: string, redundant: boolean): Certificate {
  const counts = { entries: 1000, exempt: 1, foreign: [], foreignMedia: 0 }
  const base = { export: id, redundant, photos: redundant, ...counts }
  if (!redundant) return { ...base, missing: ['The import is not complete.'] }
  const checked = '2026-02-01T08:00:00.000Z'
  return { ...base, missing: [], snapshot: '0a1b2c3d'.repeat(8), checked }
}

const CODES: readonly ProblemCode[] = [
  ...(['ORPHAN_MEDIA', 'ORPHAN_SIDECAR', 'AMBIGUOUS', 'CONFLICT', 'DAMAGED_ENTRY'] as const),
  ...(['BROKEN_SIDECAR', 'MISSING_PART'] as const),
]

export function manyProblems(count: number): Problem[] {
  return Array.from({ length: count }, (_, at) => {
    const year = 2005 + (at % 20)
    return {
      code: CODES[at % CODES.length]!,
      path: `Takeout/Google Photos/Photos from ${year}/IMG_${year}0714_${String(at).padStart(6, '0')}.jpg`,
      message:
        at % 3 === 0
          ? 'No sidecar belongs to it; it is imported with what the file itself tells. A part may be missing.'
          : `Nothing was guessed: ${at % 5} photos may be meant. All files are imported.`,
    }
  })
}
