/**
 * Names this process so that others on the same running system can tell whether it is still alive.
 *
 * A process id alone does not: computers and containers share host names, and each counts its own
 * processes. Linux numbers every start of a system and every name space of processes; elsewhere there
 * is no mark, and nobody can tell.
 * @module
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { codeOf } from './coded-error.ts'

/** `1234.4026531836.9f1c…`: process, name space, start of the system. */
export function processMark(): string | undefined {
  const system = systemMark()
  return system && `${process.pid}.${system}`
}

/** True only when the process surely has ended; false when nobody can tell. */
export function hasEnded(mark: string): boolean {
  const [, pid, system] = /^(\d{1,10})\.(.+)$/.exec(mark) ?? []
  if (pid === undefined || system !== systemMark()) return false
  try {
    process.kill(Number(pid), 0) // asks only
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

function systemMark(): string | undefined {
  try {
    const space = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]
    const start = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return space === undefined || start === '' ? undefined : `${space}.${start}`
  } catch {
    return undefined
  }
}
