/**
 * The page of a recovery kit as one HTML file: no script, no font, no picture, nothing from
 * anywhere else, made for two sides of paper.
 * @module
 */
import { pageHead } from '../html-page.ts'
import { escaped } from '../html-text.ts'
import type { Block, Page } from './kit-page.ts'

const STYLE = `
  :root { color-scheme: light; }
  @page { size: A4; margin: 14mm 16mm; }
  * { box-sizing: border-box; }
  body {
    max-width: 46rem; margin: 2.5rem auto; padding: 0 1.5rem; background: #fff; color: #111;
    font: 15px/1.45 Georgia, 'Times New Roman', serif;
  }
  header { border-bottom: 3px solid #111; padding-bottom: .6rem; margin-bottom: 1rem; }
  h1 { font-size: 1.7rem; margin: 0; line-height: 1.2; }
  header p { margin: .2rem 0 0; color: #444; overflow-wrap: anywhere; }
  .intro { font-size: 1.05rem; }
  section { margin-top: 1.3rem; }
  h2 { font-size: 1.05rem; margin: 0 0 .4rem; padding-bottom: .15rem; border-bottom: 1px solid #999; }
  p { margin: .4rem 0; }
  pre {
    margin: .4rem 0; padding: .45rem .6rem; background: #f4f2ee; border: 1px solid #ddd;
    border-radius: 3px; font: 12.5px/1.4 ui-monospace, Menlo, Consolas, monospace;
    white-space: pre-wrap; overflow-wrap: anywhere;
  }
  ol { margin: .4rem 0; padding-left: 1.4rem; }
  li { margin: .3rem 0; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .4rem 0; }
  dt { color: #444; }
  dd { margin: 0; overflow-wrap: anywhere; }
  .field { display: flex; gap: .6rem; align-items: flex-end; min-height: 2.5rem; margin: .3rem 0; }
  .field .blank { flex: 1; border-bottom: 1px solid #111; min-width: 8rem; }
  .field.wide { display: block; }
  .field.wide .blank { display: block; height: 3rem; }
  .field .known { flex: 1; font-weight: bold; overflow-wrap: anywhere; }
  @media print {
    body { margin: 0; padding: 0; max-width: none; font-size: 9.5pt; line-height: 1.35; }
    section { margin-top: .7rem; }
    .field { min-height: 8mm; margin: 0; }
    li, p, dl, pre { margin: .2rem 0; }
    h2 { break-after: avoid; }
    pre, li, dl, .field { break-inside: avoid; }
    pre { background: none; font-size: 8pt; padding: .2rem .5rem; }
  }`

export function kitHtml({ title, subtitle, intro, sections }: Page): string[] {
  return [
    ...pageHead(title, STYLE),
    `<header><h1>${escaped(title)}</h1><p>${escaped(subtitle)}</p></header>`,
    `<p class="intro">${escaped(intro)}</p>`,
    ...sections.flatMap((section) => [
      `<section><h2>${escaped(section.title)}</h2>`,
      ...section.blocks.map(blockHtml),
      '</section>',
    ]),
    '</body>',
    '</html>',
  ]
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escaped(block.text)}</p>`
    case 'code':
      return code(block.lines)
    case 'facts': {
      const rows = block.facts.map(
        ([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`,
      )
      return `<dl>${rows.join('')}</dl>`
    }
    case 'field':
      return fieldHtml(block)
    case 'steps': {
      const steps = block.steps.map(
        ({ text, code: lines }) => `<li>${escaped(text)}${lines ? code(lines) : ''}</li>`,
      )
      return `<ol>${steps.join('\n')}</ol>`
    }
  }
}

function code(lines: readonly string[]): string {
  return `<pre>${lines.map(escaped).join('\n')}</pre>`
}

function fieldHtml({ label, value, wide }: Extract<Block, { kind: 'field' }>): string {
  const place =
    value === undefined
      ? '<span class="blank"></span>'
      : `<span class="known">${escaped(value)}</span>`
  const kind = wide ? 'field wide' : 'field'
  return `<div class="${kind}"><span>${escaped(label)}:</span>${place}</div>`
}
