/**
 * What can be wrong with rclone itself, apart from what it does for us.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'

/** The oldest release we know to answer as we expect; Debian 12 has it. */
export const MINIMUM_VERSION = [1, 60] as const

export class RcloneMissingError extends CodedError {
  readonly code = 'RCLONE_MISSING'
  constructor() {
    super('the program rclone is not installed, and this store is reached through it', {
      hint: `Install rclone ${MINIMUM_VERSION.join('.')} or later ("apt install rclone", "brew install rclone", or from rclone.org), then see "tintype doctor".`,
    })
  }
}

export class RcloneTooOldError extends CodedError {
  readonly code = 'RCLONE_TOO_OLD'
  constructor(path: string, version: string) {
    super(`${path} is rclone ${version}, and ${MINIMUM_VERSION.join('.')} or later is needed`, {
      hint: 'Install a later rclone; "tintype doctor" tells which one is found.',
    })
  }
}

/** It ended, or did not begin to answer: nearly always its configuration. */
export class RcloneFailedError extends CodedError {
  readonly code = 'RCLONE_FAILED'
  constructor(detail: string) {
    const locked = /decrypt|password/i.test(detail)
    super(`rclone does not work: ${detail}`, {
      hint: locked
        ? 'Its configuration has a password: set RCLONE_CONFIG_PASS or RCLONE_PASSWORD_COMMAND.'
        : 'Try "rclone listremotes" in the same terminal: it names what is wrong.',
    })
  }
}

/** rclone answered that it could not do what it was asked for. */
export class RcloneRefusal extends Error {
  override readonly name = 'RcloneRefusal'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }

  /** The file or folder is not there. */
  get isAbsence(): boolean {
    return this.status === 404 || /\b(object|directory|file) not found\b/.test(this.message)
  }
}
