/**
 * `folder:PATH` names a single file.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'

export class NotAFolderError extends CodedError {
  readonly code = 'NOT_A_FOLDER'

  constructor(path: string) {
    super(`${path} is a file, not a folder`, {
      hint: 'Name the folder that holds the photos; an archive of a Takeout is named without "folder:".',
    })
  }
}
