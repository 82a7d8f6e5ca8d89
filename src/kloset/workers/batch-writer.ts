/**
 * Stores the contents of a batch, one after the other, on whichever thread this runs.
 * @module
 */
import { CodedError, codeOf, toError } from '../../util/coded-error.ts'
import type { ObjectWriter } from '../writing/object-writer.ts'
import type { WriteGuard } from '../writing/write-guard.ts'
import type {
  ContentBatch,
  ContentModule,
  ContentResult,
  FinishedContent,
  OpenContent,
} from './content.ts'

/** A content ended before, or went on behind, the size its source had announced. */
export class ContentSizeError extends CodedError {
  readonly code = 'CONTENT_SIZE'
  constructor(announced: number, found: number) {
    super(`${found} bytes were read where ${announced} were announced`, {
      hint: 'The file was changed or cut while it was read. Run the backup again.',
    })
  }
}

/** A batch came to its end without a content that is part of it. */
export class ContentMissingError extends CodedError {
  readonly code = 'CONTENT_MISSING'
  constructor() {
    super('it was not found when its turn came', {
      hint: 'The source was changed while it was read. Run the backup again.',
    })
  }
}

export interface BatchTools {
  module: ContentModule
  objects: ObjectWriter
  guard: WriteGuard
  /** So many bytes more were read. */
  onBytes: (bytes: number) => void
}

/**
 * Yields exactly one result for every content of the batch. What cannot be read is a result; what
 * cannot be written ends the batch with an exception.
 */
export async function* storeBatch(
  batch: ContentBatch,
  tools: BatchTools,
): AsyncGenerator<ContentResult> {
  const { module, guard } = tools
  const missing = new Set(batch.ids)
  let reason: unknown = new ContentMissingError()
  try {
    for await (const content of module.openContents(batch.recipe)) {
      if (!missing.delete(content.id)) throw new Error(`content ${content.id} was not asked for`)
      yield await storeContent(content, tools)
    }
  } catch (thrown) {
    guard.check()
    reason = thrown
  }
  for (const id of missing) yield { id, failure: failureOf(reason) }
}

/** A content that cannot be read is a result. @throws when something cannot be written */
export async function storeContent(
  content: OpenContent,
  { objects, guard, onBytes }: Omit<BatchTools, 'module'>,
): Promise<ContentResult> {
  try {
    let finished: FinishedContent | undefined
    const { contentType, ...object } = await objects.store({
      read: async (into) => {
        const bytes = await content.read(into)
        onBytes(bytes)
        return bytes
      },
      finish: (size) => {
        if (content.size !== undefined && content.size !== size) {
          throw new ContentSizeError(content.size, size)
        }
        finished = content.finish()
        return finished.contentType
      },
      entropyOf: (offset, length) => content.entropyOf?.(offset, length),
    })
    return { id: content.id, stored: { ...object, contentType, facts: finished?.facts } }
  } catch (thrown) {
    guard.check() // a failed write or a cancelled run is not a bad content
    return { id: content.id, failure: failureOf(thrown) }
  }
}

function failureOf(thrown: unknown): { code: string; message: string } {
  return { code: codeOf(thrown) ?? 'CONTENT_UNREADABLE', message: toError(thrown).message }
}
