/**
 * Google Takeout as a source: archives as they were downloaded, extracted exports, or both.
 * @module
 */
import { resolve } from 'node:path'
import type { ReadTally } from '../../archives/read-at.ts'
import type { Source, Survey, SurveyOptions } from '../source.ts'
import { discoverParts } from './discover.ts'
import { surveyParts } from './survey-parts.ts'
import { TakeoutSurvey } from './takeout-survey.ts'
import { understand } from './understanding/understand.ts'

export class TakeoutSource implements Source {
  readonly kind = 'takeout'
  readonly description: string
  readonly #paths: readonly string[]

  /** `paths` are files and folders in any order. */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => resolve(path))
    this.description = `takeout:${this.#paths.join(',')}`
  }

  async survey(options: SurveyOptions): Promise<Survey> {
    const tally: ReadTally = { bytes: 0 }
    const found = await discoverParts(this.#paths)
    return new TakeoutSurvey(await surveyParts(found, tally, options), tally, understand)
  }
}
