/**
 * A command by its name, or a sentence about what was probably meant.
 * @module
 */
import { closestName } from './closest-name.ts'
import type { AnyCommand } from './command.ts'
import { printable } from './printable.ts'
import { UsageError } from './usage-error.ts'

/** Names people know from other programs. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['checksum', 'digest'],
  ['compare', 'diff'],
  ['copy', 'sync'],
  ['delete', 'rm'],
  ['dump', 'cat'],
  ['export', 'restore'],
  ['extract', 'restore'],
  ['find', 'locate'],
  ['forget', 'prune'],
  ['gc', 'maintenance'],
  ['import', 'backup'],
  ['init', 'create'],
  ['list', 'ls'],
  ['remove', 'rm'],
  ['save', 'backup'],
  ['search', 'locate'],
  ['snapshots', 'ls'],
  ['status', 'info'],
  ['verify', 'check'],
])

/** @throws {UsageError} when there is none */
export function findCommand(name: string, commands: readonly AnyCommand[]): AnyCommand {
  const found = commands.find((command) => command.name === name)
  if (found) return found
  const names = commands.map((command) => command.name)
  const meant = SYNONYMS.get(name) ?? closestName(name, [...names, 'at'])
  throw new UsageError(`unknown command "${printable(name)}"`, {
    hint: meant ? `Did you mean "${meant}"?` : 'See: tintype help',
  })
}
