import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { findIdentity, parseProfiles, S3CredentialsError } from './s3-credentials.ts'

const HOST = 'minio.example.org'
const keys = { AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 'secret' }

/** A home with the two files of the aws program. */
function aHome(files: { credentials?: string; config?: string }) {
  const folder = temporaryFolder()
  mkdirSync(join(folder.path, '.aws'))
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder.path, '.aws', name), text)
  }
  return folder
}

const FILES = {
  credentials: [
    '[default]',
    'aws_access_key_id = AKDEFAULT',
    'aws_secret_access_key = one # a comment',
    '[backup]',
    'aws_access_key_id=AKBACKUP',
    'aws_secret_access_key=two',
    'aws_session_token=three',
  ].join('\n'),
  config: [
    '; a comment',
    '[default]',
    'region = eu-west-1',
    '[profile backup]',
    'region = eu-north-1',
    's3 =',
    '  addressing_style = path',
    '[profile work]',
    'sso_session = work',
  ].join('\r\n'),
}

describe('credentials', () => {
  it('come from the environment first', async () => {
    using home = aHome(FILES)

    const found = await findIdentity({ ...keys, HOME: home.path, AWS_PROFILE: 'backup' }, HOST)

    expect(found.credentials.accessKeyId).toBe('AKENV')
    expect(found.credentials.sessionToken).toBeUndefined()
    expect(found.region).toBe('eu-north-1')
  })

  it('come from the default profile when the environment has none', async () => {
    using home = aHome(FILES)

    const found = await findIdentity({ HOME: home.path }, HOST)

    expect(found.credentials.accessKeyId).toBe('AKDEFAULT')
    expect(found.region).toBe('eu-west-1')
  })

  it('come from the profile that is named, with its session token', async () => {
    using home = aHome(FILES)

    const found = await findIdentity({ HOME: home.path, AWS_PROFILE: 'backup' }, HOST)

    expect(found.credentials.accessKeyId).toBe('AKBACKUP')
    expect(found.credentials.sessionToken).toBe('three')
  })

  it('come from the file that is named', async () => {
    using home = aHome(FILES)
    const env = { AWS_SHARED_CREDENTIALS_FILE: join(home.path, '.aws', 'credentials') }

    expect((await findIdentity(env, HOST)).credentials.accessKeyId).toBe('AKDEFAULT')
  })

  it('that are nowhere are asked for, whatever else is there', async () => {
    using home = aHome(FILES)

    const without = [{}, { HOME: '/nonexistent' }, { HOME: home.path, AWS_PROFILE: 'nobody' }]

    for (const env of without) {
      await expect(findIdentity(env, HOST)).rejects.toThrow(S3CredentialsError)
    }
  })

  it('that another program would have to fetch are asked for by the way to get them', async () => {
    using home = aHome(FILES)

    const failure = await findIdentity({ HOME: home.path, AWS_PROFILE: 'work' }, HOST).catch(
      (error) => error,
    )

    expect(failure.message).toContain('sso_session')
    expect(failure.hint).toContain('aws configure export-credentials')
  })

  it('are not half taken from the environment', async () => {
    await expect(findIdentity({ AWS_ACCESS_KEY_ID: 'AK' }, HOST)).rejects.toThrow(
      S3CredentialsError,
    )
  })
})

test.for([
  {
    env: { AWS_REGION: 'a-1', AWS_DEFAULT_REGION: 'b-1' },
    region: 'a-1',
    because: 'it is nearest',
  },
  { env: { AWS_DEFAULT_REGION: 'b-1' }, region: 'b-1', because: 'it is the older name' },
  {
    env: {},
    host: 's3.eu-central-1.amazonaws.com',
    region: 'eu-central-1',
    because: 'of the host',
  },
  { env: {}, host: 's3-eu-west-1.amazonaws.com', region: 'eu-west-1', because: 'of the host' },
  { env: {}, host: 's3.amazonaws.com', region: 'us-east-1', because: 'that is where it lies' },
  { env: {}, host: HOST, region: 'us-east-1', because: 'somewhere it must be' },
])('the region is $region: $because', async ({ env, host, region }) => {
  expect((await findIdentity({ ...keys, ...env }, host ?? HOST)).region).toBe(region)
})

it('does not sign with a region that is none', async () => {
  const env = { ...keys, AWS_REGION: 'eu/../west' }

  await expect(findIdentity(env, HOST)).rejects.toThrow(S3CredentialsError)
})

it('passes over what is not a setting', () => {
  const profiles = parseProfiles('x = before\n[a]\nnot a setting\n__proto__ = 1\n[a]\nKEY = v\n')

  expect(Object.entries(profiles.get('a')!)).toEqual([
    ['__proto__', '1'],
    ['key', 'v'],
  ])
})
