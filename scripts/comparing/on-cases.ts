/**
 * The matching cases of the Takeout reference, each as an extracted export of its own: which files
 * get the metadata that are theirs. What a program gave a file is told by a mark that stands for the
 * description in every sidecar.
 * @module
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { understand } from '../../src/sources/takeout/understanding/understand.ts'
import type { Case } from '../../test/cases/case.ts'
import { surveyCase } from '../../test/cases/survey-of-case.ts'
import { foundByImmichGo } from './with-immich-go.ts'

export interface CaseScore {
  right: number
  wrong: number
  /** Cases with anything wrong or lacking. */
  failed: string[]
}

/** Of a file the sidecar that applies; `undefined` where the program did not take the file. */
type Given = (path: string) => string | null | undefined

/** Strict cases that say of media which sidecar is theirs, in one part, with names a disk can hold. */
export function comparableCases(cases: readonly Case[]): Case[] {
  return cases.filter(
    ({ strict, expect, files, parts }) =>
      strict && expect.pairs !== undefined && parts === undefined && files.every(isFile),
  )
}

const isFile = (path: string) => !path.endsWith('/') && Buffer.byteLength(path) < 255

export function scoreOnCases(cases: readonly Case[], givenIn: (each: Case) => Given): CaseScore {
  const score: CaseScore = { right: 0, wrong: 0, failed: [] }
  for (const each of cases) {
    const given = givenIn(each)
    const states = Object.entries(each.expect.pairs!).map(([path, due]) => {
      const got = given(path) ?? null
      if (got === (due === null ? null : due.normalize('NFC'))) return 'right'
      return got === null ? 'lacking' : 'wrong'
    })
    const count = (which: string) => states.filter((state) => state === which).length
    score.right += count('right')
    score.wrong += count('wrong')
    if (count('right') < states.length) score.failed.push(each.id)
  }
  return score
}

export function givenByTintype(each: Case): Given {
  const { surveyed, facts } = surveyCase(each)
  const { entries } = understand(surveyed, facts)
  const sidecars = new Map(
    entries.map(({ path, sidecar }) => [path.normalize('NFC'), sidecar?.normalize('NFC')]),
  )
  return (path) => sidecars.get(path.normalize('NFC'))
}

/** Contents are labels, so a copy it left out has what the copy has that it took. */
export function givenByImmichGo(program: string, each: Case, work: string): Given {
  const from = join(work, 'export')
  for (const path of each.files) {
    const isJson = path.endsWith('.json')
    mkdirSync(dirname(join(from, path)), { recursive: true })
    writeFileSync(join(from, path), isJson ? markedJson(each, path) : contentOf(each, path))
  }
  const { files } = foundByImmichGo(program, [from], join(work, 'made'))
  const marks = new Map(files.map(({ content, description }) => [content, description ?? null]))
  const sumOf = (text: string) => createHash('sha256').update(text).digest('hex')
  return (path) => marks.get(sumOf(contentOf(each, path)))
}

function contentOf({ content }: Case, path: string): string {
  const label = content?.[path]
  return label === undefined ? `path ${path.normalize('NFC')}` : `label ${label}`
}

/** Only those of photos: what else there is stays as it is. */
function markedJson({ json, expect }: Case, path: string): string {
  const value = (json[path] ?? {}) as Record<string, unknown>
  if ('$raw' in value) return String(value.$raw)
  const ofPhotos = [...Object.values(expect.pairs ?? {}), ...(expect.orphanJson ?? [])]
  if (!ofPhotos.includes(path)) return JSON.stringify(value)
  // real ones always have it, and no program takes a file without it for one
  const taken = { photoTakenTime: { timestamp: '1600000000' }, ...value }
  return JSON.stringify({ ...taken, description: path.normalize('NFC') })
}
