import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CheckNoteCode, CheckProblemCode } from '../../src/kloset/reading/check-findings.ts'
import {
  exitCodeOf,
  exitCodeOfError,
  outcomeOfCheck,
  statusOfReading,
} from '../../src/operations/outcome.ts'
import type { ProblemCode } from '../../src/photos/library.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** How a code is written where it comes into being: by a class, in a value, as the last resort. */
const CODES_IN_SOURCE = [
  /\breadonly code = '([A-Z0-9_]+)'/g,
  /\bcode: '([A-Z0-9_]+)'/g,
  /\bcode(?:Of\(\w+\))? \?\? '([A-Z0-9_]+)'/g,
]

interface Row {
  code: string
  exit: string
  happened: string
  advice: string
}

/** Sections of docs/errors.md with the rows of their table. */
const documented = sectionsOf(readFileSync(join(root, 'docs/errors.md'), 'utf8'))
const rows = [...documented.values()].flat()

describe('docs/errors.md', () => {
  it('explains every code there is, and none that is gone', () => {
    const inSource = new Set([
      ...sources().flatMap(([, text]) => matches(text, CODES_IN_SOURCE)),
      ...problemCodes(),
      ...Object.values(CheckProblemCode),
      ...Object.values(CheckNoteCode),
      ...systemErrors(),
    ])

    expect(rows.map(({ code }) => code).sort()).toEqual([...inSource].sort())
  })

  it('says of each what happened and what to do', () => {
    for (const { code, happened, advice } of rows) {
      expect(happened, code).toMatch(/^[A-Z`@].{12,}\.$/)
      expect(advice, code).toMatch(/\S.{6,}\.$/)
    }
  })

  it('lists the problems of an export together, with what each makes of a backup', () => {
    const problems = documented.get('Problems in an export') ?? []

    expect(problems.map(({ code }) => code).sort()).toEqual(problemCodes().sort())
    for (const { code, exit } of problems) {
      const problem = { code: code as ProblemCode, path: '', message: '' }
      expect(['0', '3']).toContain(exit)
      expect([code, statusOfReading([problem], 1)]).toEqual([
        code,
        exit === '3' ? 'incomplete' : 'complete',
      ])
    }
  })

  it('gives the exit code that each error really ends with', () => {
    const others = ['Problems in an export', 'Findings of `check` only', 'Notes of `check`']
    for (const [section, rowsThere] of documented) {
      if (others.includes(section)) continue
      for (const { code, exit } of rowsThere.filter((row) => row.exit !== '–')) {
        expect([code, exit]).toEqual([code, String(exitCodeOfError({ code }))])
      }
    }
  })

  it('lists the findings of a check together', () => {
    const findings = documented.get('Findings of `check` only') ?? []

    expect(findings.map(({ code }) => code).sort()).toEqual(Object.values(CheckProblemCode).sort())
    for (const { code, exit } of findings) {
      const status = code === CheckProblemCode.COULD_NOT_READ ? 'unread' : 'damaged'
      expect(exit).toBe(String(exitCodeOf(outcomeOfCheck(status))))
    }
  })

  it('lists the notes of a check together: they cost nobody anything', () => {
    const notes = documented.get('Notes of `check`') ?? []

    expect(notes.map(({ code }) => code).sort()).toEqual(Object.values(CheckNoteCode).sort())
    expect(new Set(notes.map(({ exit }) => exit))).toEqual(new Set(['0']))
  })
})

function sectionsOf(markdown: string): Map<string, Row[]> {
  const sections = new Map<string, Row[]>()
  for (const section of markdown.split(/^## /m).slice(1)) {
    const [title = '', ...lines] = section.split('\n')
    sections.set(title, lines.filter((line) => line.startsWith('| `')).map(rowOf))
  }
  return sections
}

function rowOf(line: string): Row {
  const [, code = '', exit = '', happened = '', advice = ''] = line.split('|').map((c) => c.trim())
  return { code: code.replaceAll('`', ''), exit, happened, advice }
}

/** Path and text of every production file. */
function sources(): [string, string][] {
  const folder = join(root, 'src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(test|bench|conformance)\.ts$/.test(name))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')])
}

function matches(text: string, patterns: readonly RegExp[]): string[] {
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]!))
}

/** The members of the type ProblemCode, which exists while compiling only. */
function problemCodes(): string[] {
  const text = readFileSync(join(root, 'src/photos/library.ts'), 'utf8')
  const [, union = ''] = /export type ProblemCode =([^;]*?)\n\n/.exec(text) ?? []
  return matches(union, [/'([A-Z_]+)'/g])
}

/** What the command line has words of its own for. */
function systemErrors(): string[] {
  const text = readFileSync(join(root, 'src/cli/explain-error.ts'), 'utf8')
  return matches(text, [/^ {2}(E[A-Z]+): \{ says:/gm])
}
