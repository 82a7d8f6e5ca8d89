/**
 * What an import leaves of itself in the snapshot: every sidecar byte for byte and what else lay among
 * the photos, the ledger of every entry, the report.
 * @module
 */
import { createHash } from 'node:crypto'
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import {
  collisionKey,
  fittingName,
  legalName,
  splitExtension,
} from '../../photos/growth/file-name.ts'
import type { Growth } from '../../photos/growth/grow-library.ts'
import type { Entry, Survey } from '../../sources/source.ts'
import {
  LEDGER_NAME,
  OTHERS_NAME,
  REPORT_NAME,
  SIDECAR_TEXTS_NAME,
  SIDECARS_NAME,
} from '../snapshot-tree.ts'
import type { StoredReport } from '../stored-report.ts'
import { contentHolder } from './arriving-items.ts'
import { type CarriedOver, sidecarKey } from './carry-over.ts'
import { isWorthKnowing, sidecarTexts } from './known-sidecars.ts'
import { type EndState, type LedgerRow, ledgerLines, ledgerRow } from './ledger.ts'
import { isFailure, type ReadContents } from './read-contents.ts'
import { writeText } from './write-tree.ts'

export interface ImportFolder {
  /** `/metadata/imports/ID` */
  path: string
  read: ReadContents
  growth: Growth
  carried: CarriedOver
  now: Date
}

/** Returns the ledger, a row for each entry of the inventory, in its order. */
export async function writeImportFolder(
  writer: SnapshotWriter,
  survey: Survey,
  folder: ImportFolder,
): Promise<LedgerRow[]> {
  const places = new Map<string, string>()
  const fresh: Entry[] = []
  const sidecars = await keepSidecars(writer, survey, folder, { places, fresh })
  const kept = new Map([...sidecars, ...keepOthers(writer, folder, places)])
  const rows = ledgerRows(folder, kept)
  await writeText(writer, `${folder.path}/${LEDGER_NAME}`, ledgerLines(rows), folder.now)
  if (fresh.length > 0) {
    const texts = sidecarTexts(fresh, ({ index }) => survey.smallFile(index))
    const content = await writer.storeBytes(texts, 'text/plain; charset=utf-8')
    writer.addFile(`${folder.path}/${SIDECAR_TEXTS_NAME}`, { content, modified: folder.now })
  }
  return rows
}

export async function writeReport(
  writer: SnapshotWriter,
  report: StoredReport,
  { path, now }: Pick<ImportFolder, 'path' | 'now'>,
): Promise<void> {
  await writeText(writer, `${path}/${REPORT_NAME}`, [`${JSON.stringify(report)}\n`], now)
}

type Kept = Pick<LedgerRow, 'facts'> & { at: string; sha256: string }

/** Stores the sidecars that no earlier import keeps; where each lies, by entry index. */
async function keepSidecars(
  writer: SnapshotWriter,
  survey: Survey,
  folder: ImportFolder,
  { places, fresh }: { places: Map<string, string>; fresh: Entry[] },
): Promise<Map<number, Kept>> {
  const kept = new Map<number, Kept>()
  for (const entry of folder.read.inventory.entries) {
    if (!isKept(entry)) continue
    const known = keptBefore(entry, survey, folder)
    if (known) {
      kept.set(entry.index, known)
      continue
    }
    const bytes = await survey.smallFile(entry.index)
    if (!survey.recalled?.has(entry.index) && isWorthKnowing(entry, bytes)) fresh.push(entry)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const earlier = folder.carried.keptSidecars.get(sidecarKey(entry.path, sha256))
    const at = earlier ?? placeOf(entry, sha256, placeFor(entry, folder), places)
    kept.set(entry.index, { at, sha256 })
    if (earlier !== undefined || places.get(collisionKey(at)) !== NEW) continue
    places.set(collisionKey(at), sha256)
    const content = await writer.storeBytes(bytes, typeOfSmall(entry))
    writer.addFile(at, { content, modified: folder.now })
  }
  return kept
}

/** Where an earlier import keeps a sidecar that was not read. */
function keptBefore({ index, path }: Entry, survey: Survey, { carried }: ImportFolder) {
  const sha256 = survey.recalled?.get(index)
  const at = sha256 === undefined ? undefined : carried.keptSidecars.get(sidecarKey(path, sha256))
  return sha256 === undefined || at === undefined ? undefined : { at, sha256 }
}

function isKept(entry: Entry): boolean {
  return entry.class === 'sidecar' || entry.class === 'album' || entry.kept === 'small'
}

const isJson = ({ path }: Entry) => /\.json$/i.test(path)
const typeOfSmall = (entry: Entry) => (isJson(entry) ? 'application/json' : 'text/html')

/** Descriptions lie together; the rest beside them. */
function placeFor(entry: Entry, { path }: ImportFolder): string {
  const isSidecar = entry.class !== 'other' || isJson(entry)
  return `${path}/${isSidecar ? SIDECARS_NAME : OTHERS_NAME}`
}

/** Lists what was read and is no photo, where no earlier import does. */
function keepOthers(
  writer: SnapshotWriter,
  folder: ImportFolder,
  places: Map<string, string>,
): Map<number, Kept> {
  const kept = new Map<number, Kept>()
  for (const entry of folder.read.inventory.entries) {
    const content = entry.kept === 'content' ? folder.read.stored.get(entry.index) : undefined
    const facts = folder.read.facts.get(entry.index)
    if (!content || !facts || isFailure(facts) || facts.sha256 === undefined) continue
    const { sha256, ...embedded } = facts
    const earlier = folder.carried.keptSidecars.get(sidecarKey(entry.path, sha256))
    const at = earlier ?? placeOf(entry, sha256, placeFor(entry, folder), places)
    kept.set(entry.index, { at, sha256, facts: embedded })
    if (earlier !== undefined || places.get(collisionKey(at)) !== NEW) continue
    places.set(collisionKey(at), sha256)
    writer.addFile(at, { content, modified: folder.now })
  }
  return kept
}

/** A place that was just given; afterwards it holds the SHA-256 of what lies there. */
const NEW = ''

/** Where the sidecar of this path and content goes; the same twice for the same bytes. */
function placeOf(
  entry: Entry,
  sha256: string,
  folder: string,
  places: Map<string, string>,
): string {
  const names = entry.path.split('/').map((name) => legalName(name))
  const { stem, extension } = splitExtension(names.pop()!)
  const parents = names.map((name) => fittingName(name, ''))
  for (let number = 1; ; number++) {
    const name = fittingName(number === 1 ? stem : `${stem} (${number})`, extension)
    const at = [folder, ...parents, name].join('/')
    const there = places.get(collisionKey(at))
    if (there === sha256) return at
    if (there !== undefined) continue
    places.set(collisionKey(at), NEW)
    return at
  }
}

function ledgerRows(folder: ImportFolder, kept: ReadonlyMap<number, Kept>): LedgerRow[] {
  const { entries } = folder.read.inventory
  const byIndex = new Map(entries.map((entry) => [entry.index, entry]))
  return entries.map((entry) => {
    const keptAt = kept.get(entry.index)
    if (keptAt) return ledgerRow(entry, 'kept', keptAt)
    if (entry.class !== 'media') return ledgerRow(entry, endOf(entry), {})
    const holder = contentHolder(entry.index, folder.read, byIndex)
    return ledgerRow(entry, mediaEnd(entry, holder, folder.read), mediaFields(holder, folder))
  })
}

function endOf(entry: Entry): EndState {
  return entry.class === 'rejected' ? 'refused' : 'ignored'
}

function mediaEnd(entry: Entry, holder: number, read: ReadContents): EndState {
  if (holder !== entry.index) return 'copy'
  return read.known.has(holder) ? 'known' : 'stored'
}

function mediaFields(holder: number, folder: ImportFolder): Partial<LedgerRow> {
  const facts = folder.read.facts.get(holder)
  if (!facts || isFailure(facts) || facts.sha256 === undefined) return {}
  const { sha256, ...embedded } = facts
  const at = folder.growth.pathOf.get(sha256)
  return { sha256, facts: embedded, ...(at === undefined ? {} : { at }) }
}
