/**
 * Where every entry of an import ended, and whether its archives are redundant: provably, or what is
 * missing for the proof. It takes
 *
 *   the archives   each could be read to its end
 *   the ledger     every entry stands in it, and none was refused, failed or is only in the archives
 *   a snapshot     holds the bytes of each, at the place and of the size that the ledger says
 *   a full check   found that snapshot sound, later than it was made, on this computer
 *
 * Sidecars are kept byte for byte; photos and videos are named by the SHA-256 of what was read, or have the
 * name, size and CRC-32 of what was read before.
 *
 * That archives are redundant says nothing of what is in no archive: an export may lack photos and its
 * archives be redundant all the same. Of that speaks the verdict (sources/takeout/understanding/verdict.ts).
 * @module
 */
import { timestampToDate } from '../kloset/msgpack/timestamp.ts'
import { findSnapshot, listSnapshots } from '../kloset/reading/snapshot-list.ts'
import { openSnapshot, type SnapshotReader } from '../kloset/reading/snapshot-reader.ts'
import type { HeaderRecord } from '../kloset/records/header.ts'
import type { Repository } from '../kloset/repository.ts'
import { mediaTypeOfName } from '../photos/embedded/media-type.ts'
import type { ProblemCode } from '../photos/library.ts'
import { toError } from '../util/coded-error.ts'
import { fileLines } from './file-lines.ts'
import { type EndState, type LedgerRow, parseLedgerRow } from './import/ledger.ts'
import { IMPORTS_PATH, LEDGER_NAME, PHOTOS_PATH } from './snapshot-tree.ts'
import type { StoredReport } from './stored-report.ts'

export interface Certificate {
  /** Id of the export whose archives it is about. */
  export: string
  /** Every entry of them, `exempt` excepted, is in a snapshot that a full check has since found sound. */
  redundant: boolean
  /** The same, but for entries of other products, which are `foreign` and in no snapshot. */
  photos: boolean
  /** Entries of these archives. */
  entries: number
  /** Those among them that no snapshot holds and nobody needs: litter of operating systems. */
  exempt: number
  /** Those of other products that lie in the same archives, by product. */
  foreign: { product: string; entries: number }[]
  /** How many of these are photos or videos by their names. */
  foreignMedia: number
  /** That snapshot, and when it was last checked. ISO instant. */
  snapshot?: string
  checked?: string
  /** What is missing for the proof, one sentence each; empty when redundant. */
  missing: string[]
}

export interface Accounts {
  /** How many entries ended how. */
  ends: Partial<Record<EndState, number>>
  /** The sum of `ends`. */
  entries: number
  /** They are as many as the report says were there. */
  addUp: boolean
  certificates: Certificate[]
}

/** The rows of an import's ledger, as stored. */
export async function* readLedger(
  repository: Repository,
  snapshot: string,
  importId: string,
): AsyncGenerator<LedgerRow> {
  yield* ledgerOf(
    await openSnapshot(repository, await findSnapshot(repository, snapshot)),
    importId,
  )
}

async function* ledgerOf(reader: SnapshotReader, importId: string): AsyncGenerator<LedgerRow> {
  for await (const line of fileLines(reader, `${IMPORTS_PATH}/${importId}/${LEDGER_NAME}`)) {
    const row = parseLedgerRow(line)
    if (row) yield row
  }
}

/** What the ledger says of one export. */
interface ExportAccount {
  entries: number
  exempt: number
  foreign: Map<string, number>
  foreignMedia: number
  /** By what makes two entries the same; those without a checksum by nothing. */
  refused: (string | undefined)[]
  /** Those that are somewhere, the same way. */
  held: Set<string>
  /** Files that are in the archives and nowhere else. */
  leftOut: number
  /** Entries of which the ledger does not say where they are. */
  nowhere: number
  /** Where the others are, and how long they are. */
  places: Map<string, number>
}

/** Never fails: what cannot be read is a certificate that cannot be given. */
export async function readAccounts(
  repository: Repository,
  report: StoredReport & { snapshot: string },
): Promise<Accounts> {
  const exports = new Map<string, ExportAccount>()
  for (const { id } of report.summary.exports) exports.set(id, emptyAccount())
  try {
    const { ends, entries } = await addUp(repository, report, exports)
    const isWhole = entries === report.summary.entries
    const certificates = await certify(repository, report, exports, isWhole)
    return { ends, entries, addUp: isWhole, certificates }
  } catch (error) {
    const missing = [`The proof cannot be read from the store: ${toError(error).message}.`]
    const certificates = [...exports].map(([id, { entries, exempt }]) => {
      return { export: id, ...NOT_PROVEN, entries, exempt, foreign: [], foreignMedia: 0, missing }
    })
    return { ends: {}, entries: 0, addUp: false, certificates }
  }
}

const NOT_PROVEN = { redundant: false, photos: false } as const

async function addUp(
  repository: Repository,
  report: StoredReport & { snapshot: string },
  exports: Map<string, ExportAccount>,
): Promise<{ ends: Accounts['ends']; entries: number }> {
  const reader = await openSnapshot(repository, report.snapshot)
  const ends: Accounts['ends'] = {}
  let entries = 0
  for await (const row of ledgerOf(reader, report.import)) {
    entries++
    ends[row.end] = (ends[row.end] ?? 0) + 1
    const account = exports.get(row.export) ?? emptyAccount()
    exports.set(row.export, account)
    note(row, account)
  }
  return { ends, entries }
}

async function certify(
  repository: Repository,
  report: StoredReport & { snapshot: string },
  exports: ReadonlyMap<string, ExportAccount>,
  isWhole: boolean,
): Promise<Certificate[]> {
  const certificates: Certificate[] = []
  const checked = await checkedSnapshots(repository, report)
  for (const [id, account] of exports) {
    const missing = [...damagesOf(report, id), ...missingOf(account, isWhole)]
    const holder = missing.length > 0 ? undefined : await findHolder(repository, checked, account)
    if (holder && 'missing' in holder) missing.push(holder.missing)
    const proof = holder && 'snapshot' in holder ? holder : {}
    const photos = missing.length === 0
    const { entries, exempt, foreignMedia } = account
    const redundant = photos && account.foreign.size === 0
    const foreign = [...account.foreign].map(([product, entries]) => ({ product, entries }))
    foreign.sort((a, b) => b.entries - a.entries)
    const counts = { entries, exempt, foreign, foreignMedia }
    certificates.push({ export: id, redundant, photos, ...counts, ...proof, missing })
  }
  return certificates
}

function emptyAccount(): ExportAccount {
  const ends = { entries: 0, exempt: 0, leftOut: 0, nowhere: 0 }
  const keys = { refused: [], held: new Set<string>() }
  return { ...ends, ...keys, foreign: new Map(), foreignMedia: 0, places: new Map() }
}

function note(row: LedgerRow, account: ExportAccount): void {
  account.entries++
  if (row.end === 'refused' || row.class === 'rejected') account.refused.push(keyOf(row))
  else if (row.end === 'ignored') {
    if (row.class === 'litter') account.exempt++
    else if (row.foreign) noteForeign(row, account)
    else account.leftOut++
  } else if (row.at === undefined || row.sha256 === undefined) account.nowhere++
  else {
    account.places.set(row.at, row.bytes)
    account.held.add(keyOf(row) ?? '')
  }
}

/** The same path, size and CRC-32 in two archives is the same file, sound in one and damaged in the other. */
function keyOf({ path, bytes, crc32 }: LedgerRow): string | undefined {
  return crc32 === undefined ? undefined : `${bytes} ${crc32} ${path}`
}

function noteForeign({ path }: LedgerRow, account: ExportAccount): void {
  const product = productOf(path)
  account.foreign.set(product, (account.foreign.get(product) ?? 0) + 1)
  if (/^(image|video)\//.test(mediaTypeOfName(path) ?? '')) account.foreignMedia++
}

/** `Drive` of `Takeout/Drive/…`. */
function productOf(path: string): string {
  const segments = path.split('/')
  const takeout = segments.findIndex((segment) => /^takeout/i.test(segment))
  return segments[takeout + 1]!
}

const DAMAGES: ReadonlySet<ProblemCode> = new Set(['DAMAGED_PART', 'NOT_AN_ARCHIVE'])

/** Nobody knows what a damaged archive holds besides what could be listed. */
function* damagesOf({ problems, summary }: StoredReport, id: string): Generator<string> {
  const own = summary.exports.find((each) => each.id === id)?.parts ?? []
  const others = summary.exports.flatMap(({ parts }) => parts).filter((part) => !own.includes(part))
  for (const { code, path, resolved } of problems) {
    if (!DAMAGES.has(code) || resolved || others.includes(path)) continue
    yield `${path} is damaged: it may hold more than could be read.`
  }
}

function* missingOf(
  { entries, refused: all, held, leftOut, nowhere }: ExportAccount,
  isWhole: boolean,
): Generator<string> {
  const refused = all.filter((key) => key === undefined || !held.has(key)).length
  if (entries === 0) yield 'The ledger of the import has no entry of it.'
  if (!isWhole) yield 'The ledger of the import does not add up.'
  if (refused > 0) yield `${files(refused)} refused or could not be read.`
  if (leftOut > 0) {
    yield `${files(leftOut)} not part of the photo library and not saved.`
  }
  if (nowhere > 0) yield `Of ${files(nowhere)} not recorded where they are.`
}

const files = (count: number) =>
  count === 1 ? '1 file was' : `${count.toLocaleString('en-US')} files were`

interface Checked {
  header: HeaderRecord
  at: number
}

/** The report's own snapshot, if it was found sound, then later ones, the newest first. */
async function checkedSnapshots(
  repository: Repository,
  report: StoredReport & { snapshot: string },
): Promise<{ usable: Checked[]; why: string }> {
  const memory = repository.local?.memory
  const headers = await listSnapshots(repository)
  const own = headers.find(({ identifier }) => identifier === report.snapshot)
  const later = headers.slice(0, own ? headers.indexOf(own) : 0)
  const usable: Checked[] = []
  let why = `No full check has found snapshot ${report.snapshot.slice(0, 8)} sound on this computer; run: check --full`
  if (!memory) return { usable, why }
  if (memory.vanished.snapshots.length > 0 || memory.vanished.states.length > 0) {
    return { usable, why: 'Something has vanished from the store; run: check --full' }
  }
  for (const header of own ? [own, ...later] : []) {
    const at = await memory.snapshotVerifiedAt(header.identifier)
    if (at === undefined) continue
    if (at >= timestampToDate(header.timestamp).getTime()) usable.push({ header, at })
    else
      why = 'The last full check is older than the snapshot, as the clocks say; run: check --full'
  }
  return { usable, why }
}

async function findHolder(
  repository: Repository,
  { usable, why }: { usable: readonly Checked[]; why: string },
  { places }: ExportAccount,
): Promise<{ snapshot: string; checked: string } | { missing: string }> {
  let lacking = 0
  for (const { header, at } of usable) {
    const sizes = await sizesIn(await openSnapshot(repository, header.identifier))
    lacking = [...places].filter(([path, bytes]) => sizes.get(path) !== bytes).length
    if (lacking > 0) continue
    return { snapshot: header.identifier, checked: new Date(at).toISOString() }
  }
  if (usable.length === 0) return { missing: why }
  return { missing: `${files(lacking)} not found in any snapshot that was checked.` }
}

async function sizesIn(reader: SnapshotReader): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for (const top of [PHOTOS_PATH, IMPORTS_PATH]) {
    if (!(await reader.entry(top))) continue
    for await (const entry of reader.walk(top)) {
      if (entry.kind === 'file') sizes.set(entry.path, entry.size)
    }
  }
  return sizes
}
