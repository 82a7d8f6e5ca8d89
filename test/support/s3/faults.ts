/**
 * What an S3 server, or the network before it, may do instead of what it should.
 * @module
 */

/** A request as the double understood it. */
export interface SeenRequest {
  operation: string
  bucket: string
  key: string
  method: string
  url: string
  headers: Record<string, string | undefined>
  bodyBytes: number
  /** What was answered; 0 when the connection was cut instead. */
  status: number
}

export type Fault =
  /** An error in the place of the answer; nothing is done. */
  | { kind: 'answer'; status: number; code?: string; retryAfter?: string; region?: string }
  /** The clock of the server is this far from that of the client. */
  | { kind: 'skew'; ms: number }
  /** The connection is cut before anything is done, or when all is done and nothing answered. */
  | { kind: 'reset-before' }
  | { kind: 'reset-after' }
  /** Half of what was sent is kept, and the connection cut. */
  | { kind: 'torn' }
  /** Half of what was sent is kept, and the answer is that of success. */
  | { kind: 'torn-but-200' }
  /** The first half of what was sent is there, and its second half is zeros; the answer is that of success. */
  | { kind: 'altered-but-200' }
  /** Nothing is kept, and the answer is that of success. */
  | { kind: 'lost-but-200' }
  /** Nothing is done, the status is 200, and the body is an error. */
  | { kind: 'error-in-200'; code?: string }
  /** A page of somebody else: a proxy, a hotel. */
  | { kind: 'web-page' }
  /** Headers and half of the body are sent, then nothing more comes. */
  | { kind: 'stall' }
  /** Headers announce everything, half of it comes, then the connection ends. */
  | { kind: 'short-body' }
  /** Half of the body comes, and the headers announce no more. */
  | { kind: 'cut-body' }
  /** One bit of the body is another one. */
  | { kind: 'flip' }
  /** The body, and its headers, of another object; all of it, if the range is not minded. */
  | { kind: 'other-object'; key: string; ignoreRange?: boolean }
  /** The answer is the right one but for this header. */
  | { kind: 'header'; name: string; value: string }
  /** A listing that lacks keys, in ways that can be seen. */
  | { kind: 'cut-list'; how: 'no-token' | 'same-token' | 'count' | 'unsaid' | 'foreign-keys' }
  /** A listing that lacks what was written last, in a way that cannot be seen. */
  | { kind: 'stale-list'; without: (key: string) => boolean }

export interface PlannedFault {
  /** Which requests it may hit: an operation, and what the key begins with or satisfies. */
  on: string
  key?: string | ((key: string) => boolean)
  /** How many requests it spares first. */
  after?: number
  /** How often it strikes. */
  times?: number
  fault: Fault
}

/** Faults in the order they were planned; the first that fits a request strikes. */
export class FaultPlan {
  #planned: { plan: PlannedFault; spare: number; left: number }[] = []

  add(plan: PlannedFault): void {
    const { after: spare = 0, times: left = 1 } = plan
    this.#planned.push({ plan, spare, left })
  }

  /** Forgets what did not strike yet. */
  clear(): void {
    this.#planned = []
  }

  /** Everything that was planned has struck. */
  get isOver(): boolean {
    return this.#planned.every(({ left }) => left === 0 || left === Number.POSITIVE_INFINITY)
  }

  next(operation: string, key: string): Fault | undefined {
    for (const entry of this.#planned) {
      if (entry.left === 0 || !isMeant(entry.plan, operation, key)) continue
      if (entry.spare > 0) {
        entry.spare -= 1
        continue
      }
      entry.left -= 1
      return entry.plan.fault
    }
    return undefined
  }
}

function isMeant({ on, key: wanted = '' }: PlannedFault, operation: string, key: string): boolean {
  if (on !== '*' && on !== operation) return false
  return typeof wanted === 'string' ? key.startsWith(wanted) : wanted(key)
}
