/**
 * What Google does to a library on its way out: folders by year and album, names, sidecars,
 * copies — and the truth about each entry, noted while it is made.
 * @module
 */
import { createHash } from 'node:crypto'
import type { ExportPlan, Library, SampleAlbum, Shot, ShotFile } from './model.ts'
import {
  albumFolderName,
  counterText,
  editedNameParts,
  mediaNameParts,
  NameCounters,
  type NamedParts,
  sidecarName,
} from './naming.ts'
import { albumFileBytes, sidecarBytes } from './sidecar.ts'
import type { EntryTruth } from './truth.ts'

export interface ExportEntry {
  bytes: Uint8Array
  /** Without its part, which is decided later. */
  truth: Omit<EntryTruth, 'part'>
}

const ROOT = 'Takeout/Google Photos'

export interface LaidOut {
  entries: ExportEntry[]
  /** Folder of each album, by its key. */
  albumFolders: Map<string, string>
}

/** All entries of one export, year folders first. */
export function layOut(library: Library, plan: ExportPlan): LaidOut {
  const albumFolders = nameAlbums(library.albums)
  const writer = new FolderWriter(plan)
  for (const shot of library.shots) {
    if (!shot.onlyInAlbums) writer.addShot(shot, mainFolder(shot))
  }
  for (const album of library.albums) {
    const folder = albumFolders.get(album.key)!
    for (const shot of library.shots.filter(({ albums }) => albums.includes(album.key))) {
      writer.addShot(shot, folder)
    }
    writer.addFile(`${folder}/metadata.json`, albumFileBytes(album, plan), 'album')
  }
  addSurroundings(writer, albumFolders)
  return { entries: writer.entries, albumFolders }
}

/** Albums of the same name get counters, in the order of the library. */
function nameAlbums(albums: SampleAlbum[]): Map<string, string> {
  const uses = new Map<string, number>()
  return new Map(
    albums.map(({ key, title }) => {
      const name = title === '' ? 'Untitled' : albumFolderName(title)
      const count = uses.get(name) ?? 0
      uses.set(name, count + 1)
      return [key, `${ROOT}/${name}${counterText(count)}`]
    }),
  )
}

function mainFolder(shot: Shot): string {
  if (shot.trashed) return `${ROOT}/Trash`
  return `${ROOT}/Photos from ${new Date(shot.taken.epoch * 1000).getUTCFullYear()}`
}

/** What lies around besides photos and albums, from Google and from a Mac. */
function addSurroundings(writer: FolderWriter, albumFolders: Map<string, string>): void {
  const page = '<!DOCTYPE html>\n<html><body><h1>Your Google data archive</h1></body></html>\n'
  writer.addFile('Takeout/archive_browser.html', Buffer.from(page), 'other')
  writer.addFile(`${ROOT}/print-subscriptions.json`, Buffer.from('{}\n'), 'other')
  const titles = Buffer.from('{\n  "memoryTitles": [\n    "Anna and Jo"\n  ]\n}\n')
  writer.addFile(`${ROOT}/user-generated-memory-titles.json`, titles, 'other')
  const [folder] = albumFolders.values()
  writer.addFile(`${folder ?? ROOT}/.DS_Store`, Buffer.from('\0\0\0\x01Bud1\0'), 'litter')
}

class FolderWriter {
  readonly entries: ExportEntry[] = []
  readonly #plan: ExportPlan
  readonly #counters = new NameCounters()
  /** Where each file of each shot came first. */
  readonly #firstPaths = new Map<ShotFile, string>()

  constructor(plan: ExportPlan) {
    this.#plan = plan
  }

  addFile(path: string, bytes: Uint8Array, kind: EntryTruth['class']): void {
    this.entries.push({ bytes, truth: { path, class: kind, ...measure(bytes) } })
  }

  addShot(shot: Shot, folder: string): void {
    const parts = mediaNameParts(shot.title, '.jpg')
    const counter = this.#counters.next(folder, parts)
    const original = `${folder}/${nameOf(parts, counter)}`
    const sidecar = this.#addSidecar(shot, folder, parts, counter)
    for (const file of shot.files) {
      const name =
        file.role === 'original'
          ? nameOf(parts, counter)
          : this.#extraName(folder, parts, counter, file)
      const path = `${folder}/${shot.decomposedName ? name.normalize('NFD') : name}`
      this.#addMedia(shot, file, path, { sidecar, original })
    }
  }

  #addSidecar(shot: Shot, folder: string, parts: NamedParts, counter: string): string | null {
    if (shot.sidecar === 'missing') return null
    const hasExtension = /\.[A-Za-z0-9~]{2,5}$/.test(shot.title)
    const name = sidecarName(parts, counter, this.#plan.sidecarForm, hasExtension)
    this.addFile(`${folder}/${name}`, sidecarBytes(shot, this.#plan), 'sidecar')
    return `${folder}/${name}`
  }

  /** Name of an edited rendition, which shares the original's counter, or of a clip. */
  #extraName(folder: string, parts: NamedParts, counter: string, file: ShotFile): string {
    if (file.role === 'clip') {
      const clip = mediaNameParts(file.title!, '.MP4')
      return nameOf(clip, this.#counters.next(folder, clip))
    }
    const edited = editedNameParts(parts, file.suffix!, file.extension!)
    const isSameName = edited.stem === parts.stem && edited.extension === parts.extension
    return nameOf(edited, isSameName ? this.#counters.next(folder, edited) : counter)
  }

  #addMedia(
    shot: Shot,
    file: ShotFile,
    path: string,
    { sidecar, original }: { sidecar: string | null; original: string },
  ): void {
    const first = this.#firstPaths.get(file)
    if (first === undefined) this.#firstPaths.set(file, path)
    const inherited = file.role === 'original' ? 'own' : file.role
    const kinship = { edited: { editedOf: original }, clip: { clipOf: original }, original: {} }
    this.entries.push({
      bytes: file.bytes,
      truth: {
        path,
        class: 'media',
        ...measure(file.bytes),
        item: shot.key,
        role: first === undefined ? file.role : 'copy',
        sidecar,
        via: sidecar === null ? 'none' : inherited,
        ...kinship[file.role],
        ...(first === undefined ? {} : { copyOf: first }),
        ...(file.mediaType ? { mediaType: file.mediaType } : {}),
      },
    })
  }
}

function nameOf({ stem, extension }: NamedParts, counter: string): string {
  return stem + counter + extension
}

function measure(bytes: Uint8Array): { bytes: number; sha256: string } {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
