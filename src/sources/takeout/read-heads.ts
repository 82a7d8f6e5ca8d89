/**
 * Reads the heads of many media, a few at a time.
 * @module
 */
import { FileReadAt, type ReadTally } from '../../archives/read-at.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'
import { codeOf, toError } from '../../util/coded-error.ts'
import type { EntryFacts, SurveyOptions } from '../source.ts'
import { groupByFile, type Wanted } from './batches.ts'
import { fileHead, memberHead } from './read-head.ts'
import type { PartFile } from './survey-parts.ts'

interface Failure {
  failure: { code: string; message: string }
}
type HeadReader = (wanted: Wanted) => Promise<MediaFacts>

/** As many as Node has threads for files; more would only wait for them. */
const CONCURRENCY = 4

/** Facts of each wanted entry, or why there are none. */
export async function readHeads(
  wanted: readonly Wanted[],
  tally: ReadTally,
  options: SurveyOptions,
): Promise<EntryFacts> {
  options.progress.stage('Looking into photos and videos', { items: wanted.length })
  const facts = new Map<number, MediaFacts | Failure>()
  for (const [file, ofFile] of groupByFile(wanted)) {
    for await (const [id, fact] of headsOfPart(file, ofFile, tally, options)) facts.set(id, fact)
  }
  return facts
}

async function* headsOfPart(
  file: PartFile,
  wanted: readonly Wanted[],
  tally: ReadTally,
  { progress, signal }: SurveyOptions,
): AsyncGenerator<[number, MediaFacts | Failure]> {
  let archive: FileReadAt | undefined
  try {
    if (file.form === 'zip') archive = await FileReadAt.open(file.path, tally)
    const read = headReader(archive, tally)
    for (let at = 0; at < wanted.length; at += CONCURRENCY) {
      signal.throwIfAborted()
      const some = wanted.slice(at, at + CONCURRENCY)
      const facts = await Promise.all(some.map((one) => read(one).catch(failureOf)))
      yield* some.map(({ id }, nth): [number, MediaFacts | Failure] => [id, facts[nth]!])
      progress.advance({ items: some.length })
    }
  } catch (problem) {
    signal.throwIfAborted()
    if (archive) throw problem
    yield* wanted.map(({ id }): [number, Failure] => [id, failureOf(problem)])
  } finally {
    await archive?.[Symbol.asyncDispose]()
  }
}

function headReader(archive: FileReadAt | undefined, tally: ReadTally): HeadReader {
  return async ({ entry, file }) => {
    if (archive && entry.access?.kind === 'zip') {
      return memberHead(archive, entry.access.member, file.name)
    }
    return fileHead(entry, tally)
  }
}

function failureOf(problem: unknown): Failure {
  return { failure: { code: codeOf(problem) ?? 'READ_FAILED', message: toError(problem).message } }
}
