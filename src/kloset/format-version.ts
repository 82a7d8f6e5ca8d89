/**
 * Format versions: `major << 16 | minor << 8 | patch`. Everything is written as 1.0.0 except
 * states, which are 1.1.0.
 * @module
 */
export const VERSION_1_0_0 = 0x00010000
export const VERSION_1_1_0 = 0x00010100

export function formatVersion(version: number): string {
  return `${version >>> 16}.${(version >>> 8) & 0xff}.${version & 0xff}`
}
