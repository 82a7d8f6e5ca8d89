import { defineCommand } from '../command.ts'
import { completionScript, SHELLS } from '../completion-script.ts'
import { formatList } from '../format.ts'
import { UsageError } from '../usage-error.ts'

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print the completion script of a shell',
  description: ['Load it when the shell starts, as the examples show.'],
  options: {},
  argument: {
    name: 'SHELL',
    min: 1,
    max: 1,
    describe: formatList(SHELLS, 'or'),
    completes: SHELLS,
  },
  examples: [
    { line: 'completion bash > ~/.local/share/bash-completion/completions/tintype', does: 'bash' },
    {
      line: 'completion zsh > ~/.zsh/completions/_tintype',
      does: 'zsh, with that folder in fpath',
    },
    { line: 'completion fish > ~/.config/fish/completions/tintype.fish', does: 'fish' },
  ],
  needsStore: false,

  async run({ args }, { terminal, json, commands }) {
    const shell = SHELLS.find((each) => each === args[0])
    if (shell === undefined) {
      throw new UsageError('there are no completions for that shell', {
        hint: `Choose ${formatList(SHELLS, 'or')}.`,
      })
    }
    const script = completionScript(shell, commands)
    if (json) await terminal.json({ type: 'completion', shell, script })
    else await terminal.lines(script.trimEnd().split('\n'))
    return 'done'
  },
})
