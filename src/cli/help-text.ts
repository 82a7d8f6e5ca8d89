/**
 * Help for people, made from the command tables.
 * @module
 */
import { type AnyCommand, flagOf, type OptionSpec, type OptionTable } from './command.ts'
import { inSections } from './command-sections.ts'
import { formatColumns, formatList } from './format.ts'
import { globalOptions } from './global-options.ts'
import type { Style } from './style.ts'

const WIDTH = 88

export function overview(commands: readonly AnyCommand[], style: Style): string[] {
  return [
    'Own your Google Photos: Takeout archives into an encrypted store, and back.',
    '',
    style.strong('Usage'),
    '  tintype [global options] [at STORE] COMMAND [options] [arguments]',
    '',
    style.strong('Start here'),
    ...indent(
      formatColumns(
        [
          ['tintype inspect ~/Downloads', 'what is in my Takeout?'],
          ['tintype create', 'make an encrypted store, once'],
          ['tintype backup ~/Downloads', 'save the photos in it'],
          ['tintype restore', 'get everything back as files'],
        ],
        '<<',
      ),
    ),
    '',
    ...sectionLines(commands, style),
    style.strong('Global options'),
    ...optionLines(globalOptions),
    '',
    ...wrap(
      'STORE is a folder, a .ptar file, or a place such as s3://HOST/BUCKET or rclone:REMOTE:PATH. ' +
        'Without "at STORE" it is $TINTYPE_STORE, else a folder of your own data. ' +
        'Explain a command: tintype help COMMAND',
      '',
    ),
  ]
}

/** All names in one column, so that the sections read as one list. */
function sectionLines(commands: readonly AnyCommand[], style: Style): string[] {
  const sections = inSections(commands)
  const rows = sections.flatMap((each) => each.commands.map(({ name, summary }) => [name, summary]))
  const lines = indent(formatColumns(rows, '<<'))
  return sections.flatMap(({ title, commands: { length } }) => [
    style.strong(title),
    ...lines.splice(0, length),
    '',
  ])
}

export function commandHelp(command: AnyCommand, style: Style): string[] {
  const { summary, description, options, argument, examples } = command
  const lines = [`${summary}.`, '', style.strong('Usage'), ...wrapUsage(usageOf(command))]
  for (const paragraph of description) lines.push('', ...wrap(paragraph, ''))
  if (argument) {
    lines.push('', style.strong('Arguments'), `  ${argument.name}`)
    lines.push(...wrap(argument.describe, '      '))
  }
  for (const [title, table] of optionSets(options)) {
    lines.push('', style.strong(title), ...optionLines(table))
  }
  if (examples.length > 0) {
    lines.push('', style.strong('Examples'))
    for (const { line, does } of examples) lines.push(`  tintype ${line}`, `      ${does}`)
  }
  return [...lines, '', 'Global options: tintype help']
}

/** `tintype [at STORE] check [--quick] [--full] [SNAPSHOT]` */
export function usageOf(command: AnyCommand): string {
  const words = Object.entries(command.options as OptionTable).map(([name, spec]) => {
    if (spec.set !== undefined) return `[${spec.set.toUpperCase()}]`
    const value = spec.value === undefined ? '' : ` ${spec.value}`
    return `[--${flagOf(name)}${value}]${spec.repeatable ? '…' : ''}`
  })
  const options = new Set(words)
  const store = command.needsStore ? ['[at STORE]'] : []
  return ['tintype', ...store, command.name, ...options, ...argumentOf(command)].join(' ')
}

/** A command's own options first, then the sets it shares with others, by their title. */
function optionSets(options: OptionTable): Map<string, OptionTable> {
  const sets = new Map<string, Record<string, OptionTable[string]>>()
  for (const [name, spec] of Object.entries(options).sort(ownFirst)) {
    const title = spec.set ?? 'Options'
    sets.set(title, { ...sets.get(title), [name]: spec })
  }
  return sets
}

function ownFirst([, a]: [string, OptionTable[string]], [, b]: [string, OptionTable[string]]) {
  return Number(a.set !== undefined) - Number(b.set !== undefined)
}

/** Breaks between options; what follows the first line is set in. */
function wrapUsage(usage: string): string[] {
  const words = usage.replace(/ (?=[^[\]]*\])/g, '\u00a0') // `[--to DIR]` stays together
  const [first = '', ...rest] = wrap(words, '    ').map((line) => line.replaceAll('\u00a0', ' '))
  return [first.replace(/^ {4}/, '  '), ...rest.map((line) => `  ${line}`)]
}

function argumentOf({ argument }: AnyCommand): string[] {
  if (!argument) return []
  const many = argument.max > 1 ? '…' : ''
  return [argument.min === 0 ? `[${argument.name}${many}]` : `${argument.name}${many}`]
}

function optionLines(table: OptionTable): string[] {
  return Object.entries(table).flatMap(([name, spec]) => {
    const short = spec.short ? `-${spec.short}, ` : ''
    const value = spec.value === undefined ? '' : ` ${spec.value}`
    return [`  ${short}--${flagOf(name)}${value}`, ...wrap(describe(spec), '      ')]
  })
}

function describe({ describe, choices, later, integer }: OptionSpec): string {
  const parts = [describe]
  if (choices) parts.push(`One of: ${formatList(choices, 'or')}.`)
  if (later) parts.push(`In a later version: ${formatList(later)}.`)
  if (integer) parts.push(`From ${integer.min} to ${integer.max}.`)
  return parts.map((part) => (part.endsWith('.') ? part : `${part}.`)).join(' ')
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

/** Breaks a paragraph between words. */
export function wrap(text: string, margin: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && margin.length + line.length + 1 + word.length > WIDTH) {
      lines.push(margin + line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, margin + line]
}
