/**
 * The double as a program of its own, for tests with several processes:
 *
 *     tsx test/support/s3/serve.ts [--port N] [--bucket NAME] [--page-size N] [--forbid-delete]
 *
 * Prints one line with the port when it listens, and ends with its standard input.
 * @module
 */
import { parseArgs } from 'node:util'
import { S3Double } from './s3-double.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    bucket: { type: 'string', default: 'photos' },
    'page-size': { type: 'string', default: '1000' },
    'forbid-delete': { type: 'boolean', default: false },
  },
})

const double = await S3Double.start({
  port: Number(values.port),
  buckets: [values.bucket],
  pageSize: Number(values['page-size']),
  forbidDelete: values['forbid-delete'],
})
process.stdout.write(`${double.port}\n`)
for await (const _ of process.stdin); // whoever started us has ended
await double[Symbol.asyncDispose]()
