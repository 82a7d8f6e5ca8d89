/**
 * The folder is there, and there is not one file in it: most often a disk that is not mounted.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'

export class EmptyFolderError extends CodedError {
  readonly code = 'SOURCE_EMPTY'

  constructor(path: string) {
    super(`the folder ${path} holds no files`, {
      hint: 'Is the disk that belongs there connected and mounted? Nothing was saved.',
    })
  }
}
