/**
 * A bucket that does not exist is made when a store is created in it, as plakar and restic do.
 * @module
 */
import { utf8 } from '../../util/bytes.ts'
import type { S3Client } from './s3-client.ts'
import { NoSuchBucketError } from './s3-errors.ts'

/** Amazon's first region must not be named as a place. */
const NAMELESS_REGION = 'us-east-1'

export async function makeBucket(client: S3Client): Promise<void> {
  try {
    await client.send({ method: 'GET', verb: 'list', query: { 'list-type': '2', 'max-keys': '0' } })
  } catch (error) {
    if (!(error instanceof NoSuchBucketError)) throw error
    const body = client.region === NAMELESS_REGION ? [] : [utf8(configurationOf(client.region))]
    const accept = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists']
    await client.send({ method: 'PUT', verb: 'create', body, accept })
  }
}

function configurationOf(region: string): string {
  const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'
  return `<CreateBucketConfiguration xmlns="${namespace}"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`
}
