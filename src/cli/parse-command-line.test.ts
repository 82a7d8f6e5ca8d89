import { describe, expect, it, test } from 'vitest'
import { defineCommand } from './command.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { UsageError } from './usage-error.ts'

const shared = { summary: 'x', description: [], examples: [], needsStore: true }

const send = defineCommand({
  ...shared,
  name: 'send',
  options: {
    to: { describe: 'where', value: 'DIR' },
    kdfMemory: { describe: 'how much', value: 'MIB', integer: { min: 8, max: 4096 } },
    layout: { describe: 'how', value: 'LAYOUT', choices: ['flat', 'deep'], later: ['round'] },
    album: { describe: 'which', value: 'TITLE', repeatable: true },
    dryRun: { describe: 'only tell' },
    recursive: { describe: 'below', short: 'R' },
  },
  argument: { name: 'THING', min: 0, max: 2, describe: 'what' },
  run: async () => 'done',
})
const take = defineCommand({
  ...shared,
  name: 'take',
  options: {},
  argument: { name: 'SOURCE', min: 1, max: 9, describe: 'what' },
  run: async () => 'done',
})

const parse = (...argv: string[]) => parseCommandLine(argv, [send, take])

/** `message | hint` of what is wrong with a command line. */
function complaint(...argv: string[]): string {
  try {
    parse(...argv)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    const { message, hint } = error as UsageError
    return [message, hint].filter(Boolean).join(' | ')
  }
  return ''
}

describe('a command line', () => {
  it('names a store, a command, options and arguments', () => {
    const { store, command, options, args } = parse('at', './s', 'send', '--to', 'out', 'a', 'b')

    expect({ store, name: command?.name, args }).toEqual({
      store: './s',
      name: 'send',
      args: ['a', 'b'],
    })
    expect(options).toEqual({
      to: 'out',
      kdfMemory: undefined,
      layout: undefined,
      album: [],
      dryRun: false,
      recursive: false,
    })
  })

  it('takes a choice in capitals or not, and gives it as it is listed', () => {
    expect(parse('send', '--layout', 'FLAT').options.layout).toBe('flat')
  })

  test.for([
    { words: ['--to', 'x'], because: 'two dashes' },
    { words: ['-to', 'x'], because: 'one dash, as in Plakar' },
    { words: ['--to=x'], because: 'an equals sign' },
    { words: ['-to=x'], because: 'one dash and an equals sign' },
  ])('takes a value after $words: $because', ({ words }) => {
    expect(parse('send', ...words).options.to).toBe('x')
  })

  it('keeps what a value holds, equals signs and line ends too', () => {
    expect(parse('send', '--to=a=b\nc').options.to).toBe('a=b\nc')
    expect(parse('send', '--to=--odd').options.to).toBe('--odd')
  })

  it('collects an option that may be repeated', () => {
    expect(parse('send', '--album', 'Oslo', '--album=Rome').options.album).toEqual(['Oslo', 'Rome'])
  })

  it('reads whole numbers as numbers', () => {
    expect(parse('send', '--kdf-memory', '64').options.kdfMemory).toBe(64)
  })

  it('knows one-letter names', () => {
    expect(parse('send', '-R').options.recursive).toBe(true)
    expect(parse('-q', 'send').globals.quiet).toBe(true)
  })

  it('takes global options before and after the command, and options after arguments', () => {
    const { globals, options, args } = parse('--json', 'send', 'a', '--quiet', '--dry-run', 'b')

    expect(globals).toMatchObject({ json: true, quiet: true, verbose: false })
    expect({ dryRun: options.dryRun, args }).toEqual({ dryRun: true, args: ['a', 'b'] })
  })

  it('ends its options at two dashes; one dash is an argument', () => {
    expect(parse('send', '--', '--to', '-').args).toEqual(['--to', '-'])
    expect(parse('send', '-').args).toEqual(['-'])
  })

  it('may name no command at all', () => {
    expect(parse().command).toBeUndefined()
    expect(parse('--help').globals.help).toBe(true)
  })

  it('asks for help without its arguments being complete', () => {
    expect(parse('take', '--help').globals.help).toBe(true)
  })

  test.for([
    { argv: ['sned'], says: 'unknown command "sned" | Did you mean "send"?' },
    { argv: ['import'], says: 'unknown command "import" | Did you mean "backup"?' },
    { argv: ['xyzzy'], says: 'unknown command "xyzzy" | See: tintype help' },
    { argv: ['a\u001b[2J'], says: 'unknown command "a\\x1b[2J" | See: tintype help' },
    { argv: ['at'], says: '"at" needs a store | e.g. tintype at ./store ls' },
    { argv: ['send', '--tu', 'x'], says: 'unknown option --tu of "send" | Did you mean --to?' },
    {
      argv: ['--jsno', 'send'],
      says: 'unknown option --jsno before the command | Did you mean --json?',
    },
    {
      argv: ['send', '--to'],
      says: '--to needs a value | Write --to=DIR, also for a value that begins with a dash.',
    },
    {
      argv: ['send', '--to', '--dry-run'],
      says: '--to needs a value | Write --to=DIR, also for a value that begins with a dash.',
    },
    { argv: ['send', '--to='], says: '--to needs a value, and it is empty' },
    { argv: ['send', '--dry-run=yes'], says: '--dry-run takes no value' },
    {
      argv: ['send', '--kdf-memory', '7'],
      says: '--kdf-memory must be a whole number from 8 to 4096, not "7"',
    },
    {
      argv: ['send', '--kdf-memory', '1e3'],
      says: '--kdf-memory must be a whole number from 8 to 4096, not "1e3"',
    },
    { argv: ['send', '--layout', 'odd'], says: '--layout cannot be "odd" | Choose flat or deep.' },
    {
      argv: ['send', '--layout', 'round'],
      says: '--layout round is not available in this version | Available: flat and deep.',
    },
    { argv: ['take'], says: '"take" needs a SOURCE | See: tintype help take' },
    { argv: ['take', ''], says: '"take" got an empty argument | See: tintype help take' },
    { argv: ['send', 'a', 'b', 'c'], says: '"send" does not take "c" | See: tintype help send' },
    {
      argv: ['send', '--constructor'],
      says: 'unknown option --constructor of "send" | See: tintype help',
    },
  ])('$argv is answered: $says', ({ argv, says }) => {
    expect(complaint(...argv)).toBe(says)
  })
})
