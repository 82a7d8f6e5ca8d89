/**
 * The overview page of an export, `Takeout/archive_browser.html`. One part of each export has it (since
 * 2026 the first, alone). It is for people to look at, yet it says what no part name does: how many
 * files there are, and every one of them by name.
 *
 *   class="header_title"                  Archive for …
 *   class="header_subtext"                when, how large
 *   id="service-details-PHOTOS"           a product; <h1> is its folder, in the account's language
 *     88,340 files exported successfully • 730.64 GB
 *     class="extracted-folder-name"       a folder of it
 *     class="extracted-file-name"         a file in it
 *   data-english-name, data-folder-name   a product on older pages
 *   takeout-20260508T…-001.zip            a part, on some pages
 *
 * Nobody documents it, so it is read with patience: what is not found is unknown, never zero. Source:
 * pages of 2020 to 2026 as tools that read them describe them.
 * @module
 */
import { decodeEntities } from './entities.ts'
import { isPhotosRootName } from './folder-names.ts'
import { nfc } from './text.ts'

export interface Overview {
  /** Products by the name of their folder; never the photos. */
  otherProducts: string[]
  photos?: PhotosOverview
  /** File names of parts the page names. */
  parts: string[]
}

export interface PhotosOverview {
  /** How many files it says there are. */
  files?: number
  /** As people read it, e.g. `1.2 GB`. */
  size?: string
  /** `folder/name` of each listed file, composed; `name` alone directly in the root. */
  listed: string[]
}

/** Everything of interest, in the order of the page. Bounded, so that no page takes long. */
const MARK = new RegExp(
  [
    /id\s?=\s?["']service-details-([A-Z0-9_]{1,100})["']/,
    /data-(english|folder)-name\s?=\s?["']([^"']{0,300})["']/,
    /<h1(?![^<>]{0,300}data-)[^<>]{0,300}>([^<]{0,300})</,
    /class\s?=\s?["'][^"'<>]{0,200}\bextracted-(folder|file)-name\b[^"'<>]{0,200}["'][^<>]{0,300}>([^<]{0,1000})</,
    /(\d[\d.,'\u00a0\u202f]{0,15})\s{1,8}[^\d<•·]{2,60}[•·]\s{0,8}(\d[\d.,]{0,15}\s?[KMGTP]?i?B)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
)

interface Product {
  names: string[]
  files?: number
  size?: string
  folder: string
  listed: string[]
}

export function readOverview(page: Uint8Array): Overview {
  const html = new TextDecoder().decode(page)
  const products = readProducts(html)
  const photos = products.filter(isPhotos)
  const overview: Overview = {
    otherProducts: products.filter((each) => !isPhotos(each)).map(({ names }) => names.at(-1)!),
    parts: [...new Set(html.match(PART_NAME))].sort(),
  }
  if (photos.length > 0) overview.photos = photosOf(photos)
  return overview
}

const PART_NAME = /takeout-\d{8}T\d{4,8}Z(?:-\d{1,2})?-\d{3,}\.(?:zip|tgz)\b/g

function readProducts(html: string): Product[] {
  const products = new Map<string, Product>()
  let current: Product | undefined
  const open = (key: string) => {
    const product = products.get(key) ?? { names: [key], folder: '', listed: [] }
    products.set(key, product)
    current = product
  }
  for (const found of html.matchAll(MARK)) {
    const [, id, attribute, attributeName, heading, what, text, count, size] = found
    if (id !== undefined) open(id.toUpperCase())
    else if (attribute?.toLowerCase() === 'english') open(attributeName!.toUpperCase())
    else if (attribute !== undefined) current?.names.push(plain(attributeName!))
    else if (heading !== undefined) current?.names.push(plain(heading))
    else if (current) note(current, { what, text, count, size })
  }
  for (const product of products.values()) product.names = product.names.filter((name) => name)
  return [...products.values()].filter(({ names }) => names.length > 0)
}

interface Mark {
  what: string | undefined
  text: string | undefined
  count: string | undefined
  size: string | undefined
}

function note(product: Product, { what, text, count, size }: Mark): void {
  const name = text === undefined ? '' : nfc(plain(text))
  if (what?.toLowerCase() === 'folder') product.folder = name
  else if (what !== undefined && name !== '') {
    product.listed.push(product.folder === '' ? name : `${product.folder}/${name}`)
  } else if (count !== undefined && product.files === undefined) {
    product.files = Number(count.replace(/\D/g, ''))
    if (size !== undefined) product.size = size
  }
}

function isPhotos({ names }: Product): boolean {
  return names.some((name) => /^(GOOGLE_?)?PHOTOS$/.test(name) || isPhotosRootName(name))
}

/** The same product may stand on the page twice: as a tile, and with its files. */
function photosOf(products: readonly Product[]): PhotosOverview {
  const listed = products.map((product) => product.listed).sort((a, b) => b.length - a.length)[0]!
  const counted = products.find(({ files }) => files !== undefined)
  const photos: PhotosOverview = { listed }
  if (counted?.files !== undefined) photos.files = counted.files
  if (counted?.size !== undefined) photos.size = counted.size
  return photos
}

function plain(text: string): string {
  return decodeEntities(text.replaceAll('&nbsp;', ' ')).replace(/\s+/g, ' ').trim()
}
