import { describe, expect, it, test } from 'vitest'
import { parseS3Location, S3LocationError } from './s3-location.ts'

const parsed = (location: string, env = {}) => {
  const at = location.indexOf(':')
  return parseS3Location(location.slice(0, at) as 's3', location.slice(at + 1), env)
}

test.for([
  {
    location: 's3://minio.example.org/photos',
    says: { host: 'minio.example.org', port: 443, bucket: 'photos', prefix: '', secure: true },
    because: 'TLS is the rule',
  },
  {
    location: 's3://minio.example.org:9000/photos/ann/2024/',
    says: { port: 9000, prefix: 'ann/2024/', text: 's3://minio.example.org:9000/photos/ann/2024' },
    because: 'a prefix may have a slash at its end, and means the same without',
  },
  {
    location: 's3+http://[::1]:9000/photos',
    says: { host: '::1', port: 9000, secure: false, text: 's3+http://[::1]:9000/photos' },
    because: 'IPv6 addresses stand in brackets',
  },
  {
    location: 's3://s3.eu-central-1.amazonaws.com/photos/a',
    says: { bucketInHost: true, bucket: 'photos', prefix: 'a/' },
    because: 'Amazon wants the bucket in the host',
  },
  {
    location: 's3://s3.amazonaws.com/my.photos',
    says: { bucketInHost: false },
    because: 'no certificate covers a bucket with a dot',
  },
  {
    location: 's3://Example.ORG/photos',
    says: { host: 'example.org', bucketInHost: false },
    because: 'others understand the path',
  },
])('$location is understood: $because', ({ location, says }) => {
  expect(parsed(location)).toMatchObject(says)
})

test.for([
  { location: 's3://minio.example.org', because: 'there is no bucket' },
  { location: 's3://minio.example.org/', because: 'there is no bucket' },
  { location: 's3:minio/photos', because: 'the slashes are missing' },
  { location: 's3:///photos', because: 'there is no host' },
  { location: 's3://h/x', because: 'a bucket has three letters at least' },
  { location: 's3://host:99999/photos', because: 'there is no such port' },
  { location: 's3://host/photos/../other', because: 'a prefix does not climb' },
  { location: 's3://host/photos/a//b', because: 'a prefix has no empty part' },
  { location: 's3://host/photos/my%20pictures', because: 'Plakar would not decode it' },
  { location: 's3://host/photos/my pictures', because: 'Plakar would encode it' },
  { location: 's3://host/photos?x=1', because: 'there are no parameters' },
  { location: 's3://photos.s3.eu-west-1.amazonaws.com/a', because: 'the bucket comes second' },
])('$location is refused: $because', ({ location }) => {
  expect(() => parsed(location)).toThrow(S3LocationError)
})

it('does not repeat a password that somebody wrote into a location', () => {
  expect(() => parsed('s3://AKIA:hunter2@host/photos')).toThrow(S3LocationError)
  expect(() => parsed('s3://AKIA:hunter2@host/photos')).not.toThrow(/hunter2/)
})

describe('without TLS', () => {
  test.for(['localhost', '127.0.0.1', '10.1.2.3', '192.168.0.9', '172.31.0.1', '[fd00::1]'])(
    '%s can be used: it is one’s own network',
    (host) => {
      expect(parsed(`s3+http://${host}:9000/photos`).secure).toBe(false)
    },
  )

  test.for([
    'minio',
    'example.org',
    '8.8.8.8',
    '172.32.0.1',
    '[2001:db8::1]',
    '127.0.0.1.evil.org',
  ])('%s is refused, unless somebody insists', (host) => {
    const location = `s3+http://${host}/photos`

    expect(() => parsed(location)).toThrow(S3LocationError)
    expect(parsed(location, { TINTYPE_S3_ALLOW_HTTP: '1' }).secure).toBe(false)
  })
})

describe('TINTYPE_S3_ADDRESSING', () => {
  it('beats what the host suggests', () => {
    const amazon = 's3://s3.amazonaws.com/photos'
    const other = 's3://host.example/photos'

    expect(parsed(amazon, { TINTYPE_S3_ADDRESSING: 'path' }).bucketInHost).toBe(false)
    expect(parsed(other, { TINTYPE_S3_ADDRESSING: 'virtual' }).bucketInHost).toBe(true)
  })

  test.for([
    { location: 's3://host.example/photos', value: 'vhost', because: 'it is a typing mistake' },
    { location: 's3://host.example/my.photos', value: 'virtual', because: 'of the dot' },
    { location: 's3://10.0.0.1/photos', value: 'virtual', because: 'an address has no names' },
  ])('$value is refused for $location, because $because', ({ location, value }) => {
    expect(() => parsed(location, { TINTYPE_S3_ADDRESSING: value })).toThrow(S3LocationError)
  })
})
