import { writeFile } from 'node:fs/promises'
import { KnownStores } from '../../config/known-stores.ts'
import { codeOf } from '../../util/coded-error.ts'
import { defineCommand } from '../command.ts'
import { printable } from '../printable.ts'
import { productVersion } from '../product.ts'
import { kitHtml } from '../recovery-kit/kit-html.ts'
import { kitPage } from '../recovery-kit/kit-page.ts'
import { kitText } from '../recovery-kit/kit-text.ts'
import { UsageError } from '../usage-error.ts'

export const recoveryKit = defineCommand({
  name: 'recovery-kit',
  summary: 'Make a page to print: where the photos are, and how anybody gets them back',
  description: [
    'It names the store, the other places and copies this machine knows of, and the steps back: with Tintype, with Plakar, and with nothing but the description of the format. It holds a copy of CONFIG, the one small file without which no passphrase works.',
    'The passphrase is never on it; there is a line to write it on by hand. The store is opened first, so that you know that the passphrase you are about to write down is the right one.',
  ],
  options: {
    to: {
      describe: 'Write it to FILE; an .html file is made for printing. Else text on stdout',
      value: 'FILE',
      completes: 'file',
    },
    format: {
      describe: 'Else by the name of the file',
      value: 'FORMAT',
      choices: ['text', 'html'],
    },
    hint: {
      describe:
        'What reminds you of the passphrase; it is printed, so it must not be the passphrase',
      value: 'TEXT',
    },
    overwrite: { describe: 'Replace FILE when it is there' },
  },
  examples: [
    { line: 'recovery-kit --to recovery-kit.html', does: 'a page for the browser and the printer' },
    { line: 'recovery-kit', does: 'the same as text' },
  ],
  needsStore: true,

  async run({ options }, context) {
    const { terminal, json, quiet, folders, host } = context
    const { to, hint, overwrite } = options
    await using repository = await context.openRepository()
    const operations = await import('../../operations/recovery-kit.ts')
    const now = host.now()
    const kit = await operations.recoveryKit(repository, now)
    const { places, copies } = await new KnownStores(folders.config).recall(repository.id)
    if (json && to === undefined) {
      await terminal.json({ type: 'recovery-kit', ...kit, places, copies, hint })
      return 'done'
    }
    const page = kitPage(kit, { version: await productVersion(), places, copies, hint })
    const format = options.format ?? (/\.html?$/i.test(to ?? '') ? 'html' : 'text')
    const lines = format === 'html' ? kitHtml(page) : kitText(page)
    if (to === undefined) {
      await terminal.lines(lines)
      return 'done'
    }
    await writeKit(to, lines, overwrite)
    if (json) await terminal.json({ type: 'result', status: 'complete', file: to, format })
    else if (!quiet) {
      await terminal.line(`Wrote ${printable(to)}. Print it, write the passphrase on it by hand,`)
      await terminal.line('and keep it where this computer is not.')
    }
    return 'done'
  },
})

async function writeKit(path: string, lines: readonly string[], overwrite: boolean): Promise<void> {
  try {
    await writeFile(path, `${lines.join('\n')}\n`, { flag: overwrite ? 'w' : 'wx', flush: true })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new UsageError(`${printable(path)} is there already`, {
      hint: 'Choose another name, or add --overwrite.',
    })
  }
}
