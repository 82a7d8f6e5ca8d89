import { spawnSync } from 'node:child_process'
import { describe, expect, it, test } from 'vitest'
import { flagOf } from './command.ts'
import { commands } from './commands/index.ts'
import { completionScript, SHELLS } from './completion-script.ts'

describe('completions', () => {
  test.for(SHELLS.map((shell) => ({ shell })))(
    'for $shell know every command and option',
    ({ shell }) => {
      const script = completionScript(shell, commands)

      for (const command of commands) {
        expect(script).toContain(command.name)
        for (const name of Object.keys(command.options)) {
          expect(script).toContain(shell === 'fish' ? `-l ${flagOf(name)}` : `--${flagOf(name)}`)
        }
      }
    },
  )

  for (const shell of SHELLS) {
    const present = spawnSync(shell, ['-c', 'true']).status === 0
    const reason = present ? '' : ` (skipped: ${shell} is not installed)`

    it.skipIf(!present)(`for ${shell} are a valid script${reason}`, () => {
      const result = spawnSync(shell, ['-n'], { input: completionScript(shell, commands) })

      expect(String(result.stderr)).toBe('')
      expect(result.status).toBe(0)
    })
  }
})

const bash = spawnSync('bash', ['-c', 'true']).status === 0

describe.skipIf(!bash)(`in bash${bash ? '' : ' (skipped: bash is not installed)'}`, () => {
  test.for([
    { words: ['ba'], offers: ['backup'], because: 'a command begins so' },
    { words: ['at', './s', 'rest'], offers: ['restore'], because: '`at` takes a word' },
    { words: ['--cache-dir', 'x', 'doc'], offers: ['doctor'], because: 'the option takes a word' },
    { words: ['create', '--pl'], offers: ['--plaintext'], because: 'it is an option of create' },
    {
      words: ['backup', '--js'],
      offers: ['--json'],
      because: 'global options follow commands too',
    },
    { words: ['restore', '--layout', 'g'], offers: ['gphotos-sync'], because: 'it is a choice' },
    {
      words: ['recovery-kit', '--format', 'h'],
      offers: ['html'],
      because: 'the same option means something else in another command',
    },
    { words: ['completion', 'z'], offers: ['zsh'], because: 'it is an argument' },
    { words: ['help', 'ins'], offers: ['inspect'], because: 'help takes a command' },
  ])('$words offers $offers: $because', ({ words, offers }) => {
    const script = `${completionScript('bash', commands)}
COMP_WORDS=(tintype "$@"); COMP_CWORD=$#; _tintype; printf '%s\\n' "\${COMPREPLY[@]}"`

    const result = spawnSync('bash', ['-c', script, 'bash', ...words], { cwd: '/' })

    expect(String(result.stdout).trim().split('\n')).toEqual(offers)
  })
})
