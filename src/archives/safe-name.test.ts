import { expect, test } from 'vitest'
import { unsafeName } from './safe-name.ts'

test.for([
  { name: '../../etc/passwd', reason: /climbs out/ },
  { name: 'Takeout/../../x.jpg', reason: /climbs out/ },
  { name: '/etc/passwd', reason: /absolute/ },
  { name: 'C:/x.jpg', reason: /drive/ },
  { name: 'c:x.jpg', reason: /drive/ },
  { name: '\\\\server\\share\\x.jpg', reason: /another computer/ },
  { name: '//server/share/x.jpg', reason: /another computer/ },
  { name: 'Takeout\\x.jpg', reason: /backslash/ },
  { name: 'a\0.jpg', reason: /NUL/ },
  { name: '', reason: /empty/ },
  { name: 'a//b.jpg', reason: /empty folder name/ },
  { name: './b.jpg', reason: /empty folder name/ },
  { name: `${'a'.repeat(4093)}.jpg`, reason: /over 4096 bytes/ },
  { name: `${'ä'.repeat(2047)}.jpg`, reason: /over 4096 bytes/ },
  { name: `${'a/'.repeat(256)}b`, reason: /over 256 folders deep/ },
])('$name is refused with its own reason', ({ name, reason }) => {
  expect(unsafeName(name)).toMatch(reason)
})

test.for([
  { name: 'Takeout/Google Fotos/Fotos von 2021/Ä ö…(1).jpg', because: 'genuine ones look so' },
  { name: 'Takeout/a..b/..c/d..', because: 'dots climb only alone' },
  {
    name: 'Takeout/12:30 Uhr: Foto.jpg',
    because: 'a colon is a drive only after one first letter',
  },
  { name: 'Takeout/\u001b[31mred.jpg', because: 'who prints a name makes it harmless' },
  { name: `${'a'.repeat(4092)}.jpg`, because: 'it has exactly 4096 bytes' },
])('$name is kept: $because', ({ name }) => {
  expect(unsafeName(name)).toBeUndefined()
})
