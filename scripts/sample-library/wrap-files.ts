/**
 * Wraps files that exist into a Takeout export, as if they had been uploaded one after the other.
 * @module
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type SampleExport, type SampleOptions, writeExport } from './generate.ts'
import { momentAt, type SampleAlbum, type Shot } from './model.ts'

export interface NamedBytes {
  name: string
  bytes: Uint8Array
}

const ALBUM: SampleAlbum = { key: 'every-third', title: 'Every third', date: 1_640_995_200 }

/** Export with a sidecar for each file, three parts, and an album with copies of every third. */
export async function wrapFilesAsExport(
  files: NamedBytes[],
  to: string,
  options: Pick<SampleOptions, 'formats' | 'parts'> = {},
): Promise<SampleExport> {
  const library = { shots: files.map(shotOf), albums: [ALBUM] }
  const plan = { stamp: '20230102T030405Z', sidecarForm: 'new', seed: 1 } as const
  const made = await writeExport(library, plan, join(to, 'export'), options)
  await writeFile(made.truthFile, `${JSON.stringify(made.truth, null, 2)}\n`)
  return made
}

/** One a day from February 2022 on: two files never share a minute. */
function shotOf({ name, bytes }: NamedBytes, index: number): Shot {
  const { epoch } = momentAt('2022-02-01T12:00:00+00:00')
  return {
    key: name,
    title: name,
    files: [{ role: 'original', bytes }],
    taken: { epoch: epoch + index * 86_400, offsetMinutes: 0 },
    offsetIsUnknown: true,
    people: [],
    favorite: false,
    archived: false,
    trashed: false,
    albums: index % 3 === 0 ? [ALBUM.key] : [],
    onlyInAlbums: false,
    sidecar: 'proper',
    decomposedName: false,
  }
}
