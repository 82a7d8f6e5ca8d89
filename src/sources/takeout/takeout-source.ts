/**
 * Google Takeout as a source: archives as they were downloaded, extracted exports, or both.
 * @module
 */
import { resolve } from 'node:path'
import type { ReadTally } from '../../archives/read-at.ts'
import type { Source, Survey, SurveyOptions } from '../source.ts'
import { discoverParts } from './discover.ts'
import { surveyParts } from './survey-parts.ts'
import { CONTENT_MODULE, TakeoutSurvey } from './takeout-survey.ts'
import { understand } from './understanding/understand.ts'

/**
 * `paths` are files and folders in any order. Looks for parts at once, so that a wrong path is told
 * before anything is asked or made; reads none of them yet.
 * @throws {SourceNotFoundError} @throws {NothingToImportError}
 */
export async function openTakeout(paths: readonly string[]): Promise<Source> {
  const found = await discoverParts(paths.map((path) => resolve(path)))
  return {
    kind: 'takeout',
    contentModule: CONTENT_MODULE,
    async survey(options: SurveyOptions): Promise<Survey> {
      const tally: ReadTally = { bytes: 0 }
      return new TakeoutSurvey(await surveyParts(found, tally, options), tally, understand)
    },
  }
}
