/**
 * Files that a repair replaced. They stay in the store until somebody decides that nothing in them
 * is needed: damage that one program cannot read around, another may.
 *
 *   one line of JSON, ended by a line feed: what it was, when and why it was set aside
 *   the bytes of the file, as they were
 *
 * @module
 */
import type { Store, StoredKind } from '../../stores/store.ts'
import { concatBytes, equalBytes, fromUtf8, utf8 } from '../../util/bytes.ts'
import { MalformedRecordError } from '../damage.ts'
import { randomMac } from '../state/random-mac.ts'

export interface SetAside {
  kind: Exclude<StoredKind, 'quarantine'>
  /** Its name where it lay. */
  name: string
  /** ISO instant. */
  when: string
  reason: string
}

export interface QuarantinedFile extends SetAside {
  /** Its name in the quarantine. */
  id: string
  bytes: Uint8Array
}

const LINE_FEED = 0x0a
/** A description has some 200 bytes. */
const MAX_DESCRIPTION_BYTES = 4096

/** Moves a file into the quarantine. */
export async function setAside(store: Store, what: SetAside): Promise<void> {
  await copyAside(store, what)
  await store.remove(what.kind, what.name)
}

/**
 * Copies a file into the quarantine, reads the copy back and compares.
 * @returns its name there
 */
export async function copyAside(store: Store, what: SetAside): Promise<string> {
  const bytes = await store.get(what.kind, what.name)
  const id = randomMac()
  const parts = [utf8(`${JSON.stringify(what)}\n`), bytes]
  await store.put('quarantine', id, parts)
  if (!equalBytes(await store.get('quarantine', id), concatBytes(parts))) {
    throw new MalformedRecordError(`the copy of ${what.kind} ${what.name}`, 'it reads differently')
  }
  return id
}

/** @throws {MalformedRecordError} */
export async function readQuarantined(store: Store, id: string): Promise<QuarantinedFile> {
  const bytes = await store.get('quarantine', id)
  const end = bytes.subarray(0, MAX_DESCRIPTION_BYTES).indexOf(LINE_FEED)
  try {
    if (end < 0) throw new Error('it has no description')
    const { kind, name, when, reason } = JSON.parse(fromUtf8(bytes.subarray(0, end)))
    return { id, kind, name, when, reason, bytes: bytes.subarray(end + 1) }
  } catch (cause) {
    throw new MalformedRecordError(`quarantine ${id}`, (cause as Error).message)
  }
}

export async function* quarantined(store: Store): AsyncGenerator<QuarantinedFile> {
  for await (const id of store.list('quarantine')) yield await readQuarantined(store, id)
}
