import { CodedError } from '../util/coded-error.ts'

/** The passphrase does not open the repository. Nothing was read but CONFIG. */
export class WrongPassphraseError extends CodedError {
  readonly code = 'WRONG_PASSPHRASE'
  constructor(location: string) {
    super(`the passphrase does not open ${location}`, {
      hint: 'Try again; capitals and spaces count. Nobody can recover a lost passphrase.',
    })
  }
}
