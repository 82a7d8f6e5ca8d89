/**
 * Makes the sample library in a folder: two Takeout exports of a small library, and their truth.
 * @module
 */
import { parseArgs } from 'node:util'
import type { Formats } from './sample-library/deliver.ts'
import { generateSampleLibrary } from './sample-library/generate.ts'

const HELP = `Usage: tsx scripts/make-sample.ts --to DIR [options]

Makes two Takeout exports of a small invented library, a year and a half of changes apart, and beside
each a truth.json that says what an importer should find. The same options give the same bytes.

  --to DIR         where to write; made if it is not there
  --items N        photos and videos in the first export (default 90)
  --formats KIND   zip (default), tgz, mixed or folder
  --parts N        archives per export (default 3)
  --seed N         another library (default 1)
  --help           this text
`

const FORMATS: readonly string[] = ['zip', 'tgz', 'mixed', 'folder'] satisfies Formats[]

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      items: { type: 'string', default: '90' },
      formats: { type: 'string', default: 'zip' },
      parts: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  })
  const numbers = [values.items, values.parts, values.seed].map(Number)
  const isValid = FORMATS.includes(values.formats) && numbers.every(Number.isSafeInteger)
  if (values.help || values.to === undefined || !isValid) {
    process.stdout.write(HELP)
    process.exitCode = values.help ? 0 : 64
    return
  }
  const [items, parts, seed] = numbers as [number, number, number]
  const formats = values.formats as Formats
  const made = await generateSampleLibrary(values.to, { items, parts, seed, formats })
  for (const { folder, truth } of made.exports) {
    console.log(`${folder}: ${truth.summary.items} items in ${truth.summary.entries} entries`)
  }
}

await main()
