import { expect, it, test } from 'vitest'
import { instantOfEpoch, wallClock, zoneOffset } from './wall-clock.ts'

test.for([
  { text: '2021:07:01 12:00:00', local: '2021-07-01T12:00:00', because: 'Exif writes it so' },
  { text: '2021-07-01T12:00:00+0200', local: '2021-07-01T12:00:00', because: 'Apple writes it so' },
  { text: '2021:07:01 12:00', local: '2021-07-01T12:00:00', because: 'some leave the seconds out' },
  { text: '0000:00:00 00:00:00', local: undefined, because: 'the clock was never set' },
  { text: '2016:01:26 24:48:30', local: undefined, because: 'there is no hour 24' },
  { text: '2016:13:26 12:48:30', local: undefined, because: 'there is no month 13' },
  { text: '2021:02:29 12:00:00', local: undefined, because: '2021 had no 29 February' },
  { text: '    :  :     :  :  ', local: undefined, because: 'it is blank' },
  { text: undefined, local: undefined, because: 'there is none' },
])('$text is $local: $because', ({ text, local }) => {
  expect(wallClock(text)).toBe(local)
})

test.for([
  { text: '+02:00', offset: '+02:00' },
  { text: '-0330', offset: '-03:30' },
  { text: 'Z', offset: '+00:00' },
  { text: '+14:00', offset: '+14:00' },
  { text: '+15:00', offset: undefined },
  { text: '-13:00', offset: undefined },
  { text: '', offset: undefined },
])('the zone $text is $offset', ({ text, offset }) => {
  expect(zoneOffset(text)).toBe(offset)
})

it('gives no instant beyond the years that people write', () => {
  expect(instantOfEpoch(0)).toBe('1970-01-01T00:00:00Z')
  expect(instantOfEpoch(1e15)).toBeUndefined()
  expect(instantOfEpoch(1e12)).toBeUndefined()
})
