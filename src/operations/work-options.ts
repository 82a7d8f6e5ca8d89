import type { Progress } from '../util/progress.ts'

/** What every long operation takes: someone to tell, and a way to be stopped. */
export interface WorkOptions {
  progress: Progress
  signal: AbortSignal
}
