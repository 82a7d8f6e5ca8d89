import { expect, test } from 'vitest'
import { MsgpackWriter } from './msgpack-writer.ts'

test.for([
  { kind: 'u16', write: (writer: MsgpackWriter) => writer.u16(1), hex: 'cd0001' },
  { kind: 'u32', write: (writer: MsgpackWriter) => writer.u32(1), hex: 'ce00000001' },
  { kind: 'u64', write: (writer: MsgpackWriter) => writer.u64(1n), hex: 'cf0000000000000001' },
  { kind: 'i64', write: (writer: MsgpackWriter) => writer.i64(-1n), hex: 'd3ffffffffffffffff' },
  { kind: 'f64', write: (writer: MsgpackWriter) => writer.f64(2), hex: 'cb4000000000000000' },
  {
    kind: 'time',
    write: (writer: MsgpackWriter) => writer.time({ seconds: 1n, nanoseconds: 1 }),
    hex: 'd7ff0000000400000001',
  },
])('$kind is written whole wherever the buffer has to grow', ({ write, hex }) => {
  for (let before = 500; before <= 516; before++) {
    const writer = new MsgpackWriter()
    for (let byte = 0; byte < before; byte++) writer.nil()

    write(writer)

    expect(
      Buffer.from(writer.finish())
        .toString('hex')
        .slice(2 * before),
    ).toBe(hex)
  }
})
