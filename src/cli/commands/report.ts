import { writeFileLines } from '../../operations/write-file-lines.ts'
import { codeOf } from '../../util/coded-error.ts'
import { defineCommand } from '../command.ts'
import { printable } from '../printable.ts'
import { ledgerCsv, problemsCsv } from '../report-csv.ts'
import { ledgerJson, reportJson } from '../report-json.ts'
import { reportHtml } from '../report-page/report-html.ts'
import { reportText } from '../report-text.ts'
import { oneSnapshot } from '../snapshot-argument.ts'
import { plain } from '../style.ts'
import { UsageError } from '../usage-error.ts'

export const report = defineCommand({
  name: 'report',
  summary: 'Show what a backup found, and all that was missing or odd',
  description: [
    'The report is stored with the snapshot: it tells the same years later. It shows that every file of the archives is accounted for, whether all of the export was there, and whether the archives are provably redundant: every entry of them is in a snapshot that a full check on this computer has since found sound.',
    'As HTML it is one file for the browser and the printer, which needs nothing else.',
  ],
  options: {
    format: {
      describe: 'Else by the name of the file, else text',
      value: 'FORMAT',
      choices: ['text', 'json', 'csv', 'html'],
    },
    output: {
      describe: 'Write it to FILE: .html, .csv, .json or text',
      value: 'FILE',
      completes: 'file',
    },
    overwrite: { describe: 'Replace FILE when it is there' },
    ledger: {
      describe:
        'Instead, one row for every entry of the archives, and where it ended (JSON or CSV)',
    },
  },
  argument: oneSnapshot,
  examples: [
    { line: 'report latest', does: 'everything about the newest backup' },
    { line: 'report --output report.html', does: 'as a page for the browser' },
    { line: 'report --ledger --output files.csv', does: 'every file, for a spreadsheet' },
  ],
  needsStore: true,

  async run({ options, args }, { terminal, json, quiet, openRepository, suggest }) {
    const { output, ledger } = options
    const format = formatOf(options.format, output, json, ledger)
    await using repository = await openRepository({ copiesNearby: true })
    const { readReport } = await import('../../operations/read-catalogue.ts')
    const { readAccounts, readLedger } = await import('../../operations/certificate.ts')
    const stored = await readReport(repository, args[0] ?? 'latest')

    const style = output === undefined ? terminal.style : plain
    const lines = ledger
      ? { json: ledgerJson, csv: ledgerCsv }[format as 'json' | 'csv'](
          readLedger(repository, stored.snapshot, stored.import),
        )
      : render[format](
          { ...stored, accounts: await readAccounts(repository, stored) },
          {
            ...{ style, verbose: true, quiet: quiet && output === undefined, suggest },
          },
        )
    if (output === undefined) {
      await terminal.lines(lines)
      return 'done'
    }
    await writeReport(output, lines, options.overwrite)
    if (json) await terminal.json({ type: 'result', status: 'complete', file: output, format })
    else if (!quiet) await terminal.line(`Wrote ${printable(output)}.`)
    return 'done'
  },
})

type Format = 'text' | 'json' | 'csv' | 'html'

const render = {
  text: reportText,
  json: reportJson,
  html: reportHtml,
  csv: ({ problems }: Parameters<typeof reportJson>[0]) => problemsCsv(problems),
} as const

function formatOf(
  asked: Format | undefined,
  output: string | undefined,
  json: boolean,
  ledger: boolean,
): Format {
  const [, extension = ''] = /\.(html?|csv|json|ndjson)$/i.exec(output ?? '') ?? []
  const byName = { h: 'html', c: 'csv', j: 'json', n: 'json' } as const
  const named = byName[extension.slice(0, 1).toLowerCase() as keyof typeof byName]
  const wanted = asked ?? (json && output === undefined ? 'json' : named)
  if (json && output === undefined && wanted !== 'json') {
    throw new UsageError(`--json and --format ${asked} exclude each other without --output`)
  }
  if (ledger && wanted !== undefined && wanted !== 'json' && wanted !== 'csv') {
    throw new UsageError('The ledger is written as JSON lines or CSV', {
      hint: 'Add --format json or --format csv.',
    })
  }
  return wanted ?? (ledger ? 'json' : 'text')
}

async function writeReport(
  path: string,
  lines: Iterable<string> | AsyncIterable<string>,
  overwrite: boolean,
): Promise<void> {
  try {
    await writeFileLines(path, lines, overwrite)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new UsageError(`${printable(path)} is there already`, {
      hint: 'Choose another name, or add --overwrite.',
    })
  }
}
