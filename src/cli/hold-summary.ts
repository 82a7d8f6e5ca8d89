/**
 * Holds in words and as lines.
 * @module
 */
import type { HoldLine } from '../operations/holds/describe-holds.ts'
import type { Covers, Release } from '../operations/holds/hold-record.ts'
import { formatInstant, plural } from './format.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

export function holdLine(hold: HoldLine): object {
  return { type: 'hold', ...hold }
}

export function releaseLine({ released, hold, reason, author, when }: Release): object {
  return { type: 'release', hold: released, ...{ reason, author, when }, was: hold }
}

export function holdText(hold: HoldLine, style: Style): string[] {
  const { id, name, start, end, inForce } = hold
  const until = end === undefined ? 'until it is ended' : `until ${formatInstant(end)}`
  const when = inForce ? until : `over since ${formatInstant(end ?? '')}`
  return [
    `${style.strong(printable(name))}  ${style.faint(id.slice(0, 8))}  ${when}`,
    `    covers ${coversText(hold.covers)}${nowText(hold)}`,
    `    ${byText(hold)}${start === '' ? '' : `, ${formatInstant(start)}`}`,
  ]
}

export function releaseText({ hold, reason, author, when }: Release, style: Style): string[] {
  return [
    `${style.faint(`${printable(hold.name)}  ended ${formatInstant(when)}`)}`,
    `    covered ${coversText(hold.covers)}`,
    `    ${byText(hold)}; ended: ${byText({ reason, author })}`,
  ]
}

function byText({ reason, author }: { reason: string; author: string }): string {
  return author === '' ? printable(reason) : `${printable(reason)} (${printable(author)})`
}

function coversText(covers: Covers): string {
  if (covers === 'everything') return 'everything'
  if ('album' in covers) return `the album "${printable(covers.album)}"`
  if ('query' in covers) return `photos: ${printable(covers.query)}`
  const ids = covers.snapshots.map((id) => id.slice(0, 8)).join(', ')
  return `${covers.snapshots.length === 1 ? 'snapshot' : 'snapshots'} ${printable(ids)}`
}

function nowText({ covers, coversNow }: HoldLine): string {
  if (coversNow === undefined) return ''
  if (!('snapshots' in coversNow)) {
    const { items, albums } = coversNow
    const album = albums > 0 ? ` and ${plural(albums, 'album')}` : ''
    return ` – ${plural(items, 'photo or video', 'photos and videos')}${album} in the newest snapshot`
  }
  const named = typeof covers === 'object' && 'snapshots' in covers ? covers.snapshots.length : 0
  return coversNow.snapshots < named ? ` – ${coversNow.snapshots} of them still there` : ''
}
