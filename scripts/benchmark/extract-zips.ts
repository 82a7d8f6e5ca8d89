/**
 * Unpacks zip archives, as a person does before using a program that cannot look into them.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FileReadAt } from '../../src/archives/read-at.ts'
import { readSmallMembers } from '../../src/archives/zip/read-small-members.ts'
import { listZip } from '../../src/archives/zip/zip-archive.ts'

/** Only for archives of our own making: names are taken as they are. */
export async function extractZips(archives: readonly string[], to: string): Promise<void> {
  for (const archive of archives) {
    await using source = await FileReadAt.open(archive)
    const { members } = await listZip(source)
    for await (const { member, content } of readSmallMembers(source, members)) {
      if ('wrong' in content) throw new Error(`${member.name} ${content.wrong}`)
      const path = join(to, member.name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    }
  }
}
