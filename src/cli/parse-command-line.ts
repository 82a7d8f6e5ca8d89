/**
 * The grammar: `tintype [global options] [at STORE] COMMAND [options] [arguments]`.
 *
 * Options are written `--name`, `--name VALUE` or `--name=VALUE`; one dash does as well, as in
 * Plakar. Global options may also follow the command. `--` ends the options.
 * @module
 */

import { closestName } from './closest-name.ts'
import { type AnyCommand, flagOf, type OptionSpec, type OptionTable } from './command.ts'
import { findCommand } from './find-command.ts'
import { formatList } from './format.ts'
import { type GlobalOptions, globalOptions } from './global-options.ts'
import { printable } from './printable.ts'
import { UsageError } from './usage-error.ts'

export interface Invocation {
  globals: GlobalOptions
  /** What stood after `at`. */
  store: string | undefined
  /** Undefined when no command was named. */
  command: AnyCommand | undefined
  options: Record<string, OptionValue>
  args: string[]
}

export type OptionValue = boolean | string | number | string[] | undefined

/** @throws {UsageError} one sentence, with what was probably meant */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly AnyCommand[],
): Invocation {
  const words = [...argv]
  const globals = valuesWithout(globalOptions)
  const { store, name } = parseBeforeCommand(words, globals)
  const invocation = { globals: globals as GlobalOptions, store, options: {}, args: [] }
  if (name === undefined) return { ...invocation, command: undefined }
  const command = findCommand(name, commands)
  const options = valuesWithout(command.options)
  const args = parseAfterCommand(words, command, options, globals)
  const asksForHelp = invocation.globals.help || invocation.globals.version
  if (!asksForHelp) checkArguments(args, command)
  return { ...invocation, command, options, args }
}

/** Consumes global options and `at STORE`, up to and including the command's name. */
function parseBeforeCommand(words: string[], globals: Values) {
  let store: string | undefined
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (isOption(word)) {
      takeOption(word, words, [{ table: globalOptions, values: globals }], 'before the command')
    } else if (word === 'at' && store === undefined) {
      store = words.shift()
      if (!store) throw new UsageError('"at" needs a store', { hint: 'e.g. tintype at ./store ls' })
    } else {
      return { store, name: word }
    }
  }
  return { store, name: undefined }
}

function parseAfterCommand(
  words: string[],
  command: AnyCommand,
  options: Values,
  globals: Values,
): string[] {
  const tables = [
    { table: command.options as OptionTable, values: options },
    { table: globalOptions, values: globals },
  ]
  const args: string[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') return [...args, ...words]
    if (isOption(word)) takeOption(word, words, tables, `of "${command.name}"`)
    else args.push(word)
  }
  return args
}

type Values = Record<string, OptionValue>
type Place = { table: OptionTable; values: Values }

function valuesWithout(table: OptionTable): Values {
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, spec.repeatable ? [] : valueWithout(spec)]),
  )
}

function valueWithout(spec: OptionSpec): OptionValue {
  return spec.value === undefined ? false : undefined
}

/** A lone dash is an argument. */
function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-'
}

function takeOption(word: string, rest: string[], places: Place[], where: string): void {
  const [, typed = '', equals, attached = ''] = /^--?([^=]*)(=?)([\s\S]*)$/.exec(word) ?? []
  const { name, spec, values } = findOption(typed, word, places, where)
  const written = `--${flagOf(name)}`
  if (spec.value === undefined) {
    if (equals) throw new UsageError(`${written} takes no value`)
    values[name] = true
    return
  }
  const value = readValue(written, spec, equals ? attached : takeValue(written, spec, rest))
  if (spec.repeatable) (values[name] as string[]).push(value as string)
  else values[name] = value
}

function takeValue(written: string, spec: OptionSpec, rest: string[]): string {
  const value = rest.shift()
  if (value !== undefined && !isOption(value)) return value
  const hint = `Write ${written}=${spec.value}, also for a value that begins with a dash.`
  throw new UsageError(`${written} needs a value`, { hint })
}

function findOption(typed: string, word: string, places: Place[], where: string) {
  for (const { table, values } of places) {
    for (const [name, spec] of Object.entries(table)) {
      if (flagOf(name) === typed || spec.short === typed) return { name, spec, values }
    }
  }
  const known = places.flatMap(({ table }) => Object.keys(table).map(flagOf))
  const meant = closestName(typed, known)
  throw new UsageError(`unknown option ${printable(word)} ${where}`, {
    hint: meant ? `Did you mean --${meant}?` : 'See: tintype help',
  })
}

function readValue(written: string, spec: OptionSpec, text: string): string | number {
  if (spec.integer) return readInteger(written, spec.integer, text)
  if (spec.later?.includes(text)) {
    throw new UsageError(`${written} ${text} is not available in this version`, {
      hint: `Available: ${formatList(spec.choices ?? [])}.`,
    })
  }
  const choice = spec.choices?.find((known) => known.toLowerCase() === text.toLowerCase())
  if (choice !== undefined) return choice
  if (spec.choices) {
    throw new UsageError(`${written} cannot be "${printable(text)}"`, {
      hint: `Choose ${formatList(spec.choices, 'or')}.`,
    })
  }
  if (text === '') throw new UsageError(`${written} needs a value, and it is empty`)
  return text
}

function readInteger(written: string, bounds: { min: number; max: number }, text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= bounds.min && number <= bounds.max) return number
  throw new UsageError(
    `${written} must be a whole number from ${bounds.min} to ${bounds.max}, not "${printable(text)}"`,
  )
}

function checkArguments(args: readonly string[], command: AnyCommand): void {
  const { min, max, name } = command.argument ?? { min: 0, max: 0, name: '' }
  const hint = `See: tintype help ${command.name}`
  if (args.length < min) throw new UsageError(`"${command.name}" needs a ${name}`, { hint })
  const surplus = args[max]
  if (surplus !== undefined) {
    throw new UsageError(`"${command.name}" does not take "${printable(surplus)}"`, { hint })
  }
  if (args.includes('')) throw new UsageError(`"${command.name}" got an empty argument`, { hint })
}
