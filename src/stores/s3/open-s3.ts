/**
 * Opens an S3 store from its location and the environment: see s3-location.ts and
 * s3-credentials.ts for what they may say.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import { HttpClient } from '../../external/http-exchange.ts'
import type { StartWatchdog } from '../../external/watchdog.ts'
import { toError } from '../../util/coded-error.ts'
import type { StoreSettings } from '../store.ts'
import { S3Client } from './s3-client.ts'
import { findIdentity } from './s3-credentials.ts'
import { parseS3Location, S3LocationError, type Scheme } from './s3-location.ts'
import { S3Store } from './s3-store.ts'

const CONNECTIONS = 16

export interface OpenS3Options {
  now?: () => Date
  startWatchdog?: StartWatchdog
  partBytes?: number
}

/** @param rest what follows the scheme and its colon */
export async function openS3(
  scheme: Scheme,
  rest: string,
  settings: StoreSettings,
  { now = () => new Date(), startWatchdog, partBytes }: OpenS3Options = {},
): Promise<S3Store> {
  const { env } = settings
  const location = parseS3Location(scheme, rest, env)
  const identity = await findIdentity(env, location.host)
  const certificates = await readCertificates(env.AWS_CA_BUNDLE)
  const http = new HttpClient({ connections: CONNECTIONS, certificates, startWatchdog })
  const client = new S3Client(location, identity, { http, now })
  return new S3Store(client, { settings, partBytes })
}

/** An authority of one's own is trusted besides those everybody trusts. */
async function readCertificates(path: string | undefined): Promise<string[] | undefined> {
  if (!path) return undefined
  try {
    return [...rootCertificates, await readFile(path, 'utf8')]
  } catch (error) {
    throw new S3LocationError(`cannot read AWS_CA_BUNDLE: ${toError(error).message}`, {
      hint: 'It names a file of certificates in PEM form.',
    })
  }
}
