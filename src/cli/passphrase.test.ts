import { EventEmitter } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import {
  choosePassphrase,
  PassphrasesDifferError,
  WeakPassphraseError,
} from './choose-passphrase.ts'
import {
  EmptyPassphraseError,
  findPassphrase,
  OWN_NAMES,
  PassphraseNeededError,
  PEER_NAMES,
} from './passphrase.ts'
import { PassphraseCommandError } from './passphrase-command.ts'
import { PassphraseFileError, readPassphraseFile } from './passphrase-file.ts'
import { Terminal } from './terminal.ts'

const STRONG = 'walrus kettle orbit mustard'

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

interface Given {
  file?: string
  command?: string
  fromEnvironment?: string
  env?: Record<string, string>
}

function asked(keyboard: ReturnType<typeof aPerson>, given: Given = {}) {
  let shown = ''
  const stderr = new Writable({
    write(piece, _encoding, done) {
      shown += piece
      done()
    },
  })
  const terminal = new Terminal({ stdout: stderr, stderr, env: {} })
  const { file, command, fromEnvironment, env = {} } = given
  const { signal } = new AbortController()
  const secret = fromEnvironment === undefined ? undefined : new Secret(fromEnvironment)
  return {
    sources: {
      ...{ names: OWN_NAMES, file, command, fromEnvironment: secret, env },
      ...({ platform: 'linux', keyboard, terminal, signal } as const),
    },
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
  await writeFile(path, content, { mode: 0o600 })
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
      hint: expect.stringMatching(
        /--passphrase-file.*--passphrase-command.*TINTYPE_PASSPHRASE.*terminal/,
      ),
    })
  })

  it('of a second store has names of its own', async () => {
    const { sources } = asked(aPipe())

    await expect(findPassphrase({ ...sources, names: PEER_NAMES }, '?')).rejects.toMatchObject({
      hint: expect.stringMatching(/--peer-passphrase-file.*TINTYPE_PEER_PASSPHRASE/),
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
    expect((await readPassphraseFile(await aFile(content))).passphrase.reveal()).toBe(passphrase)
  })

  it('that does not exist is named', async () => {
    const missing = join(folder, 'nowhere')

    await expect(readPassphraseFile(missing)).rejects.toThrow(PassphraseFileError)
    await expect(readPassphraseFile(missing)).rejects.toThrow(/nowhere: there is no such file/)
  })
})

describe.skipIf(process.platform === 'win32')('a passphrase file that others can read', () => {
  it('is used, with a warning that says how to close it', async () => {
    const file = await aFile('one\n')
    await chmod(file, 0o644)
    const { sources, shown } = asked(aPipe(), { file })

    const { passphrase } = await findPassphrase(sources, '?')

    expect(passphrase.reveal()).toBe('one')
    expect(shown()).toMatch(/^Warning: other users of this machine can read .*: chmod 600 \//)
  })

  it('is not warned about when it is private', async () => {
    const { sources, shown } = asked(aPipe(), { file: await aFile('one\n') })

    await findPassphrase(sources, '?')

    expect(shown()).toBe('')
  })
})

describe('a passphrase command', () => {
  /** A program that runs `code`. */
  const node = (code: string) => `'${process.execPath}' -e '${code}'`

  test.for([
    { prints: 'one\\n', passphrase: 'one', because: 'the line end is no part of it' },
    { prints: 'one\\r\\ntwo\\n', passphrase: 'one', because: 'only the first line counts' },
    { prints: ' one', passphrase: ' one', because: 'blanks count' },
  ])('that prints $prints gives "$passphrase": $because', async ({ prints, passphrase }) => {
    const { sources } = asked(aPipe(), { command: node(`process.stdout.write("${prints}")`) })

    expect((await findPassphrase(sources, '?')).passphrase.reveal()).toBe(passphrase)
  })

  it('comes from the variable when neither option nor passphrase is given', async () => {
    const env = { TINTYPE_PASSPHRASE_COMMAND: node('console.log("from the variable")') }

    const alone = await findPassphrase(asked(aPipe(), { env }).sources, '?')
    const beaten = await findPassphrase(
      asked(aPipe(), { env, fromEnvironment: 'stronger' }).sources,
      '?',
    )

    expect(alone.passphrase.reveal()).toBe('from the variable')
    expect(beaten.passphrase.reveal()).toBe('stronger')
  })

  test.for([
    { code: 'process.exit(3)', says: /exit code 3/ },
    { code: 'console.log("x".repeat(1e6))', says: /far more than a passphrase/ },
    { code: 'process.kill(process.pid, "SIGTERM")', says: /ended by SIGTERM/ },
  ])('that fails says how: $code', async ({ code, says }) => {
    const { sources } = asked(aPipe(), { command: node(code) })

    await expect(findPassphrase(sources, '?')).rejects.toThrow(PassphraseCommandError)
    await expect(findPassphrase(sources, '?')).rejects.toThrow(says)
  })

  it('that does not exist is named, without its arguments', async () => {
    const { sources } = asked(aPipe(), { command: '/nowhere/pw --token abc' })

    const failure = await findPassphrase(sources, '?').catch((error: Error) => error)

    expect(failure).toMatchObject({ code: 'PASSPHRASE_COMMAND_FAILED' })
    expect(String(failure)).toMatch(/\/nowhere\/pw gave no passphrase: there is no such program/)
    expect(String(failure)).not.toContain('abc')
  })

  it('cannot be given together with a file', async () => {
    const { sources } = asked(aPipe(), { command: 'pw', file: 'f' })

    await expect(findPassphrase(sources, '?')).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('ends when the person presses Ctrl-C', async () => {
    const { sources } = asked(aPipe(), { command: node('setInterval(() => {}, 1000)') })
    const stop = new AbortController()

    const found = findPassphrase({ ...sources, signal: stop.signal }, '?')
    stop.abort()

    await expect(found).rejects.toMatchObject({ name: 'AbortError' })
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
    expect(shown().match(/For example this one.*: ([a-z]{5}-){4}[a-z]{5}\n/g)).toHaveLength(1)
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
