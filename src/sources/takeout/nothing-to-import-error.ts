/**
 * The source exists, yet nothing of a Google Photos export is in it.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'

export class NothingToImportError extends CodedError {
  readonly code = 'NOTHING_TO_IMPORT'

  constructor(paths: readonly string[]) {
    super(
      `there is no Google Takeout archive, no extracted export and no photo in ${paths.join(', ')}`,
      {
        hint: 'Name the takeout-….zip or .tgz files, the folder they are in, the folder "Takeout", or a folder of photos. Is the disk connected that holds them?',
      },
    )
  }
}
