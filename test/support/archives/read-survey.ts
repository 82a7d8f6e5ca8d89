/**
 * Surveys a Takeout and reads every content back, the way a backup does.
 * @module
 */
import { discoverParts } from '../../../src/sources/takeout/discover.ts'
import { openContents } from '../../../src/sources/takeout/open-contents.ts'
import { type SurveyedParts, surveyParts } from '../../../src/sources/takeout/survey-parts.ts'
import type { Surveyed } from '../../../src/sources/takeout/surveyed.ts'
import { TakeoutSurvey } from '../../../src/sources/takeout/takeout-survey.ts'
import { codeOf, toError } from '../../../src/util/coded-error.ts'
import { quietly } from '../../../src/util/progress.ts'

export interface ReadBack {
  surveyed: Surveyed
  survey: TakeoutSurvey
  /** Content by path, Latin-1; "!CODE message" for what could not be read. */
  contents: Record<string, string>
}

export const options = { progress: quietly, signal: new AbortController().signal }

export async function surveyOf(...paths: string[]): Promise<{
  parts: SurveyedParts
  survey: TakeoutSurvey
}> {
  const tally = { bytes: 0 }
  const parts = await surveyParts(await discoverParts(paths), tally, options)
  const survey = new TakeoutSurvey(parts, tally, () => {
    throw new RangeError('nothing is understood here')
  })
  return { parts, survey }
}

export async function readBack(...paths: string[]): Promise<ReadBack> {
  const { parts, survey } = await surveyOf(...paths)
  const { surveyed } = parts
  const readable = surveyed.entries.filter(({ refused }) => refused === undefined)
  const contents: Record<string, string> = {}
  for (const batch of survey.batches(readable.map(({ index }) => index))) {
    for await (const content of openContents(structuredClone(batch.recipe))) {
      contents[surveyed.entries[content.id]!.path] = await textOf(content)
    }
  }
  return { surveyed, survey, contents }
}

type Content =
  ReturnType<typeof openContents> extends AsyncGenerator<infer OpenContent> ? OpenContent : never

async function textOf(content: Content): Promise<string> {
  const pieces: Buffer[] = []
  const into = new Uint8Array(10_000)
  try {
    for (let length = await content.read(into); length > 0; length = await content.read(into)) {
      pieces.push(Buffer.from(into.slice(0, length)))
    }
    content.finish()
    return Buffer.concat(pieces).toString('latin1')
  } catch (problem) {
    return `!${codeOf(problem)} ${toError(problem).message}`
  }
}
