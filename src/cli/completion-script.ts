/**
 * Completion scripts for shells, made from the command tables.
 *
 * Each completes command names, options, the choices of an option, and files or folders where
 * they are expected.
 * @module
 */
import { type AnyCommand, flagOf, type OptionSpec, type OptionTable } from './command.ts'
import { globalOptions } from './global-options.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export function completionScript(shell: Shell, commands: readonly AnyCommand[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](commands)
}

/** Single-quoted for all three shells; texts are ours and short. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function flags(table: OptionTable): string[] {
  return Object.keys(table).map((name) => `--${flagOf(name)}`)
}

/** What may follow a command besides options. */
function argumentWords(command: AnyCommand, commands: readonly AnyCommand[]): readonly string[] {
  const completes = command.argument?.completes
  if (completes === 'command') return commands.map(({ name }) => name)
  return Array.isArray(completes) ? completes : []
}

function bashScript(commands: readonly AnyCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  const tables: [string, OptionTable][] = [
    ['*', globalOptions],
    ...commands.map(({ name, options }): [string, OptionTable] => [name, options]),
  ]
  return `# bash completion for tintype
_tintype() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command= at word words=
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case $word in
      at|${valueFlags(globalOptions).join('|')}) ((at++)) ;;
      -*) ;;
      *) command=$word; break ;;
    esac
  done
  COMPREPLY=()
  case $command:$previous in
    :at) COMPREPLY=($(compgen -d -- "$current")); return ;;
${tables.flatMap(([name, table]) => bashValues(name, table)).join('\n')}
  esac
  case $command in
    '') words='at ${names} ${flags(globalOptions).join(' ')}' ;;
${commands.map((command) => `    ${bashCommand(command, commands)}`).join('\n')}
  esac
  if [[ $current == -* || -z $command ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _tintype tintype
`
}

/** Words of a command; a pattern list in bash's `case`. */
function bashCommand(command: AnyCommand, commands: readonly AnyCommand[]): string {
  const words = [
    ...flags(command.options),
    ...flags(globalOptions),
    ...argumentWords(command, commands),
  ]
  return `${command.name}) words='${words.join(' ')}' ;;`
}

/** One option may take a folder in one command and a file in another. */
function bashValues(command: string, table: OptionTable): string[] {
  return withValues(table).map(([flag, spec]) => {
    const choices = spec.choices ? `-W '${spec.choices.join(' ')}'` : undefined
    const generated = choices ?? (spec.completes === 'folder' ? '-d' : '-f')
    return `    ${command}:${flag}) COMPREPLY=($(compgen ${generated} -- "$current")); return ;;`
  })
}

function withValues(table: OptionTable): [string, OptionSpec][] {
  return Object.entries(table)
    .filter(([, spec]) => spec.value !== undefined)
    .map(([name, spec]): [string, OptionSpec] => [`--${flagOf(name)}`, spec])
}

function valueFlags(table: OptionTable): string[] {
  return withValues(table).map(([flag]) => flag)
}

function zshScript(commands: readonly AnyCommand[]): string {
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary}`))
  return `#compdef tintype
_tintype() {
  local -a global commands
  local position=2 command=
  global=(
${zshOptions(globalOptions)}
  )
  commands=(
    'at:name the store'
${described.map((each) => `    ${each}`).join('\n')}
  )
  while (( position < CURRENT )); do
    case $words[position] in
      at|${valueFlags(globalOptions).join('|')}) (( position += 2 )) ;;
      -*) (( position++ )) ;;
      *) command=$words[position]; break ;;
    esac
  done
  if [[ $words[CURRENT-1] == at && -z $command ]]; then _files -/; return; fi
  if [[ -z $command ]]; then
    if [[ $words[CURRENT] == -* ]]; then _arguments $global; else _describe command commands; fi
    return
  fi
  shift $(( position - 1 )) words
  (( CURRENT -= position - 1 ))
  case $command in
${commands.map((command) => zshCommand(command, commands)).join('\n')}
  esac
}
if [[ $funcstack[1] == _tintype ]]; then _tintype "$@"; else compdef _tintype tintype; fi
`
}

function zshCommand(command: AnyCommand, commands: readonly AnyCommand[]): string {
  const words = argumentWords(command, commands)
  const action = words.length > 0 ? `(${words.join(' ')})` : '_files'
  const argument = command.argument ? ` ${quoted(`*:argument:${action}`)}` : ''
  return `    ${command.name}) _arguments $global \\
${zshOptions(command.options, ' \\\n')}      ${argument.trim()} ;;`
}

/** Specifications for `_arguments`; brackets and colons in texts are escaped. */
function zshOptions(table: OptionTable, end = '\n'): string {
  return Object.entries(table)
    .map(([name, spec]) => {
      const text = spec.describe.replace(/[[\]:\\]/g, '\\$&')
      const many = spec.repeatable ? '*' : ''
      const value =
        spec.value === undefined ? '' : `:${spec.value.toLowerCase()}:${zshAction(spec)}`
      return `    ${quoted(`${many}--${flagOf(name)}[${text}]${value}`)}`
    })
    .map((line) => line + end)
    .join('')
}

function zshAction({ choices, completes }: OptionSpec): string {
  if (choices) return `(${choices.join(' ')})`
  if (completes === undefined) return ''
  return completes === 'folder' ? '_files -/' : '_files'
}

function fishScript(commands: readonly AnyCommand[]): string {
  const seen = `__fish_seen_subcommand_from ${commands.map(({ name }) => name).join(' ')}`
  const none = `not ${seen}; and not __fish_prev_arg_in at`
  const lines = ['# fish completion for tintype', 'complete -c tintype -f']
  lines.push(`complete -c tintype -n ${quoted(none)} -a at -d 'Name the store'`)
  lines.push(...fishOptions(globalOptions))
  for (const command of commands) {
    const here = `__fish_seen_subcommand_from ${command.name}`
    const summary = quoted(command.summary)
    lines.push(`complete -c tintype -n ${quoted(none)} -a ${command.name} -d ${summary}`)
    lines.push(...fishOptions(command.options, here))
    const words = argumentWords(command, commands)
    if (words.length > 0) {
      lines.push(`complete -c tintype -n ${quoted(here)} -a ${quoted(words.join(' '))}`)
    } else if (command.argument?.completes) {
      lines.push(`complete -c tintype -n ${quoted(here)} -F`)
    }
  }
  lines.push(`complete -c tintype -n '__fish_prev_arg_in at' -F`)
  return `${lines.join('\n')}\n`
}

function fishOptions(table: OptionTable, condition?: string): string[] {
  const when = condition === undefined ? '' : ` -n ${quoted(condition)}`
  return Object.entries(table).map(([name, spec]) => {
    const short = spec.short ? ` -s ${spec.short}` : ''
    const describe = ` -d ${quoted(spec.describe)}`
    return `complete -c tintype${when} -l ${flagOf(name)}${short}${fishValue(spec)}${describe}`
  })
}

function fishValue({ value, choices, completes }: OptionSpec): string {
  if (value === undefined) return ''
  if (choices) return ` -x -a ${quoted(choices.join(' '))}`
  return completes ? ' -r -F' : ' -x'
}
