import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import {
  choosePassphrase,
  EmptyPassphraseError,
  findPassphrase,
  PassphraseFileError,
  PassphraseNeededError,
  PassphrasesDifferError,
  readPassphraseFile,
  WeakPassphraseError,
} from './passphrase.ts'
import { Terminal } from './terminal.ts'

const STRONG = 'correct horse battery staple'

/** Somebody at a keyboard who answers every question with the next line. */
function aPerson(...answers: string[]) {
  const keyboard = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode() {},
    pause() {},
    resume() {
      const answer = answers.shift() ?? '\u0003'
      queueMicrotask(() => keyboard.emit('data', Buffer.from(`${answer}\r`)))
    },
  })
  return keyboard
}

/** Standard input that is a pipe. */
const aPipe = () => Object.assign(aPerson(), { isTTY: false })

function asked(
  keyboard: ReturnType<typeof aPerson>,
  given: { file?: string; fromEnvironment?: string } = {},
) {
  let shown = ''
  const stderr = new Writable({
    write(piece, _encoding, done) {
      shown += piece
      done()
    },
  })
  const terminal = new Terminal({ stdout: stderr, stderr, env: {} })
  const { file, fromEnvironment } = given
  const { signal } = new AbortController()
  const secret = fromEnvironment === undefined ? undefined : new Secret(fromEnvironment)
  return {
    sources: { file, fromEnvironment: secret, keyboard, terminal, signal },
    shown: () => shown,
  }
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passphrase-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function aFile(content: string): Promise<string> {
  const path = join(folder, `${Math.random()}`)
  await writeFile(path, content)
  return path
}

describe('the passphrase of a store', () => {
  it('comes from the file before the environment, and from both before a prompt', async () => {
    const file = await aFile('from the file\n')
    const person = aPerson('typed')

    const fromFile = await findPassphrase(
      asked(person, { file, fromEnvironment: 'env' }).sources,
      '?',
    )
    const fromEnv = await findPassphrase(asked(person, { fromEnvironment: 'env' }).sources, '?')
    const typed = await findPassphrase(asked(person).sources, '?')

    expect(fromFile.passphrase.reveal()).toBe('from the file')
    expect(fromEnv).toMatchObject({ typed: false })
    expect(fromEnv.passphrase.reveal()).toBe('env')
    expect(typed).toMatchObject({ typed: true })
    expect(typed.passphrase.reveal()).toBe('typed')
  })

  it('is asked for without being shown', async () => {
    const { sources, shown } = asked(aPerson('hush'))

    await findPassphrase(sources, 'Passphrase: ')

    expect(shown()).toBe('Passphrase: \n')
  })

  it('is needed when there is neither file, variable nor terminal', async () => {
    await expect(findPassphrase(asked(aPipe()).sources, '?')).rejects.toThrow(PassphraseNeededError)
    await expect(findPassphrase(asked(aPipe()).sources, '?')).rejects.toMatchObject({
      hint: expect.stringMatching(/--passphrase-file.*TINTYPE_PASSPHRASE.*terminal/),
    })
  })

  it('is not empty', async () => {
    const { sources } = asked(aPipe(), { fromEnvironment: '' })

    await expect(findPassphrase(sources, '?')).rejects.toThrow(EmptyPassphraseError)
  })
})

describe('a passphrase file', () => {
  test.for([
    { content: 'one\ntwo\n', passphrase: 'one', because: 'only the first line counts' },
    { content: 'one\r\ntwo', passphrase: 'one', because: 'Windows ends lines with two characters' },
    { content: ' one ', passphrase: ' one ', because: 'blanks count' },
    { content: '\ntwo', passphrase: '', because: 'the first line is empty' },
  ])('with $content gives "$passphrase": $because', async ({ content, passphrase }) => {
    expect((await readPassphraseFile(await aFile(content))).reveal()).toBe(passphrase)
  })

  it('that does not exist is named', async () => {
    const missing = join(folder, 'nowhere')

    await expect(readPassphraseFile(missing)).rejects.toThrow(PassphraseFileError)
    await expect(readPassphraseFile(missing)).rejects.toThrow(/nowhere: there is no such file/)
  })
})

describe('choosing a passphrase', () => {
  const carefully = { allowWeak: false }

  it('asks twice and takes a strong one', async () => {
    const { sources, shown } = asked(aPerson(STRONG, STRONG))

    const chosen = await choosePassphrase(sources, carefully)

    expect(chosen.reveal()).toBe(STRONG)
    expect(shown()).toContain('New passphrase: \nOnce more: \n')
    expect(shown()).not.toContain('horse')
  })

  it('lets a person who mistyped or chose badly try again', async () => {
    const { sources, shown } = asked(aPerson('weak', STRONG, 'other', STRONG, STRONG))

    const chosen = await choosePassphrase(sources, carefully)

    expect(chosen.reveal()).toBe(STRONG)
    expect(shown()).toMatch(/The passphrase is weak[\s\S]*The two passphrases differ/)
  })

  test.for([
    { answers: ['weak', 'weak', 'weak'], error: WeakPassphraseError },
    { answers: ['', '', ''], error: EmptyPassphraseError },
    { answers: [STRONG, 'a', STRONG, 'b', STRONG, 'c'], error: PassphrasesDifferError },
  ])('gives up after three tries: $error.name', async ({ answers, error }) => {
    const { sources } = asked(aPerson(...answers))

    await expect(choosePassphrase(sources, carefully)).rejects.toThrow(error)
  })

  it('takes a weak one when that is wanted', async () => {
    const { sources } = asked(aPerson('weak', 'weak'))

    expect((await choosePassphrase(sources, { allowWeak: true })).reveal()).toBe('weak')
  })

  it('takes a weak one from the environment with a warning, so that scripts go on', async () => {
    const { sources, shown } = asked(aPipe(), { fromEnvironment: 'weak' })

    const chosen = await choosePassphrase(sources, carefully)

    expect(chosen.reveal()).toBe('weak')
    expect(shown()).toMatch(/^Warning: The passphrase is weak/)
  })
})
