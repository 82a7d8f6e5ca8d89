/**
 * Parts that sidecars and album files have in common: remarks of other people, and what no field is
 * for. Newer exports may say more than this program knows; it is handed on as it stands.
 * @module
 */
import type { Remark } from '../../../photos/library.ts'
import { formatInstant } from '../../../photos/zones.ts'
import {
  asObject,
  field,
  type JsonObject,
  listField,
  secondsField,
  textField,
} from './bounded-json.ts'
import { decodeEntities } from './entities.ts'
import { present } from './present.ts'

/** `[{text?, liked?, creationTime, contentOwnerName}]` under any of `keys`. */
export function readRemarks(json: JsonObject, keys: readonly string[]): Remark[] {
  const found = keys.flatMap((key) => listField(json, key)).map(asObject)
  return found.flatMap((remark) => (remark ? [readRemark(remark)] : []))
}

function readRemark(json: JsonObject): Remark {
  const text = textField(json, 'text')?.trim()
  const seconds = secondsField(json, 'creationTime')
  return present({
    text: text ? decodeEntities(text) : undefined,
    liked: field(json, 'liked') === true || undefined,
    author: textField(json, 'contentOwnerName') || undefined,
    at: seconds === undefined ? undefined : formatInstant(seconds),
  })
}

/** Longer values stand in the file itself, which is kept. */
const MAX_VALUE_UNITS = 4096

/** Keys that are not in `known`, or undefined when there are none. */
export function unknownFields(
  json: JsonObject,
  known: ReadonlySet<string>,
): Record<string, unknown> | undefined {
  const others = Object.entries(json).filter(
    ([key, value]) =>
      key !== '__proto__' && !known.has(key) && JSON.stringify(value).length <= MAX_VALUE_UNITS,
  )
  return others.length > 0 ? Object.fromEntries(others) : undefined
}
