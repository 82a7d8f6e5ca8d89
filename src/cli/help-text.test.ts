import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { flagOf, type OptionTable } from './command.ts'
import { inSections } from './command-sections.ts'
import { commands } from './commands/index.ts'
import { globalOptions } from './global-options.ts'
import { commandHelp, overview, usageOf, wrap } from './help-text.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { plain } from './style.ts'

const guide = new URL('../../docs/guide/cli.md', import.meta.url)

describe('help', () => {
  it('lists every command and global option', () => {
    const text = overview(commands, plain).join('\n')

    for (const { name, summary } of commands)
      expect(text).toContain(`  ${name} `.trimEnd() && summary)
    for (const name of Object.keys(globalOptions)) expect(text).toContain(`--${flagOf(name)}`)
  })

  it('groups the commands, each in exactly one place', () => {
    const grouped = inSections(commands).flatMap((section) => section.commands)

    expect(grouped.map(({ name }) => name).sort()).toEqual(commands.map(({ name }) => name).sort())
    expect(inSections(commands).map(({ title }) => title)).not.toContain('More')
  })

  test.for(commands.map((command) => ({ command })))(
    'explains $command.name: usage, every option, and fits the screen',
    ({ command }) => {
      const text = commandHelp(command, plain)

      expect(text.join(' ').replace(/\s+/g, ' ')).toContain(` ${usageOf(command)} `)
      for (const name of Object.keys(command.options)) {
        expect(text.join('\n')).toContain(`--${flagOf(name)}`)
      }
      for (const line of text) expect(line.length).toBeLessThanOrEqual(100)
    },
  )

  it('writes usage as the grammar has it', () => {
    const check = commands.find(({ name }) => name === 'check')

    expect(check && usageOf(check)).toBe(
      'tintype [at STORE] check [--quick] [--full] [--sample SIZE] [--accept] [QUERY OPTIONS] [SNAPSHOT…]',
    )
  })

  it('shows examples that the parser understands', () => {
    const examples = commands.flatMap((command) => command.examples.map(({ line }) => line))

    for (const line of examples) {
      const words = line.replace(/ [>|].*/, '').split(' ')
      expect(() => parseCommandLine(words, commands)).not.toThrow()
    }
    expect(examples.length).toBeGreaterThan(10)
  })

  it('breaks paragraphs between words', () => {
    const lines = wrap('word '.repeat(40).trim(), '  ')

    expect(lines.length).toBe(3)
    expect(lines.join(' ').split(/\s+/).filter(Boolean).length).toBe(40)
  })
})

describe('the guide to safekeeping', () => {
  const text = readFileSync(new URL('../../docs/guide/safekeeping.md', import.meta.url), 'utf8')
  const lines = [...text.matchAll(/^ +(?:[\d*]+ ){0,5} *tintype (.*?)(?: +#.*)?$/gm)].map(
    ([, line]) => line!,
  )

  test.for(lines)('has a command that the parser understands: %s', (line) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!)

    expect(() => parseCommandLine(words, commands)).not.toThrow()
  })

  it('has all the commands that keep a store safe', () => {
    for (const name of ['sync', 'recovery-kit', 'drill', 'check', 'prune', 'hold', 'maintenance']) {
      expect(
        lines.some((line) => new RegExp(`(^| )${name}( |$)`).test(line)),
        name,
      ).toBe(true)
    }
  })
})

describe('the guide to the command line', () => {
  const text = existsSync(guide) ? readFileSync(guide, 'utf8') : ''

  test.for(commands.map((command) => ({ command })))('explains $command.name', ({ command }) => {
    expect(text).toContain(`## ${command.name}\n`)
    for (const [name] of Object.entries(command.options as OptionTable)) {
      expect(text).toContain(`\`--${flagOf(name)}`)
    }
  })

  it('explains every global option', () => {
    for (const name of Object.keys(globalOptions)) expect(text).toContain(`--${flagOf(name)}`)
  })
})
