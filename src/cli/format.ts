/**
 * Numbers, sizes, times and lists as people read them. Always the same form, whatever the locale:
 * `12,345`, `45.6 GB` (decimal, as Google and disk makers count), `2021-07-01 12:00` (local time).
 * @module
 */

const SIZE_UNITS = ['kB', 'MB', 'GB', 'TB', 'PB']

/** `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 photo`, `12,345 photos`. The plural is given where it is not the word and an s. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `999 bytes`, `1.5 kB`, `45.6 GB`, `123 GB`: three digits, decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return plural(Math.round(bytes), 'byte')
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${SIZE_UNITS[unit]}`
}

/** `87.5 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

/** `no time`, `0.4 s`, `12 s`, `6 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.05) return 'no time'
  if (seconds < 9.95) return `${seconds.toFixed(1).replace(/\.0$/, '')} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return twoUnits(Math.floor(whole / 60), 'min', whole % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(seconds / 3600)
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function twoUnits(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`
}

/** What is left, without false precision: `less than a minute`, `about 6 min`, `about 2 h 10 min`. */
export function formatRemaining(seconds: number): string {
  if (seconds < 10) return 'a few seconds'
  if (seconds < 55) return `about ${Math.ceil(seconds / 10) * 10} s`
  const minutes = Math.max(1, Math.round(seconds / 60))
  return `about ${formatDuration(minutes * 60)}`
}

/** `2021-07-01 12:00:05` in local time. */
export function formatMoment(moment: Date): string {
  const { year, month, day, hour, minute, second } = localFields(moment)
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`
}

/** `20210701-120005` in local time, for names of files and folders. */
export function formatStamp(moment: Date): string {
  const { year, month, day, hour, minute, second } = localFields(moment)
  return `${year}${month}${day}-${hour}${minute}${second}`
}

/** An ISO 8601 instant as local time; what is no instant is returned as it is. */
export function formatInstant(iso: string): string {
  const moment = new Date(iso)
  return Number.isNaN(moment.getTime()) ? iso : formatMoment(moment)
}

function localFields(moment: Date) {
  const two = (value: number) => value.toString().padStart(2, '0')
  return {
    year: moment.getFullYear().toString().padStart(4, '0'),
    month: two(moment.getMonth() + 1),
    day: two(moment.getDate()),
    hour: two(moment.getHours()),
    minute: two(moment.getMinutes()),
    second: two(moment.getSeconds()),
  }
}

/** `a`, `a and b`, `a, b and c`. */
export function formatList(words: readonly string[], joint = 'and'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1)}`
}

/** Rows of cells as lines; columns are as wide as their widest cell. `<` left, `>` right. */
export function formatColumns(rows: readonly (readonly string[])[], alignment: string): string[] {
  const widths = [...alignment].map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), 0),
  )
  return rows.map((row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? ''
        const gap = ' '.repeat(width - displayWidth(cell))
        return alignment[column] === '>' ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd(),
  )
}

/** Columns a terminal gives to `text`: two for East Asian wide characters and emoji, none for marks. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) {
    if (/[\p{Mn}\p{Me}\u200c\u200d]/u.test(character)) continue
    width += WIDE.test(character) ? 2 : 1
  }
  return width
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u

/** `text` within `width` columns, its end replaced by `…` when it is longer. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const character of text) {
    used += displayWidth(character)
    if (used > width - 1) break
    kept += character
  }
  return width < 1 ? '' : `${kept}…`
}
