/**
 * The page of a recovery kit as plain text, for any printer and any century.
 * @module
 */
import { formatColumns } from '../format.ts'
import { wrap } from '../help-text.ts'
import { printable } from '../printable.ts'
import type { Block, Page } from './kit-page.ts'

const WIDTH = 88
const MARGIN = '  '

export function kitText({ title, subtitle, intro, sections }: Page): string[] {
  return [
    title.toUpperCase(),
    subtitle,
    '',
    ...wrap(intro, ''),
    ...sections.flatMap((section) => [
      '',
      '',
      section.title,
      '-'.repeat(section.title.length),
      ...section.blocks.flatMap((block) => ['', ...blockText(block)]),
    ]),
  ]
}

function blockText(block: Block): string[] {
  switch (block.kind) {
    case 'text':
      return wrap(printable(block.text), '')
    case 'code':
      return code(block.lines, MARGIN)
    case 'facts': {
      const rows = block.facts.map(([name, value]) => [name, printable(value)])
      return formatColumns(rows, '<<').map((line) => MARGIN + line)
    }
    case 'field':
      return fieldText(block.label, block.value)
    case 'steps':
      return block.steps.flatMap(({ text, code: lines = [] }, at) => {
        const [first = '', ...rest] = wrap(printable(text), '   ')
        const step = [`${at + 1}. ${first.trimStart()}`, ...rest]
        return lines.length === 0 ? step : [...step, '', ...code(lines, '     '), '']
      })
  }
}

function code(lines: readonly string[], margin: string): string[] {
  return lines.map((line) => margin + printable(line))
}

function fieldText(label: string, value: string | undefined): string[] {
  const name = `${MARGIN}${label}: `
  if (value !== undefined) return [name + printable(value)]
  if (name.length < WIDTH / 2) return [name + '_'.repeat(WIDTH - name.length)]
  return [name, '', MARGIN + '_'.repeat(WIDTH - MARGIN.length)]
}
