import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { utf8 } from '../../util/bytes.ts'
import { MAX_XML_BYTES, parseXml, textOf, XmlError } from './strict-xml.ts'

const parse = (text: string) => parseXml(utf8(text))

describe('an answer in XML', () => {
  it('is read as elements and text', () => {
    const root = parse(
      '<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="http://s3/"><B>1</B>\n<B>2</B><C/></A>\n',
    )

    expect(root.name).toBe('A')
    expect(root.children.map(({ name, text }) => [name, text])).toEqual([
      ['B', '1'],
      ['B', '2'],
      ['C', ''],
    ])
  })

  it('may come after white space, as Amazon sends it while it is busy', () => {
    expect(parse('  \n\n <?xml version="1.0"?>\n\n<A/>').name).toBe('A')
  })

  it('has its five entities and character references decoded', () => {
    expect(textOf(parse('<A><B>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</B></A>'), 'B')).toBe(
      '<&>"\'A😀',
    )
  })
})

test.for([
  { xml: '', because: 'there is nothing' },
  { xml: 'OK', because: 'it is text' },
  { xml: '<A>', because: 'it ends in the middle' },
  { xml: '<A><B></A>', because: 'it ends in the middle' },
  { xml: '<A></B>', because: 'what ends had not begun' },
  { xml: '</A>', because: 'what ends had not begun' },
  { xml: '<A/><B/>', because: 'there are two' },
  { xml: '<A/>x', because: 'text follows' },
  { xml: '<!DOCTYPE A [<!ENTITY x "y">]><A>&x;</A>', because: 'it brings entities' },
  { xml: '<!DOCTYPE html><html></html>', because: 'it is a web page' },
  { xml: '<A>&nbsp;</A>', because: 'XML has no such entity' },
  { xml: '<A>&#0;</A>', because: 'there is no such character' },
  { xml: '<A>&#x110000;</A>', because: 'there is no such character' },
  { xml: '<A>a & b</A>', because: 'an ampersand stands alone' },
  { xml: '<A><!-- x --></A>', because: 'S3 sends no comments' },
  { xml: '<A><![CDATA[x]]></A>', because: 'S3 sends no CDATA' },
  { xml: '<A b></A>', because: 'an attribute has no value' },
  { xml: '<A b="<"></A>', because: 'an attribute holds a bracket' },
  { xml: '<?xml version="1.0"?><?php ?><A/>', because: 'it has instructions' },
])('$xml is refused: $because', ({ xml }) => {
  expect(() => parse(xml)).toThrow(XmlError)
})

describe('what would cost too much', () => {
  it('is refused before it does: depth, number, bytes', () => {
    expect(() => parse('<A>'.repeat(17) + '</A>'.repeat(17))).toThrow(/deeply/)
    expect(() => parse(`<A>${'<B/>'.repeat(100_000)}</A>`)).toThrow(/many/)
    expect(() => parseXml(new Uint8Array(MAX_XML_BYTES + 1))).toThrow(/large/)
  })

  it('is not a long attribute list that is wrong at its end', () => {
    expect(() => parse(`<A${' b="c"'.repeat(50_000)} !></A>`)).toThrow(XmlError)
  })
})

describe('whatever comes', () => {
  it('gives an element or an XmlError', () => {
    const piece = fc.constantFrom(
      '<A>',
      '</A>',
      '<B/>',
      '&amp;',
      '&',
      'x',
      '<',
      '>',
      '"',
      '<!',
      ' ',
    )
    const input = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(input, (text) => {
        try {
          expect(typeof parse(text).name).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError)
        }
      }),
    )
  })

  it('loses no text', () => {
    const escaped = (text: string) => text.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(textOf(parse(`<A><B>${escaped(text)}</B></A>`), 'B')).toBe(text)
      }),
    )
  })

  it('cut anywhere is refused', () => {
    const whole = '<?xml version="1.0"?><A><Key>a&amp;b</Key><T>false</T></A>'
    for (let length = 0; length < whole.length; length++) {
      expect(() => parse(whole.slice(0, length))).toThrow(XmlError)
    }
  })
})
