/**
 * Runs a program once and measures it: wall clock, processor time, peak memory, all threads and
 * child processes included.
 *
 * Node cannot tell what a child has used, so GNU time does; without it only the wall clock is known.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Measured {
  wallSeconds: number
  /** User and system time; undefined without GNU time. */
  cpuSeconds: number | undefined
  peakMegabytes: number | undefined
}

export interface MeasuredRun {
  program: string
  args: readonly string[]
  env: Record<string, string>
  /** A folder for the measurement's own file. */
  folder: string
}

const GNU_TIME = '/usr/bin/time'

export const CAN_MEASURE_CPU = existsSync(GNU_TIME)

/** Waits until the disk is at rest, then runs. @throws when the program fails */
export function measuredRun({ program, args, env, folder }: MeasuredRun): Measured {
  spawnSync('sync')
  const figures = join(folder, 'time.txt')
  const prefix = CAN_MEASURE_CPU ? [GNU_TIME, '--format=%U %S %M', `--output=${figures}`] : []
  const [command = program, ...rest] = [...prefix, program, ...args]
  const started = performance.now()
  const { status, stderr, error } = spawnSync(command, rest, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder, ...env },
  })
  const wallSeconds = (performance.now() - started) / 1000
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed (${status}): ${stderr}`)
  return { wallSeconds, ...(CAN_MEASURE_CPU ? parseFigures(figures) : UNKNOWN) }
}

const UNKNOWN = { cpuSeconds: undefined, peakMegabytes: undefined }

/** `user-seconds system-seconds peak-KiB` */
function parseFigures(file: string) {
  const [user, system, peakKiB] = readFileSync(file, 'utf8').trim().split(' ').map(Number)
  return { cpuSeconds: user! + system!, peakMegabytes: (peakKiB! * 1024) / 1e6 }
}
