/**
 * What a command is: one file in `commands/` that describes its options and arguments as a table,
 * and a `run` that parses nothing, calls one operation and prints. Parser, help, completions and
 * the guide all read the same table.
 * @module
 */
import type { Outcome } from '../operations/outcome.ts'
import type { CommandContext } from './context.ts'

export interface OptionSpec {
  describe: string
  /** One-letter name. */
  short?: string
  /** Placeholder of the value, e.g. `DIR`; an option without one is a switch. */
  value?: string
  /** May be given several times; the values are collected. */
  repeatable?: true
  /** The value is a whole number within these bounds, both included. */
  integer?: { min: number; max: number }
  /** The value is one of these. */
  choices?: readonly string[]
  /** Values with a meaning of their own that a later version brings. */
  later?: readonly string[]
  /** What shells complete the value with; nothing when absent. */
  completes?: 'file' | 'folder'
  /** Title of the set it belongs to, which several commands share: usage names only the set. */
  set?: string
}

/** Options by their name in code; `kdfMemory` is `--kdf-memory` on the command line. */
export type OptionTable = Readonly<Record<string, OptionSpec>>

type ValueOf<Spec> = Spec extends { repeatable: true }
  ? string[]
  : Spec extends { integer: object }
    ? number | undefined
    : Spec extends { choices: readonly (infer Choice)[] }
      ? Choice | undefined
      : Spec extends { value: string }
        ? string | undefined
        : boolean

export type ValuesOf<Table extends OptionTable> = { [Name in keyof Table]: ValueOf<Table[Name]> }

export interface ArgumentSpec {
  /** e.g. `SOURCE`. */
  name: string
  min: number
  max: number
  describe: string
  completes?: 'file' | 'folder' | 'command' | readonly string[]
}

export interface Example {
  /** What follows `tintype`. */
  line: string
  does: string
}

export interface Given<Table extends OptionTable> {
  options: ValuesOf<Table>
  args: string[]
}

export interface Command<Table extends OptionTable = OptionTable> {
  name: string
  /** One line, no full stop. */
  summary: string
  /** What a person should know before using it; a paragraph a string. */
  description: readonly string[]
  options: Table
  argument?: ArgumentSpec
  examples: readonly Example[]
  /** It works on a store: `at STORE` makes sense. */
  needsStore: boolean
  /**
   * With `--json`, what the line that ends the output counts when the command throws: the last line
   * always is a result. Commands without a result line leave it out.
   */
  countsWhenFailed?: object
  run(given: Given<Table>, context: CommandContext): Promise<Outcome>
}

/** Declares a command; the values `run` receives are typed by its option table. */
export function defineCommand<const Table extends OptionTable>(
  command: Command<Table>,
): Command<Table> {
  return command
}

/** A command whose option table is not known beforehand. */
// biome-ignore lint/suspicious/noExplicitAny: a list of commands has no common option table
export type AnyCommand = Command<any>

/** `kdfMemory` → `kdf-memory`. */
export function flagOf(optionName: string): string {
  return optionName.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
