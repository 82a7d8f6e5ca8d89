/**
 * `doctor`: what this machine brings, which implementations run, how fast they are here.
 * @module
 */
import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { type KernelReport, selfTest } from '../kloset/self-test.ts'

export interface Diagnosis {
  node: string
  platform: string
  cpus: number
  memoryBytes: number
  kernels: KernelReport[]
  /** Optional programs; without `path` they are not installed. */
  programs: { name: string; path?: string; version?: string; neededFor: string }[]
  folders: { name: string; path: string; writable: boolean }[]
  /** Every kernel gives right answers and every folder can be written. */
  ok: boolean
}

export interface DiagnoseOptions {
  /** Measures speeds too, about a second. */
  measure: boolean
  /** `PATH` of the environment. */
  searchPath: string
  folders: { name: string; path: string }[]
}

const PROGRAMS = [
  { name: 'plakar', arguments: ['version'], neededFor: 'opening repositories with Plakar itself' },
  { name: 'rclone', arguments: ['version'], neededFor: 'remotes that rclone knows' },
  { name: 'exiftool', arguments: ['-ver'], neededFor: 'writing dates and places into files' },
]

export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis> {
  const kernels = await selfTest({ measure: options.measure })
  const programs = await Promise.all(
    PROGRAMS.map((program) => findProgram(program, options.searchPath)),
  )
  const folders = await Promise.all(
    options.folders.map(async (folder) => ({ ...folder, writable: await isWritable(folder.path) })),
  )
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    kernels,
    programs,
    folders,
    ok: kernels.every(({ ok }) => ok) && folders.every(({ writable }) => writable),
  }
}

/** Longest a program may take to say its version. */
const VERSION_TIMEOUT_MS = 5000

async function findProgram(program: (typeof PROGRAMS)[number], searchPath: string) {
  const { name, neededFor } = program
  const path = await locate(name, searchPath)
  if (path === undefined) return { name, neededFor }
  try {
    const options = { timeout: VERSION_TIMEOUT_MS, maxBuffer: 64 * 1024 }
    const { stdout } = await promisify(execFile)(path, program.arguments, options)
    const version = stdout.split('\n')[0]?.trim() ?? ''
    return { name, path, version, neededFor }
  } catch {
    return { name, path, neededFor }
  }
}

/** First executable of that name in an absolute folder of the search path; never the current one. */
async function locate(name: string, searchPath: string): Promise<string | undefined> {
  const fileName = process.platform === 'win32' ? `${name}.exe` : name
  for (const folder of searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue
    const path = join(folder, fileName)
    if (await isAccessible(path, constants.X_OK)) return path
  }
  return undefined
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch {
    return false
  }
  return isAccessible(path, constants.W_OK)
}

async function isAccessible(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode)
    return true
  } catch {
    return false
  }
}
