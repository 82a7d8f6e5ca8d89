/**
 * A bad day: again and again a request goes wrong, each time in another way.
 * @module
 */
import type { Fault } from './faults.ts'
import type { S3Double } from './s3-double.ts'

const OF_ANY_REQUEST: Fault[] = [
  { kind: 'answer', status: 503, code: 'SlowDown', retryAfter: '0' },
  { kind: 'reset-before' },
  { kind: 'answer', status: 500, code: 'InternalError' },
  { kind: 'reset-after' },
  { kind: 'answer', status: 429, retryAfter: '0' },
]

const OF_OPERATIONS: Record<string, Fault[]> = {
  PutObject: [
    { kind: 'torn' },
    { kind: 'torn-but-200' },
    { kind: 'altered-but-200' },
    { kind: 'lost-but-200' },
    { kind: 'error-in-200' },
  ],
  GetObject: [
    { kind: 'short-body' },
    { kind: 'cut-body' },
    { kind: 'flip' },
    { kind: 'error-in-200' },
    { kind: 'web-page' },
    { kind: 'answer', status: 404 },
  ],
  ListObjectsV2: [
    { kind: 'cut-body' },
    { kind: 'cut-list', how: 'no-token' },
    { kind: 'cut-list', how: 'unsaid' },
    { kind: 'error-in-200' },
  ],
}

/**
 * A repository must be able to bear this without a word but the time it takes.
 * @returns how many requests went wrong so far
 */
export function planTrouble(double: S3Double, every: number): () => number {
  const rounds = new Map<string, number>()
  let requests = 0
  for (const operation of [
    'PutObject',
    'GetObject',
    'HeadObject',
    'DeleteObject',
    'ListObjectsV2',
  ]) {
    double.fail({
      on: operation,
      times: Number.POSITIVE_INFINITY,
      get fault(): Fault {
        const round = rounds.get(operation) ?? 0
        rounds.set(operation, round + 1)
        const own = OF_OPERATIONS[operation] ?? []
        const faults = [...own, ...OF_ANY_REQUEST]
        return faults[round % faults.length]!
      },
      key: () => {
        requests += 1
        return requests % every === 0
      },
    })
  }
  return () => [...rounds.values()].reduce((sum, round) => sum + round, 0)
}
