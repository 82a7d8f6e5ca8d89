/**
 * Where credentials and region come from, in this order:
 *
 *   1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 *   2. the profile AWS_PROFILE, or "default", of AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials)
 *      and AWS_CONFIG_FILE (~/.aws/config)
 *
 * and the region from AWS_REGION, AWS_DEFAULT_REGION, the profile, Amazon's host name; else it is
 * us-east-1, which servers that have no regions take as well.
 *
 * Both files are INI: `[name]`, in the second one `[profile name]` but for `[default]`; lines
 * `key = value`; comments begin with # or ;. Indented lines belong to the setting above and hold
 * nothing we need. Source: AWS SDKs and Tools reference guide, "Shared config and credentials files".
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, codeOf, toError } from '../../util/coded-error.ts'
import type { StoreSettings } from '../store.ts'
import { S3Credentials } from './sigv4.ts'

export interface S3Identity {
  credentials: S3Credentials
  region: string
}

type Settings = Record<string, string>

const DEFAULT_REGION = 'us-east-1'
const REGION = /^[a-z0-9-]{1,64}$/i

/** @throws {S3CredentialsError} when there are none */
export async function findIdentity(env: StoreSettings['env'], host: string): Promise<S3Identity> {
  const fromEnvironment = credentialsOf({
    aws_access_key_id: env.AWS_ACCESS_KEY_ID ?? '',
    aws_secret_access_key: env.AWS_SECRET_ACCESS_KEY ?? '',
    aws_session_token: env.AWS_SESSION_TOKEN ?? '',
  })
  const profile = await readProfile(env, { needed: fromEnvironment === undefined })
  const credentials = fromEnvironment ?? credentialsOf(profile)
  if (credentials === undefined) throw missing(env, profile)
  const region =
    env.AWS_REGION ||
    env.AWS_DEFAULT_REGION ||
    profile.region ||
    regionOfHost(host) ||
    DEFAULT_REGION
  if (!REGION.test(region)) throw new S3CredentialsError('the region has characters of no region')
  return { credentials, region }
}

/** `name` → settings. What is no setting is passed over. */
export function parseProfiles(text: string): Map<string, Settings> {
  const profiles = new Map<string, Settings>()
  let current: Settings | undefined
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\[\s*(?:profile\s+)?([^\]]*?)\s*\]/.exec(line) ?? []
    if (section !== undefined) {
      current = profiles.get(section) ?? Object.create(null)
      profiles.set(section, current!)
      continue
    }
    const [, key, value] = /^([A-Za-z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (current && key !== undefined) current[key.toLowerCase()] = value!.replace(/\s[#;].*$/, '')
  }
  return profiles
}

async function readProfile(
  env: StoreSettings['env'],
  { needed }: { needed: boolean },
): Promise<Settings> {
  const name = env.AWS_PROFILE || 'default'
  const home = env.HOME || env.USERPROFILE
  const places = [
    env.AWS_CONFIG_FILE || (home && join(home, '.aws', 'config')),
    env.AWS_SHARED_CREDENTIALS_FILE || (home && join(home, '.aws', 'credentials')),
  ]
  const settings: Settings = Object.create(null)
  for (const path of places) {
    if (path) Object.assign(settings, (await readProfiles(path, needed)).get(name))
  }
  return settings
}

async function readProfiles(path: string, needed: boolean): Promise<Map<string, Settings>> {
  try {
    return parseProfiles(await readFile(path, 'utf8'))
  } catch (error) {
    if (!needed || codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return new Map()
    throw new S3CredentialsError(`cannot read ${path}: ${toError(error).message}`, { cause: error })
  }
}

function credentialsOf(settings: Settings): S3Credentials | undefined {
  const { aws_access_key_id: id, aws_secret_access_key: secret } = settings
  if (!id || !secret) return undefined
  return new S3Credentials(id, secret, settings.aws_session_token || undefined)
}

/** `s3.eu-central-1.amazonaws.com`, and the older `s3-eu-west-1.amazonaws.com`. */
function regionOfHost(host: string): string | undefined {
  return /^s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com/.exec(host)?.[1]
}

function missing(env: StoreSettings['env'], profile: Settings): S3CredentialsError {
  const elsewhere = ['sso_session', 'sso_start_url', 'role_arn', 'credential_process'].find(
    (key) => profile[key] !== undefined,
  )
  if (elsewhere !== undefined) {
    return new S3CredentialsError(`the profile gets its credentials by ${elsewhere}`, {
      hint: 'Let the aws program fetch them: eval "$(aws configure export-credentials --format env)"',
    })
  }
  return new S3CredentialsError(
    env.AWS_PROFILE ? 'the profile in AWS_PROFILE has none' : 'there are none',
  )
}

/** No credentials, or such as the store does not accept. */
export class S3CredentialsError extends CodedError {
  readonly code = 'S3_CREDENTIALS'
  constructor(problem: string, { hint, cause }: { hint?: string; cause?: unknown } = {}) {
    super(`no valid credentials for the S3 store: ${problem}`, {
      hint: hint ?? 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.',
      cause,
    })
  }
}
