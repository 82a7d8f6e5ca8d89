/**
 * The argument of commands that look at one snapshot.
 * @module
 */
import type { ArgumentSpec } from './command.ts'

/** Absent it means `latest`. */
export const oneSnapshot: ArgumentSpec = {
  name: 'SNAPSHOT',
  min: 0,
  max: 1,
  describe: 'Beginning of an id; the latest when absent',
}
