/**
 * How help groups the commands: by what a person wants, in the order in which it is wanted.
 * @module
 */
import type { AnyCommand } from './command.ts'

interface Section {
  title: string
  /** Names of commands. */
  names: readonly string[]
}

export const SECTIONS: readonly Section[] = [
  { title: 'Save, and get back', names: ['inspect', 'create', 'backup', 'restore', 'archive'] },
  {
    title: 'Look',
    names: [
      ...['ls', 'items', 'albums', 'locate', 'cat', 'report', 'info', 'diff', 'digest'],
      ...['history', 'vanished', 'takeout'],
    ],
  },
  { title: 'Be sure', names: ['check', 'drill', 'recovery-kit', 'repair'] },
  { title: 'Keep it in other places', names: ['sync', 'ptar'] },
  { title: 'Keep, and let go', names: ['hold', 'tag', 'dup', 'rm', 'prune', 'maintenance'] },
  { title: 'This program', names: ['doctor', 'completion', 'version', 'help'] },
]

/** The commands section by section; one without a section comes at the end, so that none is missing. */
export function inSections(
  commands: readonly AnyCommand[],
): { title: string; commands: AnyCommand[] }[] {
  const named = SECTIONS.map(({ title, names }) => ({
    title,
    commands: names.flatMap((name) => commands.filter((command) => command.name === name)),
  }))
  const known = new Set(SECTIONS.flatMap(({ names }) => names))
  const others = commands.filter(({ name }) => !known.has(name))
  return [...named, { title: 'More', commands: others }].filter((each) => each.commands.length > 0)
}
