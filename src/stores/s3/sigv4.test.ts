import { inspect } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import {
  amzDate,
  authorization,
  canonicalQuery,
  encodeKey,
  S3Credentials,
  sha256Hex,
} from './sigv4.ts'

/** The key pair and the moment of the examples in the Amazon S3 API reference. */
const credentials = new S3Credentials(
  'AKIAIOSFODNN7EXAMPLE',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
)
const at = new Date('2013-05-24T00:00:00Z')

interface Example {
  because: string
  method: string
  key?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: string
  signature: string
}

const EXAMPLES: Example[] = [
  {
    because: 'a range of an object',
    method: 'GET',
    key: 'test.txt',
    headers: { range: 'bytes=0-9' },
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    because: 'a key with a dollar sign, and a body',
    method: 'PUT',
    key: 'test$file.text',
    headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    body: 'Welcome to Amazon S3.',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    because: 'a parameter without a value',
    method: 'GET',
    query: { lifecycle: '' },
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    because: 'a listing',
    method: 'GET',
    query: { prefix: 'J', 'max-keys': '2' },
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
]

test.for(EXAMPLES)("Amazon's example is signed as Amazon signs it: $because", (example) => {
  const bodyHash = sha256Hex([utf8(example.body ?? '')])
  const headers = {
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': amzDate(at),
    ...example.headers,
  }

  const header = authorization(
    {
      method: example.method,
      path: `/${encodeKey(example.key ?? '')}`,
      query: canonicalQuery(example.query ?? {}),
      headers,
      bodyHash,
    },
    credentials,
    { region: 'us-east-1', at },
  )

  expect(header).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      `SignedHeaders=${Object.keys(headers).sort().join(';')},Signature=${example.signature}`,
  )
})

describe('a signature', () => {
  const signed = (given: { headers?: Record<string, string>; region?: string; at?: Date }) =>
    authorization(
      { method: 'GET', path: '/', query: '', bodyHash: '', headers: given.headers ?? {} },
      credentials,
      { region: given.region ?? 'us-east-1', at: given.at ?? at },
    )

  it('is another one in another region, and on another day', () => {
    const all = [
      signed({}),
      signed({ region: 'eu-central-1' }),
      signed({ at: new Date('2013-05-25T00:00:00Z') }),
      signed({}),
    ]

    expect(new Set(all).size).toBe(3)
    expect(all[3]).toBe(all[0])
  })

  it('does not depend on spaces that servers fold', () => {
    expect(signed({ headers: { a: ' one   two ' } })).toBe(signed({ headers: { a: 'one two' } }))
  })
})

test.for([
  { key: "a b/ü!'()*~", encoded: 'a%20b/%C3%BC%21%27%28%29%2A~', because: 'only four marks stay' },
  { key: 'a+b=c&d', encoded: 'a%2Bb%3Dc%26d', because: 'a plus is not a space' },
])('the key $key is written $encoded: $because', ({ key, encoded }) => {
  expect(encodeKey(key)).toBe(encoded)
})

it('sorts the parameters of a query by their encoded names', () => {
  expect(canonicalQuery({ uploads: '', prefix: 'a/', 'list-type': '2', É: 'x' })).toBe(
    '%C3%89=x&list-type=2&prefix=a%2F&uploads=',
  )
})

it('never shows a secret key or a session token', () => {
  const secret = new S3Credentials('AKIA', 'the secret', 'the token')

  const printed = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { depth: 9 })]

  for (const text of printed) expect(text).not.toMatch(/the (secret|token)/)
  expect(fromUtf8(secret.signingKey('20130524/x/s3/aws4_request'))).not.toContain('secret')
})
