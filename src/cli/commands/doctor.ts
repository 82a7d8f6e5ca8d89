import type { Diagnosis } from '../../operations/diagnose.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { formatBytes, formatColumns, formatRate } from '../format.ts'
import { section } from '../inventory-summary.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Tell which parts work on this machine, and how fast',
  description: ['Tests and measures the inner loops, looks for other programs, tries the folders.'],
  options: {
    noMeasure: { describe: 'Do not measure speed' },
  },
  examples: [{ line: 'doctor', does: 'when something is slow or does not work' }],
  needsStore: false,

  async run({ options }, { terminal, json, folders, host }) {
    const { diagnose } = await import('../../operations/diagnose.ts')
    const diagnosis = await diagnose({
      measure: !options.noMeasure,
      searchPath: host.env.PATH ?? host.env.Path ?? '',
      folders: foldersToTry(folders),
    })

    if (json) await terminal.jsonLines(diagnosisLines(diagnosis))
    else await terminal.lines(diagnosisText(diagnosis, terminal.style))
    return diagnosis.ok ? 'done' : 'unavailable'
  },
})

function foldersToTry(folders: CommandContext['folders']): { name: string; path: string }[] {
  return [
    { name: 'configuration', path: folders.config },
    { name: 'cache', path: folders.cache },
    { name: 'data', path: folders.data },
  ]
}

export function* diagnosisLines(diagnosis: Diagnosis): Generator<object> {
  const { node, platform, cpus, memoryBytes, ok } = diagnosis
  for (const kernel of diagnosis.kernels) yield { type: 'kernel', ...kernel }
  for (const program of diagnosis.programs) yield { type: 'program', ...program }
  for (const folder of diagnosis.folders) yield { type: 'folder', ...folder }
  yield { type: 'result', status: ok ? 'complete' : 'failed', node, platform, cpus, memoryBytes }
}

export function diagnosisText(diagnosis: Diagnosis, style: Style): string[] {
  const { node, platform, cpus, memoryBytes } = diagnosis
  const verdict = diagnosis.ok
    ? style.good('Everything needed works here.')
    : style.bad('Something needed does not work here.')
  return [
    style.strong(verdict),
    `  Node ${node.replace('v', '')} on ${printable(platform)}, ${cpus} processors, ${formatBytes(memoryBytes)} of memory`,
    ...section('Inner loops', indented(kernelRows(diagnosis), '<<><'), style),
    ...section('Other programs', indented(programRows(diagnosis), '<<<'), style),
    ...section('Folders', indented(folderRows(diagnosis), '<<<'), style),
  ]
}

function indented(rows: string[][], alignment: string): string[] {
  return formatColumns(rows, alignment).map((line) => `  ${line}`)
}

function kernelRows({ kernels }: Diagnosis): string[][] {
  return kernels.map(({ name, implementation, ok, megabytesPerSecond }) => [
    name,
    implementation,
    megabytesPerSecond === undefined ? '' : formatRate(megabytesPerSecond * 1e6),
    ok ? '' : 'WRONG RESULTS',
  ])
}

function programRows({ programs }: Diagnosis): string[][] {
  return programs.map(({ name, path, version, neededFor }) => [
    name,
    path === undefined ? 'not found' : printable([version, path].filter(Boolean).join(' at ')),
    `for ${neededFor}`,
  ])
}

function folderRows({ folders }: Diagnosis): string[][] {
  return folders.map(({ name, path, writable }) => [
    name,
    printable(path),
    writable ? '' : 'CANNOT BE WRITTEN',
  ])
}
