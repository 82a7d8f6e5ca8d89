/**
 * Lists a zip archive: its directory with two reads, or, when it has none because the download
 * was cut off, the files that are there from the beginning on.
 * @module
 */
import { type ReadAt, readUpTo } from '../read-at.ts'
import { parseDirectory } from './directory.ts'
import { type DirectoryPlace, findDirectory } from './end-record.ts'
import { refuseHarmful } from './limits.ts'
import { recoverMembers } from './recover-members.ts'
import type { ZipListing, ZipMember } from './zip-member.ts'

/** A directory this long would hold far more than the two million files that are read. */
const MAX_DIRECTORY_BYTES = 2 ** 30

export async function listZip(source: ReadAt): Promise<ZipListing> {
  const place = await findDirectory(source)
  if (!place) return listWithoutDirectory(source)
  if (place.sizeBytes > MAX_DIRECTORY_BYTES) {
    return { members: [], damage: 'has a list of files that is too long to be true' }
  }
  const directory = await readUpTo(source, place.offset, place.sizeBytes)
  const parsed = parseDirectory(directory)
  const members = sortedInPlace(shifted(parsed.members, place.shift))
  const damage = parsed.damage ?? contradiction(place, parsed.count)
  if (parsed.damage) members.push(...(await recoverRest(source, members, place)))
  await refuseHarmful(source, members, place.offset)
  return damage ? { members, damage } : { members }
}

async function listWithoutDirectory(source: ReadAt): Promise<ZipListing> {
  const members = await recoverMembers(source, 0, source.size)
  await refuseHarmful(source, members, source.size)
  const found = members.length === 1 ? '1 complete file' : `${members.length} complete files`
  return { members, damage: `is cut off: the end is missing, ${found} could still be read` }
}

/** Past a damaged record of the directory, the files themselves tell what there is. */
function recoverRest(
  source: ReadAt,
  members: readonly ZipMember[],
  place: DirectoryPlace,
): Promise<ZipMember[]> {
  const last = members.at(-1)
  const from = last ? last.localOffset : place.shift
  return recoverMembers(source, from, place.offset).then((found) => {
    const known = new Set(members.map((member) => member.localOffset))
    return found.filter((member) => !known.has(member.localOffset))
  })
}

/** Without zip64 the count wraps at 65536: some writers let it. */
function contradiction(place: DirectoryPlace, count: number): string | undefined {
  if (place.shift < 0) return `lacks ${-place.shift} bytes in its middle`
  if (place.count % 0x10000 === count % 0x10000) return undefined
  return `lists ${count} files where it should list ${place.count}`
}

function shifted(members: ZipMember[], shift: number): ZipMember[] {
  if (shift !== 0) for (const member of members) member.localOffset += shift
  return members
}

function sortedInPlace(members: ZipMember[]): ZipMember[] {
  return members.sort((a, b) => a.localOffset - b.localOffset)
}
