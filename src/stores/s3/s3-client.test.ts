import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import type { Fault } from '../../../test/support/s3/faults.ts'
import { S3Double } from '../../../test/support/s3/s3-double.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import type { ExactUrl, HttpAnswer, HttpClient, HttpRequest } from '../../external/http-exchange.ts'
import { exitCodeOfError } from '../../operations/outcome.ts'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import { openS3 } from './open-s3.ts'
import { S3Client } from './s3-client.ts'
import { parseS3Location } from './s3-location.ts'
import { S3Credentials } from './sigv4.ts'

async function openAt(double: S3Double, env: Record<string, string> = {}, now?: () => Date) {
  const rest = double.location().slice('s3+http:'.length)
  return openS3('s3+http', rest, { env: { ...double.env, ...env } }, now ? { now } : {})
}

describe('a request that is not allowed', () => {
  test.for([
    { status: 403, code: 'InvalidAccessKeyId', says: 'S3_CREDENTIALS', exit: 77 },
    { status: 403, code: 'SignatureDoesNotMatch', says: 'S3_CREDENTIALS', exit: 77 },
    { status: 400, code: 'ExpiredToken', says: 'S3_CREDENTIALS', exit: 77 },
    { status: 401, code: 'Unauthorized', says: 'S3_CREDENTIALS', exit: 77 },
    { status: 403, code: 'AccessDenied', says: 'STORE_ACCESS_DENIED', exit: 77 },
    { status: 403, code: 'InvalidObjectState', says: 'STORE_ACCESS_DENIED', exit: 77 },
    { status: 404, code: 'NoSuchBucket', says: 'S3_NO_SUCH_BUCKET', exit: 66 },
    { status: 400, code: 'InvalidArgument', says: 'S3_REFUSED', exit: 1 },
  ])('is told as $says when S3 says $code', async ({ status, code, says, exit }) => {
    await using double = await S3Double.start()
    await using store = await openAt(double)
    double.fail({ on: 'GetObject', fault: { kind: 'answer', status, code } })

    const failure = await store.getConfig().catch((error) => error)

    expect(failure).toMatchObject({ code: says })
    expect(exitCodeOfError(failure)).toBe(exit)
    expect(`${failure.message} ${failure.hint}`).not.toContain(double.env.AWS_SECRET_ACCESS_KEY)
  })

  it('with another secret is refused by a server that checks it', async () => {
    await using double = await S3Double.start()
    await using store = await openAt(double, { AWS_SECRET_ACCESS_KEY: 'another one' })

    await expect(store.getConfig()).rejects.toMatchObject({ code: 'S3_CREDENTIALS' })
  })
})

describe('a clock that is wrong', () => {
  test.for([
    { minutes: 40, says: '40 minutes ahead of' },
    { minutes: -300, says: '5 hours behind' },
    { minutes: 60 * 24 * 10, says: '10 days ahead of' },
  ])('is named with the difference: $says', async ({ minutes, says }) => {
    const truth = new Date('2024-05-01T12:00:00Z')
    await using double = await S3Double.start({ now: () => truth })
    const wrong = () => new Date(truth.getTime() + minutes * 60_000)
    await using store = await openAt(double, {}, wrong)

    const failure = await store.getConfig().catch((error) => error)

    expect(failure).toMatchObject({ code: 'CLOCK_SKEW' })
    expect(failure.message).toContain(`clock is ${says}`)
    expect(exitCodeOfError(failure)).toBe(78)
  })
})

describe('a store that is found in another region', () => {
  test.for([
    { status: 400, code: 'AuthorizationHeaderMalformed', region: 'eu-west-1' },
    { status: 301, code: 'PermanentRedirect', region: 'eu-west-1' },
  ])('is asked again there, and from then on: $code', async ({ status, code, region }) => {
    await using double = await S3Double.start()
    await using store = await openAt(double)
    await store.create(utf8('CONFIG'))
    double.requests.length = 0
    double.fail({ on: 'GetObject', fault: { kind: 'answer', status, code, region } })

    expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
    await store.getConfig()

    const scopes = double.requests.map(({ headers }) => headers.authorization?.split('/')[2])
    expect(scopes).toEqual(['us-east-1', region, region])
  })

  it('is not followed in a circle', async () => {
    await using double = await S3Double.start()
    await using store = await openAt(double)
    const elsewhere = (region: string): Fault => ({
      kind: 'answer',
      status: 400,
      code: 'AuthorizationHeaderMalformed',
      region,
    })
    double.fail({ on: 'GetObject', fault: elsewhere('a-1') })
    double.fail({ on: 'GetObject', fault: elsewhere('b-1') })

    await expect(store.getConfig()).rejects.toMatchObject({ code: 'S3_REFUSED' })

    expect(double.requests).toHaveLength(2)
  })
})

describe('an address where no S3 store is', () => {
  const env = { AWS_ACCESS_KEY_ID: 'AK', AWS_SECRET_ACCESS_KEY: 'secret' }

  it('that nothing listens at is said at once', async () => {
    const double = await S3Double.start()
    await using store = await openAt(double)
    await double[Symbol.asyncDispose]()

    await expect(store.getConfig()).rejects.toMatchObject({ code: 'S3_CONNECTION' })
  })

  it('that has no such host is said at once', async () => {
    await using store = await openS3('s3', '//no-such-host.invalid/photos', { env })

    const failure = await store.getConfig().catch((error) => error)

    // Without a network the name cannot be asked for, which may be mended by waiting.
    expect(['S3_CONNECTION', 'STORE_UNREACHABLE']).toContain(failure.code)
    expect(exitCodeOfError(failure)).toBe(69)
  })

  it('that does not speak TLS is told from one that does', async () => {
    await using double = await S3Double.start()
    await using store = await openS3('s3', `//127.0.0.1:${double.port}/photos`, { env })

    const failure = await store.getConfig().catch((error) => error)

    expect(failure).toMatchObject({ code: 'S3_CONNECTION' })
    expect(failure.hint).toContain('s3+http:')
  })

  it('where a web server answers is said at once', async () => {
    await using double = await S3Double.start()
    await using store = await openAt(double)
    double.fail({ on: '*', fault: { kind: 'answer', status: 404 } })

    await expect(store.getConfig()).rejects.toMatchObject({ code: 'S3_CONNECTION' })
  })

  it('is not suspected of a store that has answered before', async () => {
    const double = await S3Double.start()
    await using store = await openAt(double)
    await store.create(utf8('CONFIG'))
    await double[Symbol.asyncDispose]()

    await expect(store.getConfig()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
  })
})

const NO_OPENSSL =
  spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed'

describe(`TLS${NO_OPENSSL ? ` (skipped: ${NO_OPENSSL})` : ''}`, () => {
  it.skipIf(NO_OPENSSL)('trusts no certificate but those that somebody vouches for', async () => {
    using folder = temporaryFolder()
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')]
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const who = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    spawnSync('openssl', [...made, '-days', '2', ...who, '-keyout', key, '-out', cert])
    const server = createServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (_, response) => response.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = `//localhost:${(server.address() as AddressInfo).port}/photos`
    const env = { AWS_ACCESS_KEY_ID: 'AK', AWS_SECRET_ACCESS_KEY: 'secret' }

    await using doubting = await openS3('s3', place, { env })
    const refused = await doubting.getConfig().catch((error) => error)
    await using trusting = await openS3('s3', place, { env: { ...env, AWS_CA_BUNDLE: cert } })
    const answered = await trusting.getConfig().catch((error) => error)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))

    expect(refused).toMatchObject({ code: 'S3_CONNECTION' })
    expect(refused.hint).toContain('AWS_CA_BUNDLE')
    expect(answered).toMatchObject({ code: 'S3_NO_SUCH_BUCKET' })
  })
})

describe('a request', () => {
  /** What goes over the wire, answered with the given answers, one after the other. */
  async function sent(location: string, env: Record<string, string>, answers: HttpAnswer[] = []) {
    const requests: HttpRequest[] = []
    const http = {
      async exchange(request: HttpRequest): Promise<HttpAnswer> {
        requests.push(request)
        return answers.shift() ?? { status: 200, headers: {}, body: new Uint8Array() }
      },
    } as unknown as HttpClient
    const client = new S3Client(
      parseS3Location('s3', location.slice('s3:'.length), env),
      { credentials: new S3Credentials('AK', 'secret', 'token'), region: 'us-east-1' },
      { http, now: () => new Date('2024-05-01T12:00:00Z') },
    )
    await client.send({ method: 'GET', verb: 'read', key: 'CONFIG' })
    await client.send({ method: 'GET', verb: 'list', query: { prefix: 'a/' } })
    return requests.map(({ url, headers = {} }) => ({ ...(url as ExactUrl), headers }))
  }

  it('names the bucket in its path', async () => {
    const requests = await sent('s3://minio.example:9000/photos/a', {})

    expect(requests.map(({ host, path }) => `${host}${path}`)).toEqual([
      'minio.example/photos/a/CONFIG',
      'minio.example/photos?prefix=a%2F',
    ])
    expect(requests[0]!.headers.host).toBe('minio.example:9000')
  })

  it('names the bucket in the host where that is wanted', async () => {
    const virtual = { TINTYPE_S3_ADDRESSING: 'virtual' }
    const requests = await sent('s3://minio.example/photos/a', virtual)

    expect(requests.map(({ host, path }) => `${host}${path}`)).toEqual([
      'photos.minio.example/a/CONFIG',
      'photos.minio.example/?prefix=a%2F',
    ])
    expect(requests[0]!.headers.host).toBe('photos.minio.example')
  })

  it('carries the token of temporary credentials, signed', async () => {
    const [request] = await sent('s3://minio.example/photos', {})

    expect(request!.headers['x-amz-security-token']).toBe('token')
    expect(request!.headers.authorization).toContain('x-amz-security-token')
  })

  it('goes to another host of Amazon’s when the bucket lies there, and to nobody else’s', async () => {
    const moved = (): HttpAnswer => ({
      status: 301,
      headers: { 'x-amz-bucket-region': 'eu-west-3', location: 'https://elsewhere.example/' },
      body: new Uint8Array(),
    })

    const amazon = await sent('s3://s3.amazonaws.com/photos', {}, [moved()])
    const other = await sent('s3://minio.example/photos', {}, [moved()])

    expect(amazon.map(({ host }) => host)).toEqual([
      'photos.s3.amazonaws.com',
      'photos.s3.eu-west-3.amazonaws.com',
      'photos.s3.eu-west-3.amazonaws.com',
    ])
    expect(new Set(other.map(({ host }) => host))).toEqual(new Set(['minio.example']))
  })
})
