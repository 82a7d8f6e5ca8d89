/**
 * Where things lie inside a snapshot, and what its header says of them. Others rely on it
 * (docs/guide/snapshot-tree.md).
 * @module
 */

/** Our own importer type: plakar then never takes a snapshot of ours for the parent of its own. */
export const IMPORTER_TYPE = 'googlephotos'

export const LIBRARY_PATH = '/metadata/library.ndjson'
export const ALBUMS_PATH = '/metadata/albums.ndjson'
/** How items are recognised in later imports; absent in snapshots of older versions. */
export const RECOGNITION_PATH = '/metadata/recognition.ndjson'
/** Photos without sidecar and sidecars without photo, which later exports may complete. */
export const HALVES_PATH = '/metadata/halves.ndjson'
export const IMPORTS_PATH = '/metadata/imports'
export const PHOTOS_PATH = '/photos'
export const README_PATH = '/README.txt'

/** Names in an import's folder. */
export const REPORT_NAME = 'report.json'
export const LEDGER_NAME = 'ledger.ndjson'
export const SIDECARS_NAME = 'sidecars'
/** The sidecars that an import read, in one file: see import/known-sidecars.ts. */
export const SIDECAR_TEXTS_NAME = 'sidecars.ndjson'
export const OTHERS_NAME = 'files'

/** Reports of the largest imports stay below this; what is larger is not a report of ours. */
export const MAX_REPORT_BYTES = 512 * 1024 * 1024

/** Keys of the header's context list, so that `ls` needs nothing but headers. */
export const CONTEXT = {
  client: 'Client',
  items: 'tintype.items',
  albums: 'tintype.albums',
  status: 'tintype.status',
  source: 'tintype.source',
  import: 'tintype.import',
} as const

export const README_TEXT = `This is a photo library, kept by Tintype.

photos/YYYY/MM/    every photo and video, byte for byte as Google Photos gave it back,
                   by month of capture. Nothing was changed, renamed files excepted:
                   a second file of the same name is "NAME (2).EXT".
albums/            one folder an album; inside, links to the files under photos/.
metadata/library.ndjson   one line an item: title, time, place, people, albums, files.
metadata/albums.ndjson    one line an album.
metadata/recognition.ndjson  one line an item: how later imports recognise it.
metadata/halves.ndjson    photos without metadata file, and the reverse: they wait for it.
metadata/imports/  for every import: its report, one line for every entry of the archives
                   (ledger.ndjson), and every sidecar file exactly as it came (sidecars/), as
                   well as what else lay among the photos (files/).

You do not need Tintype to read it. The repository is in Plakar's Kloset format:
    plakar at REPOSITORY ls
    plakar at REPOSITORY restore -to FOLDER SNAPSHOT
The .ndjson files are plain text, one JSON object a line.
`
