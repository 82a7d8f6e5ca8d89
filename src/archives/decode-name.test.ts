import { expect, test } from 'vitest'
import { decodeName } from './decode-name.ts'

test('bytes that are valid UTF-8 are UTF-8, whether the archive says so or not', () => {
  expect(decodeName(Buffer.from('Fotos/Ærø 🌊.jpg'))).toBe('Fotos/Ærø 🌊.jpg')
})

test('other bytes are code page 437', () => {
  const bytes = Buffer.from([0x4d, 0x81, 0x6c, 0x6c, 0x65, 0x72, 0xe1, 0x2e, 0x67, 0x69, 0x66])

  expect(decodeName(bytes)).toBe('Müllerß.gif')
})
