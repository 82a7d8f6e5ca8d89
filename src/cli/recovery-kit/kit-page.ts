/**
 * What stands on the page of a recovery kit. It is written for whoever finds it, years later, who
 * may not be the one who printed it.
 * @module
 */
import type { KnownCopy, KnownPlace } from '../../config/known-stores.ts'
import type { RecoveryKit } from '../../operations/recovery-kit.ts'
import { formatBytes, formatCount, formatInstant, plural } from '../format.ts'
import { shellWord } from '../shell-word.ts'

/** Things that stand one below the other. */
export type Block =
  | { kind: 'text'; text: string }
  /** Commands or data, to be typed exactly as they stand. */
  | { kind: 'code'; lines: readonly string[] }
  | { kind: 'steps'; steps: readonly { text: string; code?: readonly string[] }[] }
  | { kind: 'facts'; facts: readonly (readonly [name: string, value: string])[] }
  /** A line to write on by hand, a whole one when `wide`; `value` when it is known already. */
  | { kind: 'field'; label: string; value?: string; wide?: true }

export interface Page {
  title: string
  subtitle: string
  intro: string
  sections: { title: string; blocks: Block[] }[]
}

export interface KitContext {
  /** `0.1.0` of this program. */
  version: string
  /** Other places where this very repository was used. */
  places: readonly KnownPlace[]
  copies: readonly KnownCopy[]
  /** What reminds of the passphrase; never the passphrase. */
  hint: string | undefined
}

const BASE64_COLUMNS = 64

export function kitPage(kit: RecoveryKit, context: KitContext): Page {
  const { encrypted, id } = kit.repository
  return {
    title: 'Recovery kit for a photo library',
    subtitle: `Tintype store ${id}, as of ${formatInstant(kit.made)}`,
    intro: encrypted
      ? 'Whoever has this page, one of the copies named on it and the passphrase gets every photo back. Print it, write the passphrase on it by hand, and keep it where the computer is not: with your documents, or with somebody you trust. Until you write on it, it holds no secret.'
      : 'Whoever has this page and one of the copies named on it gets every photo back. The store is NOT encrypted: no passphrase is needed, by anybody.',
    sections: [
      ...(encrypted ? [passphraseSection(context)] : []),
      placesSection(kit, context),
      contentSection(kit),
      tintypeSection(kit, context),
      plakarSection(kit),
      bareSection(kit),
      configSection(kit),
      trySection(kit),
    ],
  }
}

function passphraseSection({ hint }: KitContext): Page['sections'][number] {
  return {
    title: 'The passphrase',
    blocks: [
      {
        kind: 'field',
        label: 'Passphrase, by hand; capitals, blanks and dashes count',
        wide: true,
      },
      {
        kind: 'field',
        label: 'What reminds of it',
        ...(hint === undefined ? {} : { value: hint }),
      },
      { kind: 'field', label: 'Where else it is kept' },
      {
        kind: 'text',
        text: 'Nobody can reset it, and nobody can open the store without it: not the makers of the program either.',
      },
    ],
  }
}

function placesSection(
  { repository }: RecoveryKit,
  { places, copies }: KitContext,
): Page['sections'][number] {
  const others = places.filter(({ location }) => location !== repository.location)
  const facts: [string, string][] = [
    ['The store', repository.location],
    ...others.map(({ location, lastUsed }): [string, string] => [
      'The same, elsewhere',
      `${location} (used ${day(lastUsed)})`,
    ]),
    ...copies.map(({ location, id, lastSynced }): [string, string] => [
      'A copy',
      `${location} (synced ${day(lastSynced)}; store ${id})`,
    ]),
  ]
  const remote = facts.some(([, where]) => /^(s3|rclone|https?):/i.test(where))
  return {
    title: 'Where the photos are',
    blocks: [
      { kind: 'facts', facts },
      ...(copies.length > 0
        ? [
            {
              kind: 'text',
              text: 'A copy may have a passphrase of its own: print its kit, too.',
            } as const,
          ]
        : []),
      ...(remote
        ? [{ kind: 'field', label: 'Account, keys or rclone settings for it are kept' } as const]
        : []),
      { kind: 'field', label: 'Other copies (a disk in a drawer, at a friend)' },
    ],
  }
}

function contentSection({ repository, newest }: RecoveryKit): Page['sections'][number] {
  const photos =
    newest?.items === undefined
      ? ''
      : `, ${plural(newest.items, 'photo or video', 'photos and videos')}`
  return {
    title: 'What is in it',
    blocks: [
      {
        kind: 'facts',
        facts: [
          ['Made', formatInstant(repository.created)],
          ['Snapshots', formatCount(repository.snapshots)],
          ...(newest === undefined
            ? []
            : ([
                [
                  'The newest',
                  `${newest.id.slice(0, 16)} of ${formatInstant(newest.taken)}${photos}, ${formatBytes(newest.bytes)}`,
                ],
              ] as const)),
        ],
      },
      {
        kind: 'text',
        text: 'Restored, it is a folder: photos/YEAR/MONTH with every photo and video exactly as it came, albums with links to them, metadata with what was known about each (plain text), and a README.',
      },
    ],
  }
}

function tintypeSection(
  { repository }: RecoveryKit,
  { version }: KitContext,
): Page['sections'][number] {
  const at = `bin/tintype at ${shellWord(repository.location)}`
  return {
    title: 'How to get everything back with Tintype',
    blocks: [
      {
        kind: 'steps',
        steps: [
          {
            text: `On any computer with Node.js 20.19 or newer (nodejs.org): unpack the source of Tintype ${version} or newer, and in its folder run`,
            code: ['npm ci'],
          },
          {
            text: 'Connect the disk, or whatever the store lies on. If it is found at another path, use that path below. Then list the snapshots; the passphrase is asked for.',
            code: [`${at} ls`],
          },
          {
            text: 'Restore the newest one into a new folder; every byte is verified.',
            code: [`${at} restore --to ./photos`],
          },
          {
            text: 'If that names damaged files, they may be sound in an older snapshot or in a copy:',
            code: [`${at} check --full`],
          },
        ],
      },
    ],
  }
}

function plakarSection({ repository, newest }: RecoveryKit): Page['sections'][number] {
  const isFolder = !/^[a-z][a-z0-9+.-]+:/i.test(repository.location)
  const at = `plakar at ${isFolder ? shellWord(repository.location) : './store'}`
  const id = newest?.id.slice(0, 8) ?? 'ID'
  return {
    title: 'How to get everything back without Tintype',
    blocks: [
      {
        kind: 'text',
        text: `The store is in the Kloset format of Plakar, an independent free program (plakar.io, version 1.1 or newer).${isFolder ? '' : ' Copy the store into a folder ./store first, with any program that reaches it.'}`,
      },
      { kind: 'code', lines: [`${at} ls`, `${at} restore -to ./photos ${id}`] },
    ],
  }
}

function bareSection({ repository, decryption }: RecoveryKit): Page['sections'][number] {
  return {
    title: 'How to get everything back with neither',
    blocks: [
      {
        kind: 'text',
        text: 'The format is described byte for byte in docs/format of the source of Tintype, with examples to test against, so that a programmer can write a reader. What is particular to this store:',
      },
      {
        kind: 'steps',
        steps: [
          ...decryption.map((text) => ({ text })),
          {
            text: `Pieces are compressed with ${repository.compression} and named by ${repository.hashing}${repository.encrypted ? ', keyed from the same key' : ''}; files are cut by ${repository.chunking}.`,
          },
        ],
      },
    ],
  }
}

function configSection({ config }: RecoveryKit): Page['sections'][number] {
  const lines = config.base64.match(new RegExp(`.{1,${BASE64_COLUMNS}}`, 'g')) ?? []
  return {
    title: 'If the file CONFIG of the store is lost or damaged',
    blocks: [
      {
        kind: 'text',
        text: `Without it no passphrase opens the store. These are its ${config.bytes} bytes (base64): save the lines as config.txt, decode them, and put the file into the store's folder. None of it is secret.`,
      },
      { kind: 'code', lines },
      {
        kind: 'code',
        lines: ['base64 -d config.txt > CONFIG', 'sha256sum CONFIG', `  ${config.sha256}`],
      },
    ],
  }
}

function trySection({ repository }: RecoveryKit): Page['sections'][number] {
  return {
    title: 'Is this page still right? Try it once a year',
    blocks: [
      {
        kind: 'text',
        text: 'With the passphrase as it is written here, on another computer if you can. It restores a random sample and compares every byte; nothing is changed. Print a new page when the store has moved.',
      },
      { kind: 'code', lines: [`bin/tintype at ${shellWord(repository.location)} drill`] },
      { kind: 'field', label: 'Tried on, by' },
      { kind: 'field', label: 'Tried on, by' },
    ],
  }
}

function day(iso: string): string {
  return formatInstant(iso).slice(0, 10)
}
