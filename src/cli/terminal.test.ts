import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Output, Terminal } from './terminal.ts'

/** A stream that keeps what is written, or fails as told. */
function aStream(options: { isTTY?: boolean; failure?: NodeJS.ErrnoException } = {}) {
  const pieces: string[] = []
  const stream: Output = new Writable({
    write(piece, _encoding, done) {
      if (options.failure) return done(options.failure)
      pieces.push(String(piece))
      done()
    },
  })
  if (options.isTTY) Object.assign(stream, { isTTY: true, columns: 40 })
  return { stream, pieces, text: () => pieces.join('') }
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}

function aTerminal(stdout = aStream(), stderr = aStream()) {
  return new Terminal({ stdout: stdout.stream, stderr: stderr.stream, env: {} })
}

describe('results on stdout', () => {
  it('arrive complete, in order and in few pieces', async () => {
    const stdout = aStream()
    const terminal = aTerminal(stdout)

    for (let line = 0; line < 20_000; line++) await terminal.line(`line ${line}`)
    await terminal.flush()

    const expected = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join('')
    expect(stdout.text()).toBe(expected)
    expect(stdout.pieces.length).toBeLessThan(10)
  })

  it('are one JSON object a line, without what is absent', async () => {
    const stdout = aStream()
    const terminal = aTerminal(stdout)

    await terminal.json({ type: 'x', absent: undefined, none: null, text: 'a\nb' })
    await terminal.flush()

    expect(stdout.text()).toBe('{"type":"x","none":null,"text":"a\\nb"}\n')
  })

  it('keep raw bytes as they are, after the lines before them', async () => {
    const stdout = aStream()
    const terminal = aTerminal(stdout)

    await terminal.line('before')
    await terminal.bytes(new TextEncoder().encode('raw'))
    await terminal.flush()

    expect(stdout.text()).toBe('before\nraw')
  })

  it('stop quietly when the reader went away', async () => {
    const terminal = aTerminal(aStream({ failure: failure('EPIPE') }))
    let made = 0
    function* endless() {
      for (;;) yield `line ${made++}`
    }

    await terminal.lines(endless())
    await terminal.flush()

    expect(terminal.closed).toBe(true)
    expect(made).toBeLessThan(20_000)
  })

  it('fail when the disk behind them is full', async () => {
    const terminal = aTerminal(aStream({ failure: failure('ENOSPC') }))

    await terminal.line('lost')

    await expect(terminal.flush()).rejects.toThrow('ENOSPC')
  })

  it('are coloured on a terminal only, and not with NO_COLOR or TERM=dumb', () => {
    const { stream } = aStream({ isTTY: true })
    const styled = (env: Record<string, string>) =>
      new Terminal({ stdout: stream, stderr: stream, env }).style.strong('x')

    expect(styled({})).toBe('\u001b[1mx\u001b[22m')
    expect(styled({ NO_COLOR: '1' })).toBe('x')
    expect(styled({ TERM: 'dumb' })).toBe('x')
    expect(aTerminal().style.strong('x')).toBe('x')
  })
})

describe('the live status', () => {
  it('is redrawn in place and steps aside for a note', () => {
    const stderr = aStream({ isTTY: true })
    const terminal = aTerminal(aStream(), stderr)

    terminal.showStatus(['one', 'two'])
    terminal.showStatus(['1', '2'])
    terminal.note('a note')
    terminal.clearStatus()

    expect(stderr.pieces).toEqual([
      'one\ntwo',
      '\r\u001b[1A\u001b[J1\n2',
      '\r\u001b[1A\u001b[Ja note\n1\n2',
      '\r\u001b[1A\u001b[J',
    ])
  })

  it('is not drawn in a pipe', () => {
    const stderr = aStream()
    const terminal = aTerminal(aStream(), stderr)

    terminal.showStatus(['one'])
    terminal.clearStatus()

    expect(stderr.text()).toBe('')
  })

  it('is gone before a result is printed', async () => {
    const stderr = aStream({ isTTY: true })
    const terminal = aTerminal(aStream(), stderr)

    terminal.showStatus(['working'])
    await terminal.line('result')
    await terminal.flush()

    expect(stderr.text()).toBe('working\r\u001b[J')
  })
})
