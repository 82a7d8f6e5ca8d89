import { describe, expect, it, test } from 'vitest'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import {
  AnswerError,
  parseCompletion,
  parseKeyPage,
  parsePendingUploads,
  parseServiceError,
  parseUploadId,
} from './s3-answers.ts'

const list = (inner: string) =>
  utf8(
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`,
  )
const ERROR = utf8('<Error><Code>InternalError</Code><Message>We are sorry.</Message></Error>')

describe('a page of a listing', () => {
  it('has keys, and says where the next page begins', () => {
    const page = parseKeyPage(
      list(
        '<IsTruncated>true</IsTruncated><NextContinuationToken>abc</NextContinuationToken>' +
          '<KeyCount>2</KeyCount><Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents>',
      ),
    )

    expect(page).toEqual({ keys: ['a', 'b'], next: 'abc' })
  })

  it('may be empty, and the last one', () => {
    expect(parseKeyPage(list('<IsTruncated>false</IsTruncated>'))).toEqual({
      keys: [],
      next: undefined,
    })
  })

  it('has its keys decoded when they are encoded', () => {
    const keys = '<Contents><Key>a%2Fb+c%C3%BC</Key></Contents><IsTruncated>false</IsTruncated>'

    expect(parseKeyPage(list(keys)).keys).toEqual(['a%2Fb+c%C3%BC'])
    expect(parseKeyPage(list(`<EncodingType>url</EncodingType>${keys}`)).keys).toEqual(['a/b cü'])
  })

  it('that was cut anywhere is refused', () => {
    const whole = fromUtf8(
      list(
        '<KeyCount>1</KeyCount><Contents><Key>a</Key></Contents><IsTruncated>false</IsTruncated>',
      ),
    )
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseKeyPage(utf8(whole.slice(0, length)))).toThrow(AnswerError)
    }
  })

  test.for([
    { inner: '', because: 'it does not say whether it is complete' },
    { inner: '<IsTruncated>maybe</IsTruncated>', because: 'it does not say so clearly' },
    { inner: '<IsTruncated>true</IsTruncated>', because: 'there is more, and no way to it' },
    {
      inner: '<IsTruncated>true</IsTruncated><NextContinuationToken/>',
      because: 'the way to more is empty',
    },
    {
      inner: '<IsTruncated>false</IsTruncated><KeyCount>3</KeyCount>',
      because: 'keys are missing',
    },
    {
      inner: '<IsTruncated>false</IsTruncated><Contents><Size>3</Size></Contents>',
      because: 'an entry has no key',
    },
    {
      inner:
        '<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><Contents><Key>%</Key></Contents>',
      because: 'a key is not encoded as announced',
    },
  ])('is refused when $because', ({ inner }) => {
    expect(() => parseKeyPage(list(inner))).toThrow(AnswerError)
  })
})

test.for([
  { what: 'a listing', parse: parseKeyPage },
  { what: 'the begin of an upload', parse: parseUploadId },
  { what: 'the end of an upload', parse: parseCompletion },
  { what: 'a list of uploads', parse: parsePendingUploads },
])('an error in the place of $what is an error, whatever the status', ({ parse }) => {
  expect(() => parse(ERROR)).toThrow('InternalError: We are sorry.')
  expect(() => parse(utf8('<html></html>'))).toThrow(AnswerError)
  expect(() => parse(utf8(''))).toThrow(AnswerError)
})

describe('an error', () => {
  it('is known by its code, and shows no control characters', () => {
    const body = utf8(`<Error><Code>A&#27;[2J</Code><Message>${'x'.repeat(999)}</Message></Error>`)

    const error = parseServiceError(body)!

    expect(error.code).toBe('A [2J')
    expect(error.message).toHaveLength(201)
  })

  test.for(['', 'x', '<html></html>', '<Error>', '_KLOSET_<Error></Error>'])(
    'is not seen in "%s"',
    (body) => {
      expect(parseServiceError(utf8(body))).toBeUndefined()
    },
  )
})
