import { defineCommand, flagOf, type OptionSpec } from '../command.ts'
import { findCommand } from '../find-command.ts'
import { commandHelp, overview } from '../help-text.ts'

export const help = defineCommand({
  name: 'help',
  summary: 'Explain the program, or one command',
  description: [],
  options: {},
  argument: {
    name: 'COMMAND',
    min: 0,
    max: 1,
    describe: 'The command to explain',
    completes: 'command',
  },
  examples: [{ line: 'help backup', does: 'everything about backup' }],
  needsStore: false,

  async run({ args }, { terminal, json, commands }) {
    const [name] = args
    const chosen = name === undefined ? undefined : findCommand(name, commands)
    if (json) {
      const explained = chosen ? [chosen] : commands
      await terminal.jsonLines(explained.map(commandLine))
    } else {
      await terminal.lines(
        chosen ? commandHelp(chosen, terminal.style) : overview(commands, terminal.style),
      )
    }
    return 'done'
  },
})

function commandLine(command: {
  name: string
  summary: string
  options: Record<string, OptionSpec>
}): object {
  const options = Object.entries(command.options).map(([name, spec]) => ({
    name: `--${flagOf(name)}`,
    value: spec.value,
    describe: spec.describe,
  }))
  return { type: 'command', name: command.name, summary: command.summary, options }
}
