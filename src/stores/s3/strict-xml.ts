/**
 * The little XML that S3 speaks: elements and text. Whatever else XML knows is refused: document
 * types, entities of one's own, comments, CDATA, processing instructions. Attributes must be
 * well-formed and are dropped; the only ones in S3's answers are namespaces.
 *
 * Reads untrusted input: bytes, depth and number of elements are bounded, and nothing is guessed.
 * @module
 */
import { strictUtf8 } from '../../util/bytes.ts'

export interface XmlElement {
  name: string
  /** Of a leaf; that of an element with children is only white space. */
  text: string
  children: XmlElement[]
}

/** A page of a listing has 1000 keys of at most 1024 bytes, each with some 400 bytes of its own. */
export const MAX_XML_BYTES = 8 * 1_048_576
const MAX_DEPTH = 16
const MAX_ELEMENTS = 100_000

const NAME = '[A-Za-z_][A-Za-z0-9_.:-]*'
const ATTRIBUTES = `(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*`
const DECLARATION = /^<\?xml\s[^?<>]*\?>/
const TOKEN = new RegExp(`<(${NAME})${ATTRIBUTES}\\s*(/?)>|</(${NAME})\\s*>|([^<]+)`, 'y')
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** @throws {XmlError} */
export function parseXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > MAX_XML_BYTES) throw new XmlError('it is too large')
  const text = strictUtf8(bytes)
  if (text === undefined) throw new XmlError('it is not UTF-8')
  // Amazon sends white space while it is busy; a byte order mark is somebody's editor.
  return parseElements(
    text
      .replace(/^\uFEFF/, '')
      .trim()
      .replace(DECLARATION, '')
      .trim(),
  )
}

function parseElements(source: string): XmlElement {
  const top: XmlElement = { name: '', text: '', children: [] }
  const open = [top]
  let elements = 0
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(source)
    if (token === null) throw new XmlError(`it is not well-formed at character ${at}`)
    const [, opening, empty, closing, text] = token
    if (text !== undefined) open.at(-1)!.text += decodeText(text)
    else if (closing !== undefined) close(open, closing, at)
    else {
      elements += 1
      if (elements > MAX_ELEMENTS) throw new XmlError('it has too many elements')
      begin(open, opening!, empty === '/')
    }
  }
  if (open.length > 1) throw new XmlError('it ends in the middle')
  const [root, ...others] = top.children
  if (root !== undefined && others.length === 0 && top.text.trim() === '') return root
  throw new XmlError('it is not one element')
}

function begin(open: XmlElement[], name: string, empty: boolean): void {
  if (open.length > MAX_DEPTH) throw new XmlError('it is nested too deeply')
  const element: XmlElement = { name, text: '', children: [] }
  open.at(-1)!.children.push(element)
  if (!empty) open.push(element)
}

function close(open: XmlElement[], name: string, at: number): void {
  if (open.length > 1 && open.pop()!.name === name) return
  throw new XmlError(`an element ends at character ${at} that had not begun`)
}

function decodeText(text: string): string {
  return text.replace(/&([^;&]{0,12};?)/g, (_, reference: string) => decodeReference(reference))
}

function decodeReference(reference: string): string {
  const [, decimal, hex, name] =
    /^(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));$/i.exec(reference) ?? []
  const code = decimal !== undefined ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined
  if (code !== undefined && code > 0 && code <= 0x10ffff) return String.fromCodePoint(code)
  const character = name === undefined ? undefined : NAMED[name]
  if (character === undefined) throw new XmlError('it uses an entity that XML does not have')
  return character
}

/** The first child of that name, if there is one. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((one) => one.name === name)
}

export function textOf(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text
}

/** The bytes are not the XML that S3 sends. Internal: the client says what was asked, and where. */
export class XmlError extends Error {
  override name = 'XmlError'
}
