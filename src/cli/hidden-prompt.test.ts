import { EventEmitter } from 'node:events'
import { describe, expect, it, test } from 'vitest'
import { canPrompt, readHiddenLine } from './hidden-prompt.ts'
import { InterruptedError } from './interruption.ts'

/** A keyboard on which keys are pressed by the test. */
class FakeKeyboard extends EventEmitter {
  isTTY = true
  raw = false
  setRawMode(raw: boolean) {
    this.raw = raw
  }
  resume() {}
  pause() {}
  press(...keys: (string | Uint8Array)[]) {
    for (const key of keys) this.emit('data', Buffer.from(key as string))
  }
}

const quietly = { ask() {}, signal: new AbortController().signal }

async function typing(...keys: (string | Uint8Array)[]): Promise<string> {
  const keyboard = new FakeKeyboard()
  const line = readHiddenLine(keyboard, quietly)
  keyboard.press(...keys)
  return line
}

describe('a line that is not shown', () => {
  test.for([
    { keys: ['secret\r'], line: 'secret', because: 'Enter ends it' },
    { keys: ['se', 'cr', 'et', '\n'], line: 'secret', because: 'keys come one by one' },
    { keys: ['secret\u0004'], line: 'secret', because: 'Ctrl-D ends it too' },
    { keys: ['sex\u007fcret\r'], line: 'secret', because: 'Backspace takes one back' },
    { keys: ['x😀\u007f\u007f\u007fa\r'], line: 'a', because: 'an emoji is one character' },
    { keys: ['wrong\u0015right\r'], line: 'right', because: 'Ctrl-U takes all back' },
    {
      keys: ['a\u001b[D\u001b[3~\u001bOPb\r'],
      line: 'ab',
      because: 'arrow and function keys say nothing',
    },
    {
      keys: ['a\u001b[200~b\u001b[201~\r'],
      line: 'ab',
      because: 'marks around pasted text are no text',
    },
    { keys: ['two words \r'], line: 'two words ', because: 'blanks count' },
    {
      keys: [Buffer.from([0xc3]), Buffer.from([0xa4]), '\r'],
      line: 'ä',
      because: 'a letter may come in halves',
    },
  ])('is "$line": $because', async ({ keys, line }) => {
    expect(await typing(...keys)).toBe(line)
  })

  it('is given up with Ctrl-C', async () => {
    await expect(typing('sec\u0003ret\r')).rejects.toThrow(InterruptedError)
  })

  it('is given up when the terminal goes away', async () => {
    const keyboard = new FakeKeyboard()
    const line = readHiddenLine(keyboard, quietly)

    keyboard.emit('end')

    await expect(line).rejects.toThrow(InterruptedError)
  })

  it('is given up when the program is told to stop by a signal', async () => {
    const stop = new AbortController()
    const keyboard = new FakeKeyboard()
    const line = readHiddenLine(keyboard, { ...quietly, signal: stop.signal })

    stop.abort()

    await expect(line).rejects.toThrow(InterruptedError)
    expect(keyboard.raw).toBe(false)
  })

  it('is asked for only when typing is hidden already', async () => {
    const keyboard = new FakeKeyboard()
    const rawWhenAsked: boolean[] = []
    const ask = () => rawWhenAsked.push(keyboard.raw)

    const line = readHiddenLine(keyboard, { ...quietly, ask })
    keyboard.press('x\r')
    await line

    expect(rawWhenAsked).toEqual([true])
  })

  it('leaves the keyboard as it was, whatever happened', async () => {
    const keyboard = new FakeKeyboard()
    const line = readHiddenLine(keyboard, quietly)

    const rawWhileTyping = keyboard.raw
    keyboard.press('\u0003')
    await line.catch(() => {})

    expect({ rawWhileTyping, rawAfter: keyboard.raw }).toEqual({
      rawWhileTyping: true,
      rawAfter: false,
    })
    expect(keyboard.listenerCount('data')).toBe(0)
  })

  it('is only asked for at a terminal', () => {
    const keyboard = new FakeKeyboard()

    expect(canPrompt(keyboard)).toBe(true)
    keyboard.isTTY = false
    expect(canPrompt(keyboard)).toBe(false)
  })
})
